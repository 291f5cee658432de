"""Which objection episodes are asked for, how that is written in a link, and the SQL it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, or_

from review.models import Call, ObjectionEpisode, Rep, Team, utc_now
from review.queries.blind import not_veiled
from review.queries.filters import OBJECTION_TYPES, OUTCOMES, read_filters, shown_outcome
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.episodes import NO_OBJECTION

STAGES: Final = ("opening", "discovery", "presentation", "price", "objections", "close")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionFilter:
    """Which episodes; None is any. Dates are days in UTC, both ends included; `since` narrows further."""

    days: int | None = None  # this many times 24 hours back from now
    date_from: date | None = None
    date_to: date | None = None
    team_id: int | None = None
    rep_id: int | None = None
    type: str | None = None
    outcome: str | None = None  # as shown: a person's verdict counts first
    language: str | None = None
    source: str | None = None
    queue: str | None = None
    stage: str | None = None
    since: datetime | None = None

    def to_query(self) -> dict[str, str]:
        """The set filters as text, ready for a link; `read_objection_filter` reads them back."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "since"}
        return {
            name: value.isoformat() if isinstance(value, date) else str(value)
            for name, value in values.items()
            if value is not None
        }

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a row of `objection_episode` joined with `call` and `rep` must meet; always: that it is an objection."""
        found: list[ColumnElement[bool]] = [
            or_(ObjectionEpisode.judged.is_(None), ObjectionEpisode.judged != NO_OBJECTION)
        ]
        for column, value in (
            (Rep.team_id, self.team_id),
            (Call.rep_id, self.rep_id),
            (Call.language, self.language),
            (Call.source, self.source),
            (Call.queue, self.queue),
            (ObjectionEpisode.type, self.type),
            (ObjectionEpisode.stage, self.stage),
        ):
            if value is not None:
                found.append(column == value)
        if self.outcome is not None:
            found.append(shown_outcome() == self.outcome)
        if self.days is not None:
            found.append(Call.happened_at >= utc_now() - timedelta(days=self.days))
        if self.since is not None:
            found.append(Call.happened_at >= self.since)
        if self.date_from is not None:
            found.append(Call.happened_at >= midnight(self.date_from))
        if self.date_to is not None and self.date_to < date.max:
            found.append(Call.happened_at < midnight(self.date_to + timedelta(days=1)))
        return found


def read_objection_filter(values: Mapping[str, str]) -> ObjectionFilter:
    """The filter of a page's query string. A value that makes no sense is left out: a stale link still opens."""
    same = read_filters(values)
    kind, stage = values.get("type"), values.get("stage")
    return ObjectionFilter(
        days=same.days,
        date_from=same.date_from,
        date_to=same.date_to,
        team_id=same.team_id,
        rep_id=same.rep_id,
        type=kind if kind in OBJECTION_TYPES else None,
        outcome=same.outcome if same.outcome in OUTCOMES else None,
        language=same.language,
        source=same.source,
        queue=same.queue,
        stage=stage if stage in STAGES else None,
    )


def of_episodes(statement: Select[*Ts], viewer: Viewer, filters: ObjectionFilter) -> Select[*Ts]:
    """The statement with the tables it needs, on the episodes of the filter that the viewer may see.

    Without those of calls the viewer is to judge blind: how an objection was met is what they are asked.
    """
    return (
        statement.select_from(ObjectionEpisode)
        .join(Call, Call.id == ObjectionEpisode.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(visible_calls(viewer), not_veiled(viewer), *filters.conditions())
    )


def midnight(day: date) -> datetime:
    """The beginning of a day in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)
