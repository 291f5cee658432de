"""The filters of the inbox and of search: what can be asked for, how it is written in a link, and the SQL it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, select

from review.models import Call, CallTag, Evaluation, ObjectionEpisode, Rep, Tag, utc_now
from review.queries.blind import not_veiled
from review.queries.call_rows import PHASES
from review.queries.counted import counts
from review.queries.viewer import Viewer
from review.text.folding import fold_name

FLAGS: Final = ("objection_missed", "wrongly_closed", "cannot_judge", "low_score", "partial", "draft")
TOLD_ANYWAY: Final = ("partial", "draft")
"""Flags that say how a call was recorded and transcribed, not what the machine thinks of it."""
LOW_SCORE: Final = 50.0  # below this a final score is "low"
OBJECTION_TYPES: Final = ("price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other")
OUTCOMES: Final = ("handled", "partial", "mishandled", "ignored")
PERIODS: Final = (1, 7, 30, 90, 365)
"""Days back from now that a list offers; a link may name another number."""
EVALUATED: Final = ("submitted", "shown", "acknowledged", "disputed", "final")
LONGEST_MINUTES: Final = 1440.0
LONGEST_DAYS: Final = 3660

MOSTLY_UNJUDGED: Final = 0.5  # from this share of criteria on, a call counts as one the machine cannot judge


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilters:
    """What to show; None leaves a question open. Dates are days in UTC, both ends included."""

    state: str | None = None  # a phase (queued, transcribing, scoring, ready, failed, ...) or a state of the row
    rep_id: int | None = None
    team_id: int | None = None
    client_id: int | None = None
    direction: str | None = None  # inbound or outbound
    disposition: str | None = None
    language: str | None = None
    source: str | None = None
    queue: str | None = None
    flag: str | None = None  # one of FLAGS
    score_from: float | None = None  # 0..100
    score_to: float | None = None
    date_from: date | None = None
    date_to: date | None = None
    days: int | None = None  # this many times 24 hours back from now, so that a kept filter moves along
    length_from: float | None = None  # minutes
    length_to: float | None = None
    objection: str | None = None  # an episode of this type ...
    outcome: str | None = None  # ... and this outcome, both of the same episode; a person's verdict counts first
    tag: str | None = None  # by name, so that a link outlives the tag's row
    evaluated: str | None = None  # yes or no: a person submitted a scorecard of the call

    @property
    def active(self) -> int:
        """How many filters are set."""
        return len(self.to_query())

    def to_query(self) -> dict[str, str]:
        """The set filters as text, ready for a link; `read_filters` reads them back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _as_text(value) for name, value in values.items() if value is not None}

    @property
    def by_machine(self) -> bool:
        """Whether it asks for what the machine thinks of a call."""
        asked = (self.score_from, self.score_to, self.objection, self.outcome)
        return any(value is not None for value in asked) or self.flag not in (None, *TOLD_ANYWAY)

    def conditions(self, viewer: Viewer) -> list[ColumnElement[bool]]:
        """What a row of `call` must meet; empty when no filter is set.

        A call that the viewer is to judge blind is in no list made by what the machine thinks of it.
        """
        found: list[ColumnElement[bool]] = [not_veiled(viewer)] if self.by_machine else []
        if self.state is not None:
            found.append(Call.state.in_(PHASES.get(self.state, (self.state,))))
        for column, value in (
            (Call.rep_id, self.rep_id),
            (Call.client_id, self.client_id),
            (Call.direction, self.direction),
            (Call.disposition, self.disposition),
            (Call.language, self.language),
            (Call.source, self.source),
            (Call.queue, self.queue),
        ):
            if value is not None:
                found.append(column == value)
        if self.team_id is not None:
            found.append(Call.rep_id.in_(select(Rep.id).where(Rep.team_id == self.team_id)))
        if self.score_from is not None:
            found.append(Call.score_final >= self.score_from)
        if self.score_to is not None:
            found.append(Call.score_final <= self.score_to)
        if self.date_from is not None:
            found.append(Call.happened_at >= _midnight(self.date_from))
        if self.date_to is not None and self.date_to < date.max:
            found.append(Call.happened_at < _midnight(self.date_to + timedelta(days=1)))
        if self.flag is not None:
            found.append(flag_condition(self.flag))
        return [*found, *self._of_facts(), *self._of_people()]

    def _of_facts(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.days is not None:
            found.append(Call.happened_at >= utc_now() - timedelta(days=self.days))
        if self.length_from is not None:
            found.append(Call.duration >= self.length_from * 60)
        if self.length_to is not None:
            found.append(Call.duration <= self.length_to * 60)
        if self.objection is not None or self.outcome is not None:
            episode = [ObjectionEpisode.call_id == Call.id]
            if self.objection is not None:
                episode.append(ObjectionEpisode.type == self.objection)
            if self.outcome is not None:
                episode.append(shown_outcome() == self.outcome)
            # The count on the call's row spares a look at the episodes of most calls.
            found.append(and_(Call.objections > 0, exists().where(*episode)))
        return found

    def _of_people(self) -> list[ColumnElement[bool]]:
        """By what people did; the few calls concerned are found from the other table's index."""
        found: list[ColumnElement[bool]] = []
        if self.tag is not None:
            tagged = (
                select(CallTag.call_id).join(Tag, Tag.id == CallTag.tag_id).where(Tag.folded == fold_name(self.tag))
            )
            found.append(Call.id.in_(tagged))
        if self.evaluated == "yes":
            found.append(Call.id.in_(select(Evaluation.call_id).where(Evaluation.state.in_(EVALUATED), counts())))
        if self.evaluated == "no":
            found.append(~exists().where(Evaluation.call_id == Call.id, Evaluation.state.in_(EVALUATED), counts()))
        return found


def shown_outcome() -> ColumnElement[str]:
    """How an episode went: by a person's verdict where there is one; "none" where it was no objection."""
    return func.coalesce(ObjectionEpisode.judged, ObjectionEpisode.outcome)


def read_filters(values: Mapping[str, str]) -> InboxFilters:
    """Filters from a page's query string. A value that makes no sense is left out: a stale link still opens."""
    return InboxFilters(
        state=_one_of(values.get("state"), (*PHASES, *(s for states in PHASES.values() for s in states))),
        rep_id=_whole(values.get("rep_id")),
        team_id=_whole(values.get("team_id")),
        client_id=_whole(values.get("client_id")),
        direction=_one_of(values.get("direction"), ("inbound", "outbound")),
        disposition=_text(values.get("disposition")),
        language=_text(values.get("language")),
        source=_text(values.get("source")),
        queue=_text(values.get("queue")),
        flag=_one_of(values.get("flag"), FLAGS),
        score_from=_number(values.get("score_from")),
        score_to=_number(values.get("score_to")),
        date_from=read_day(values.get("date_from")),
        date_to=read_day(values.get("date_to")),
        days=_days(values.get("days")),
        length_from=_number(values.get("length_from"), LONGEST_MINUTES),
        length_to=_number(values.get("length_to"), LONGEST_MINUTES),
        objection=_one_of(values.get("objection"), OBJECTION_TYPES),
        outcome=_one_of(values.get("outcome"), OUTCOMES),
        tag=_text(values.get("tag")),
        evaluated=_one_of(values.get("evaluated"), ("yes", "no")),
    )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:g}" if isinstance(value, float) else str(value)


def _text(value: str | None) -> str | None:
    value = (value or "").strip().replace("\x00", "")
    return value[:200] or None


def _one_of(value: str | None, choices: tuple[str, ...]) -> str | None:
    return value if value in choices else None


def _whole(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _days(value: str | None) -> int | None:
    days = _whole(value)
    return days if days is not None and 0 < days <= LONGEST_DAYS else None


def _number(value: str | None, most: float = 200.0) -> float | None:
    try:
        number = float((value or "").strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= most else None


def read_day(value: str | None) -> date | None:
    """A day as fields of forms send it; None for anything else."""
    try:
        return date.fromisoformat((value or "").strip())
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def flag_condition(flag: str) -> ColumnElement[bool]:
    """When one of FLAGS is up on a call. Raises KeyError for any other."""
    conditions: dict[str, ColumnElement[bool]] = {
        "objection_missed": Call.objections_missed > 0,
        "wrongly_closed": Call.wrongly_rejected.in_(("high", "middle")),
        "cannot_judge": Call.cannot_judge >= MOSTLY_UNJUDGED,
        "low_score": Call.score_final < LOW_SCORE,
        "partial": Call.partial.is_(True),
        "draft": Call.draft.is_(True),
    }
    return conditions[flag]
