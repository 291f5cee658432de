"""Objections across calls, counted: per rep as attempts, failures and reasons, per team, per type.

An episode counts as a person judged it, where one did; what a person called no objection is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute as Key
from sqlalchemy.orm import Session

from review.models import Call, ObjectionEpisode, Rep, Team
from review.queries.filters import OBJECTION_TYPES, OUTCOMES, shown_outcome
from review.queries.objections_filter import ObjectionFilter, of_episodes, read_objection_filter
from review.queries.viewer import Viewer
from scoring.intervals import wilson

__all__ = [
    "OBJECTION_TYPES",
    "OUTCOMES",
    "ObjectionCount",
    "ObjectionFilter",
    "count_by_rep",
    "count_by_team",
    "count_by_type",
    "read_objection_filter",
]

FAILURES: Final = frozenset({"mishandled", "ignored"})
NO_ANSWER: Final = "no_answer"
"""The reason of a failure in which the rep did nothing that could be called a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionCount:
    """How a rep (or a team, or everybody by type) dealt with objections.

    `attempts` are episodes the rep tried to handle (every outcome but ignored), `failures` those mishandled or ignored,
    `reasons` what went wrong in the failures: the faults by name, or `no_answer`. `interval` is the 95 % interval
    (Wilson) of the handled share. `judged` is how many of them a person decided about.
    """

    id: int | None
    name: str
    team: str | None
    calls: int
    outcomes: Counter[str]
    reasons: Counter[str] = field(default_factory=Counter)
    judged: int = 0

    @property
    def episodes(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())

    @property
    def attempts(self) -> int:
        """Episodes the rep tried to handle."""
        return self.episodes - self.outcomes["ignored"]

    @property
    def failures(self) -> int:
        """Episodes mishandled or ignored."""
        return sum(self.outcomes[name] for name in FAILURES)

    @property
    def handled_share(self) -> float | None:
        """0..1; None without an episode."""
        return self.outcomes["handled"] / self.episodes if self.episodes else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the handled share."""
        return wilson(self.outcomes["handled"], self.episodes)


def count_by_rep(session: Session, viewer: Viewer, filters: ObjectionFilter) -> tuple[ObjectionCount, ...]:
    """One line per rep, most failures first; calls without a rep are one line without an id. Three statements."""
    lines = _count(session, viewer, filters, Call.rep_id, Rep.name, Team.name)
    calls = of_episodes(select(Call.rep_id, func.count(Call.id.distinct())).group_by(Call.rep_id), viewer, filters)
    of_calls = dict(session.execute(calls).all())
    done = [_with_calls(line, of_calls.get(line.id, 0)) for line in lines]
    return tuple(sorted(done, key=lambda line: (line.id is None, -line.failures, -line.episodes, line.name)))


def count_by_team(session: Session, viewer: Viewer, filters: ObjectionFilter) -> tuple[ObjectionCount, ...]:
    """One line per team, most failures first; reps without a team are one line without an id. Two statements."""
    lines = _count(session, viewer, filters, Rep.team_id, Team.name, Team.name)
    return tuple(sorted(lines, key=lambda line: (line.id is None, -line.failures, -line.episodes, line.name)))


def count_by_type(session: Session, viewer: Viewer, filters: ObjectionFilter) -> tuple[ObjectionCount, ...]:
    """One line per objection type, the commonest first; `name` is the type. Two statements."""
    kind = ObjectionEpisode.type
    lines = [
        ObjectionCount(
            id=None,
            name=line.name,
            team=None,
            calls=0,
            outcomes=line.outcomes,
            reasons=line.reasons,
            judged=line.judged,
        )
        for line in _count(session, viewer, filters, kind, kind, kind)
    ]
    return tuple(sorted(lines, key=lambda line: (-line.episodes, line.name)))


def _count(
    session: Session, viewer: Viewer, filters: ObjectionFilter, key: Key[Any], name: Key[Any], team: Key[Any]
) -> list[ObjectionCount]:
    outcome = shown_outcome().label("shown")
    columns = (key, name.label("line_name"), team.label("line_team"))
    counted = (
        select(*columns, outcome, func.count(), func.count(ObjectionEpisode.judged))
        .group_by(key, name, team, outcome)
        .order_by(key)
    )
    lines: dict[Any, ObjectionCount] = {}
    judged: Counter[Any] = Counter()
    for at, called, of_team, went, episodes, decided in session.execute(of_episodes(counted, viewer, filters)):
        line = lines.setdefault(at, ObjectionCount(id=at, name=called or "", team=of_team, calls=0, outcomes=Counter()))
        line.outcomes[went] += episodes
        judged[at] += decided
    for at, faults in session.execute(_failed(key, viewer, filters)):
        if at in lines:
            lines[at].reasons.update(_reasons(faults))
    return [_with_calls(line, 0, judged[at]) for at, line in lines.items()]


def _failed(key: Key[Any], viewer: Viewer, filters: ObjectionFilter) -> Select[tuple[Any, list[str]]]:
    """What went wrong in each failed episode, with what it is counted under."""
    return of_episodes(
        select(key, ObjectionEpisode.faults).where(shown_outcome().in_(sorted(FAILURES))), viewer, filters
    )


def _reasons(faults: Sequence[str]) -> Sequence[str]:
    return sorted(set(faults)) or (NO_ANSWER,)


def _with_calls(line: ObjectionCount, calls: int, judged: int | None = None) -> ObjectionCount:
    return ObjectionCount(
        id=line.id,
        name=line.name,
        team=line.team,
        calls=calls,
        outcomes=line.outcomes,
        reasons=line.reasons,
        judged=line.judged if judged is None else judged,
    )
