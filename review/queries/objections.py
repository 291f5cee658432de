"""Objections across calls: per rep as attempts, failures and reasons, per type, and the episodes themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute as Key
from sqlalchemy.orm import Session

from review.models import Call, ObjectionEpisode, Rep, Team
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from scoring.intervals import wilson

OUTCOMES: Final = ("handled", "partial", "mishandled", "ignored")
Ts = TypeVarTuple("Ts")
FAILURES: Final = frozenset({"mishandled", "ignored"})
NO_ANSWER: Final = "no_answer"
"""The reason of a failure in which the rep did nothing that could be called a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionFilter:
    """Which episodes: of calls since a moment, of a team, a rep, a type, an outcome. None is any."""

    since: datetime | None = None
    team_id: int | None = None
    rep_id: int | None = None
    type: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionCount:
    """How a rep (or everybody, by type) dealt with objections.

    `attempts` are episodes the rep tried to handle (every outcome but ignored), `failures` those mishandled or ignored,
    `reasons` what went wrong in the failures: the faults by name, or `no_answer`. `interval` is the 95 % interval
    (Wilson) of the handled share.
    """

    id: int | None
    name: str
    team: str | None
    calls: int
    outcomes: Counter[str]
    reasons: Counter[str] = field(default_factory=Counter)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """One episode as a line of a list."""

    call_id: int
    start: float | None
    types: tuple[str, ...]
    outcome: str
    severity: str | None
    reaction: str
    quote: str
    answer: str | None
    moves: tuple[str, ...]
    faults: tuple[str, ...]
    rep_name: str | None
    happened_at: datetime


def count_by_rep(session: Session, viewer: Viewer, filters: ObjectionFilter) -> tuple[ObjectionCount, ...]:
    """One line per rep, most failures first; calls without a rep are one line without an id. Two statements."""
    columns = (Call.rep_id, Rep.name, Team.name)
    lines: dict[int | None, ObjectionCount] = {}
    counted = (
        select(*columns, ObjectionEpisode.outcome, func.count(), func.count(Call.id.distinct()))
        .group_by(*columns, ObjectionEpisode.outcome)
        .order_by(Rep.name, Call.rep_id, ObjectionEpisode.outcome)
    )
    for rep_id, name, team, outcome, episodes, _calls in session.execute(_of_reps(counted, viewer, filters)):
        line = lines.setdefault(
            rep_id, ObjectionCount(id=rep_id, name=name or "", team=team, calls=0, outcomes=Counter())
        )
        line.outcomes[outcome] += episodes
    calls = _of_reps(select(Call.rep_id, func.count(Call.id.distinct())).group_by(Call.rep_id), viewer, filters)
    of_calls = dict(session.execute(calls).all())
    for rep_id, faults in session.execute(_failed(Call.rep_id, viewer, filters)):
        if rep_id in lines:
            lines[rep_id].reasons.update(_reasons(faults))
    done = [_with_calls(line, of_calls.get(line.id, 0)) for line in lines.values()]
    return tuple(sorted(done, key=lambda line: (line.id is None, -line.failures, -line.episodes, line.name)))


def count_by_type(session: Session, viewer: Viewer, filters: ObjectionFilter) -> tuple[ObjectionCount, ...]:
    """One line per objection type, the commonest first; `name` is the type."""
    kind = ObjectionEpisode.type
    lines: dict[str, ObjectionCount] = {}
    counted = select(kind, ObjectionEpisode.outcome, func.count()).group_by(kind, ObjectionEpisode.outcome)
    for name, outcome, episodes in session.execute(_of_reps(counted, viewer, filters)):
        line = lines.setdefault(name, ObjectionCount(id=None, name=name, team=None, calls=0, outcomes=Counter()))
        line.outcomes[outcome] += episodes
    for name, faults in session.execute(_failed(kind, viewer, filters)):
        lines[name].reasons.update(_reasons(faults))
    return tuple(sorted(lines.values(), key=lambda line: (-line.episodes, line.name)))


def list_episodes(
    session: Session, viewer: Viewer, filters: ObjectionFilter, *, limit: int = 50, offset: int = 0
) -> tuple[EpisodeRow, ...]:
    """The episodes, newest call first."""
    wanted = (
        select(ObjectionEpisode, Rep.name, Call.happened_at)
        .order_by(Call.happened_at.desc(), Call.id.desc(), ObjectionEpisode.number)
        .limit(limit)
        .offset(offset)
    )
    return tuple(
        EpisodeRow(
            call_id=row.call_id,
            start=row.start,
            types=tuple(row.types),
            outcome=row.outcome,
            severity=row.severity,
            reaction=row.reaction,
            quote=row.quote,
            answer=row.answer,
            moves=tuple(row.moves),
            faults=tuple(row.faults),
            rep_name=name,
            happened_at=happened_at,
        )
        for row, name, happened_at in session.execute(_of_reps(wanted, viewer, filters))
    )


def _failed(key: Key[Any], viewer: Viewer, filters: ObjectionFilter) -> Select[tuple[Any, list[str]]]:
    """What went wrong in each failed episode, with what it is counted under."""
    return _of_reps(
        select(key, ObjectionEpisode.faults).where(ObjectionEpisode.outcome.in_(sorted(FAILURES))), viewer, filters
    )


def _of_reps(statement: Select[*Ts], viewer: Viewer, filters: ObjectionFilter) -> Select[*Ts]:
    """The statement with the tables it needs, on the episodes of the filter that the viewer may see."""
    conditions = [visible_calls(viewer)]
    if filters.since is not None:
        conditions.append(Call.happened_at >= filters.since)
    if filters.team_id is not None:
        conditions.append(Rep.team_id == filters.team_id)
    if filters.rep_id is not None:
        conditions.append(Call.rep_id == filters.rep_id)
    if filters.type is not None:
        conditions.append(ObjectionEpisode.type == filters.type)
    if filters.outcome is not None:
        conditions.append(ObjectionEpisode.outcome == filters.outcome)
    return (
        statement.select_from(ObjectionEpisode)
        .join(Call, Call.id == ObjectionEpisode.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(*conditions)
    )


def _reasons(faults: Sequence[str]) -> Sequence[str]:
    return sorted(set(faults)) or (NO_ANSWER,)


def _with_calls(line: ObjectionCount, calls: int) -> ObjectionCount:
    return ObjectionCount(
        id=line.id, name=line.name, team=line.team, calls=calls, outcomes=line.outcomes, reasons=line.reasons
    )
