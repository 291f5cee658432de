"""Which calls a rule is about: what can be asked for, how it is kept, and the SQL it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from review.models import Call, Rep, StoredAssessment
from review.queries.filters import LOW_SCORE, MOSTLY_UNJUDGED

FLAGS: Final = ("objection_missed", "wrongly_closed", "auto_fail", "low_score", "cannot_judge")
BY_RESULT: Final = ("score_from", "score_to", "flags", "dispositions")
"""Conditions on how a call went: the calls they leave are no picture of a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Every condition that is set must hold; within a list one suffices. Lengths in seconds, scores 0..100."""

    teams: tuple[int, ...] = ()
    reps: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()  # of FLAGS
    length_from: float | None = None
    length_to: float | None = None
    score_from: float | None = None
    score_to: float | None = None

    @property
    def by_result(self) -> bool:
        """Whether they look at how the call went, so that its calls cannot speak for all."""
        return any(getattr(self, name) not in ((), None) for name in BY_RESULT)

    def to_json(self) -> dict[str, Any]:
        """The conditions that are set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value not in ((), None)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Conditions:
        """What `to_json` gave; names of other versions are left out."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in data.items() if name in known}
        made: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(**made)

    def sql(self) -> list[ColumnElement[bool]]:
        """What a row of `call` must meet: scored, and everything that is set."""
        found: list[ColumnElement[bool]] = [Call.state == "scored", Call.assessment_id.is_not(None)]
        lists: tuple[tuple[Any, Sequence[Any]], ...] = (
            (Call.rep_id, self.reps),
            (Call.source, self.sources),
            (Call.queue, self.queues),
            (Call.language, self.languages),
            (Call.disposition, self.dispositions),
        )
        found += [column.in_(values) for column, values in lists if values]
        if self.teams:
            found.append(Call.rep_id.in_(select(Rep.id).where(Rep.team_id.in_(self.teams))))
        if self.standards:
            judged = aliased(StoredAssessment)
            found.append(exists().where(judged.id == Call.assessment_id, judged.standard.in_(self.standards)))
        limits = (
            (Call.duration, self.length_from, self.length_to),
            (Call.score_final, self.score_from, self.score_to),
        )
        for column, least, most in limits:
            if least is not None:
                found.append(column >= least)
            if most is not None:
                found.append(column <= most)
        if self.flags:
            found.append(or_(*(_flag(name) for name in self.flags)))
        return found


def _flag(name: str) -> ColumnElement[bool]:
    judged = aliased(StoredAssessment)  # the statement around it may have the table itself
    conditions: dict[str, ColumnElement[bool]] = {
        "objection_missed": Call.objections_missed > 0,
        "wrongly_closed": Call.wrongly_rejected.in_(("high", "middle")),
        "auto_fail": exists().where(judged.id == Call.assessment_id, judged.final < judged.raw),
        "low_score": Call.score_final < LOW_SCORE,
        "cannot_judge": Call.cannot_judge >= MOSTLY_UNJUDGED,
    }
    return conditions[name]
