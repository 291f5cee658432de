"""Disputes counted by criterion and by reviewer, over time, with intervals: for the dashboard and reviewers' pages.

Counted is what was disputed, not what was withdrawn or fell with its evaluation; shares are of the evaluations that
reps were shown in the same days, and of those shown before or made void since that were disputed in them: more than all
cannot be disputed. A share of so few says little: every one comes with its 95 % interval (Wilson 1927).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from review.evaluations.counted import counts
from review.evaluations.sheet import criteria_of
from review.evaluations.view import SHOWN
from review.learning.shown import standard_of
from review.models import Call, Dispute, DisputeItem, Evaluation, Rep
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from scoring.intervals import wilson
from scoring.standards import Standard

COUNTED = ("first", "answered", "lead", "decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Disputes of one criterion, of one reviewer's evaluations, or of all. Times in seconds."""

    key: str  # the criterion's id; the reviewer's user id as text, '' when they are gone
    label: str  # the reviewer's name; empty for a criterion
    evaluations: int  # shown or disputed in these days, with this criterion, or by this reviewer
    disputed: int
    decided: int
    accepted: int  # answers that were changed
    time: float | None  # median from raised to decided
    standard: Standard | None = None  # the newest version that has the criterion

    @property
    def share(self) -> float | None:
        """Disputed of the evaluations, 0..1."""
        return self.disputed / self.evaluations if self.evaluations else None

    @property
    def accepted_share(self) -> float | None:
        """Accepted of the decided, 0..1."""
        return self.accepted / self.decided if self.decided else None

    @property
    def share_interval(self) -> tuple[float, float] | None:
        """95 %, Wilson."""
        return wilson(self.disputed, self.evaluations)

    @property
    def accepted_interval(self) -> tuple[float, float] | None:
        """95 %, Wilson."""
        return wilson(self.accepted, self.decided)


@dataclass(frozen=True, slots=True)
class Figures:
    """The dashboard. `by_criterion` and `by_reviewer` hold only what was disputed, the most disputed first."""

    all: Counted
    by_criterion: tuple[Counted, ...]
    by_reviewer: tuple[Counted, ...]
    open: int
    overdue: int
    weeks: tuple[tuple[datetime, int, int], ...]  # (Monday, raised, accepted in the end)


@dataclass(slots=True)
class _Tally:
    disputed: set[int] = field(default_factory=set)  # evaluations
    decided: int = 0
    accepted: int = 0
    times: list[float] = field(default_factory=list)
    label: str = ""


def read_figures(
    session: Session, viewer: Viewer, *, since: datetime | None, until: datetime, team_id: int | None = None
) -> Figures:
    """Disputes raised in these days, of the calls the viewer may see. Four statements."""
    seen = [visible_calls(viewer)] + ([Rep.team_id == team_id] if team_id is not None else [])
    rows = _items(session, seen, since, until)
    shown = _evaluations(session, seen, since, until)
    criteria: dict[str, _Tally] = {}
    reviewers: dict[str, _Tally] = {}
    whole = _Tally()
    for dispute, item, reviewer in rows:
        places = [whole, reviewers.setdefault(str(dispute.scorer_id or ""), _Tally())]
        places[1].label = reviewer
        if item.criterion:
            places.append(criteria.setdefault(item.criterion, _Tally()))
        _add(places, dispute, item)
    sheets = {(row.standard, row.version): standard_of(session, row.standard, row.version) for row in shown}
    by_criterion = [
        _counted(name, tally, *_with_criterion(name, shown, sheets)) for name, tally in sorted(criteria.items())
    ]
    by_reviewer = [
        _counted(key, tally, sum(row.count for row in shown if str(row.user_id or "") == key))
        for key, tally in sorted(reviewers.items())
    ]
    now = until
    waiting = {dispute.id: dispute for dispute, _, _ in rows if dispute.state not in ("decided",)}
    return Figures(
        all=_counted("", whole, sum(row.count for row in shown)),
        by_criterion=tuple(sorted(by_criterion, key=lambda one: (-one.disputed, one.key))),
        by_reviewer=tuple(sorted(by_reviewer, key=lambda one: (-one.disputed, one.label, one.key))),
        open=len(waiting),
        overdue=sum(one.due_at is not None and one.due_at < now for one in waiting.values()),
        weeks=_weeks(rows, since, until),
    )


