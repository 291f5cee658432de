"""The inbox: calls newest first, filtered, page by page; the choices of its filters and the counts of its tabs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import CALL_STATES, Call, Rep, Team
from review.queries.call_rows import PHASE_OF_STATE, PHASES, CallRow, read_call_row, select_calls
from review.queries.filters import FLAGS, InboxFilters, read_filters
from review.queries.keyset import older_than, read_mark, write_mark
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls, visible_reps

__all__ = [
    "FLAGS",
    "Choice",
    "FilterChoices",
    "InboxFilters",
    "Page",
    "StateCounts",
    "filter_choices",
    "list_calls",
    "read_filters",
    "state_counts",
]

LONGEST_PAGE: Final = 200
CHOICES_FROM: Final = 5_000  # the newest calls a filter's choices are gathered from: bounded work on any size


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of calls. `next` is the opaque mark to ask for the page after this one; None on the last."""

    rows: tuple[CallRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a filter's list."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChoices:
    """What the viewer can choose from in each filter: only what occurs among the newest calls they may see."""

    states: tuple[str, ...]  # phases, in the order a call walks through them
    reps: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    directions: tuple[str, ...]
    dispositions: tuple[str, ...]
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    queues: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCounts:
    """How many calls the viewer can see in each state, zeros included."""

    total: int
    by_phase: Mapping[str, int]
    by_state: Mapping[str, int]


def list_calls(
    session: Session, viewer: Viewer, filters: InboxFilters, after: str | None = None, limit: int = 50
) -> Page:
    """One page of the calls the viewer may see, newest first; `after` is the `next` of the page before. One statement.

    A call without a known start is listed by its arrival. `limit` is cut to 1..200.
    """
    limit = max(1, min(limit, LONGEST_PAGE))
    conditions = [visible_calls(viewer), *filters.conditions(viewer)]
    mark = read_mark(after)
    if mark is not None:
        conditions.append(older_than(*mark))
    # First the ids from an index alone, then the fifty rows with their names: a sort never carries whole rows.
    wanted = (
        select(Call.id)
        .where(*conditions)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(limit + 1)
        .subquery("wanted")
    )
    query = select_calls(viewer).join(wanted, wanted.c.id == Call.id).order_by(Call.happened_at.desc(), Call.id.desc())
    found = [read_call_row(row) for row in session.execute(query)]
    rows = tuple(found[:limit])
    return Page(rows=rows, next=write_mark(rows[-1].started_at, rows[-1].id) if len(found) > limit else None)


def filter_choices(session: Session, viewer: Viewer) -> FilterChoices:
    """The entries of the filters' lists. Three statements."""
    newest = (
        select(Call.source, Call.queue, Call.language, Call.direction, Call.disposition)
        .where(visible_calls(viewer))
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(CHOICES_FROM)
        .subquery()
    )
    kinds = session.execute(select(newest).distinct()).all()
    reps = session.execute(select(Rep.id, Rep.name).where(visible_reps(viewer)).order_by(Rep.name, Rep.id))
    teams = session.execute(
        select(Team.id, Team.name)
        .where(Team.id.in_(select(Rep.team_id).where(visible_reps(viewer))))
        .order_by(Team.name, Team.id)
    )
    return FilterChoices(
        states=tuple(PHASES),
        reps=tuple(Choice(value=str(rep.id), label=rep.name) for rep in reps),
        teams=tuple(Choice(value=str(team.id), label=team.name) for team in teams),
        directions=_distinct(row.direction for row in kinds),
        dispositions=_distinct(row.disposition for row in kinds),
        languages=_distinct(row.language for row in kinds),
        sources=_distinct(row.source for row in kinds),
        queues=_distinct(row.queue for row in kinds),
        flags=FLAGS,
    )


def state_counts(session: Session, viewer: Viewer) -> StateCounts:
    """How many calls the viewer can see in each state. One statement."""
    counted = session.execute(select(Call.state, func.count()).where(visible_calls(viewer)).group_by(Call.state))
    by_state = dict.fromkeys(CALL_STATES, 0) | dict(counted.all())
    by_phase = dict.fromkeys(PHASES, 0)
    for state, count in by_state.items():
        by_phase[PHASE_OF_STATE[state]] += count
    return StateCounts(total=sum(by_state.values()), by_phase=by_phase, by_state=by_state)


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