def counts_by_reviewer(
    session: Session, viewer: Viewer, *, since: datetime | None, until: datetime
) -> tuple[Counted, ...]:
    """Disputes of each reviewer's evaluations; only reviewers who had one. For pages about reviewers."""
    return read_figures(session, viewer, since=since, until=until).by_reviewer


def counts_by_criterion(
    session: Session, viewer: Viewer, *, since: datetime | None, until: datetime
) -> tuple[Counted, ...]:
    """Disputes of each criterion; only criteria that had one."""
    return read_figures(session, viewer, since=since, until=until).by_criterion


def _items(
    session: Session, seen: Sequence[ColumnElement[bool]], since: datetime | None, until: datetime
) -> list[tuple[Dispute, DisputeItem, str]]:
    query = (
        select(Dispute, DisputeItem, Evaluation.reviewer)
        .join(DisputeItem, DisputeItem.dispute_id == Dispute.id)
        .join(Evaluation, Evaluation.id == Dispute.evaluation_id)
        .join(Call, Call.id == Dispute.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(*seen, *_raised(since, until))
        .order_by(Dispute.id, DisputeItem.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def _evaluations(
    session: Session, seen: Sequence[ColumnElement[bool]], since: datetime | None, until: datetime
) -> Sequence[Any]:
    """(standard, version, user_id, count) of what reps were shown, and of what was disputed."""
    shown = [counts(), Evaluation.state.in_(SHOWN), Evaluation.shown_at < until]
    if since is not None:
        shown.append(Evaluation.shown_at >= since)
    disputed = exists().where(Dispute.evaluation_id == Evaluation.id, *_raised(since, until))
    query = (
        select(Evaluation.standard, Evaluation.version, Evaluation.user_id, func.count().label("count"))
        .join(Call, Call.id == Evaluation.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(*seen, or_(and_(*shown), disputed))
        .group_by(Evaluation.standard, Evaluation.version, Evaluation.user_id)
        .order_by(Evaluation.standard, Evaluation.version, Evaluation.user_id)
    )
    return session.execute(query).all()


def _raised(since: datetime | None, until: datetime) -> list[ColumnElement[bool]]:
    """The condition of a dispute that counts in these days."""
    raised = [Dispute.state.in_(COUNTED), Dispute.raised_at < until]
    return raised if since is None else [*raised, Dispute.raised_at >= since]


def _with_criterion(
    name: str, shown: Sequence[Any], sheets: dict[tuple[str, int], Standard | None]
) -> tuple[int, Standard | None]:
    """How many evaluations ask it, and the newest scorecard that does."""
    having = {key: sheet for key, sheet in sheets.items() if sheet is not None and name in criteria_of(sheet)}
    count = sum(row.count for row in shown if (row.standard, row.version) in having)
    newest = max(having, default=None, key=lambda key: (key[1], key[0]))
    return count, None if newest is None else having[newest]


def _add(places: Sequence[_Tally], dispute: Dispute, item: DisputeItem) -> None:
    for tally in places:
        tally.disputed.add(dispute.evaluation_id)
        if dispute.state != "decided":
            continue
        tally.decided += 1
        tally.accepted += item.decision in ("accepted", "other")
        if dispute.closed_at is not None:
            tally.times.append((dispute.closed_at - dispute.raised_at).total_seconds())


def _counted(key: str, tally: _Tally, evaluations: int, standard: Standard | None = None) -> Counted:
    return Counted(
        key=key,
        label=tally.label,
        evaluations=evaluations,
        disputed=len(tally.disputed),
        decided=tally.decided,
        accepted=tally.accepted,
        time=median(tally.times) if tally.times else None,
        standard=standard,
    )


def _weeks(
    rows: Sequence[tuple[Dispute, DisputeItem, str]], since: datetime | None, until: datetime
) -> tuple[tuple[datetime, int, int], ...]:
    """Disputed criteria by the week in which they were raised; none where there is less than two weeks to look at."""
    if not rows:
        return ()
    first = _monday(max(since, rows[0][0].raised_at) if since else min(one.raised_at for one, _, _ in rows))
    tally: dict[datetime, list[int]] = {}
    at = first
    while at < until:
        tally[at] = [0, 0]
        at += timedelta(days=7)
    for dispute, item, _ in rows:
        place = tally.get(_monday(dispute.raised_at))
        if place is not None:
            place[0] += 1
            place[1] += item.decision in ("accepted", "other")
    return tuple((week, *two) for week, two in tally.items()) if len(tally) > 1 else ()  # type: ignore[misc]


def _monday(at: datetime) -> datetime:
    return (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
