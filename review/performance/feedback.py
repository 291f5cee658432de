"""How long it takes from a call until its rep can read what people say of it: median, the slow tenth, the target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from review.evaluations.counted import counts
from review.models import Call, Evaluation
from review.performance.period import Period
from review.performance.scores import SEEN
from review.performance.sums import quantile
from review.performance.whose import Whose, whose


@dataclass(frozen=True, slots=True)
class Waited:
    """One call's time from its begin to the first evaluation its rep could read, in hours."""

    call_id: int
    rep_id: int | None
    reviewer_id: int | None
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackTime:
    """Of several calls, in hours; `within` is the share that met the target, 0..1. All None without a call."""

    calls: int
    median: float | None
    slow: float | None  # nine of ten came faster
    within: float | None
    target: float


def read_waited(session: Session, reps: Whose | Collection[int] | None, period: Period) -> tuple[Waited, ...]:
    """Every call whose first evaluation was shown in the period, of these reps or (None) of everybody. One statement.

    A second evaluation of the same call is no second feedback.
    """
    earlier = aliased(Evaluation)
    before = exists().where(
        earlier.call_id == Evaluation.call_id, earlier.state.in_(SEEN), earlier.shown_at < period.since
    )
    conditions = [
        counts(),
        Evaluation.state.in_(SEEN),
        Evaluation.show_at >= period.since,  # the same moment as shown_at, and in an index
        Evaluation.show_at < period.until,
        ~before,
    ]
    if reps is not None:
        conditions.append(whose(reps).holds(Call.rep_id, Call.happened_at))
    rows = session.execute(
        select(Call.id, Call.rep_id, Evaluation.user_id, Call.happened_at, Evaluation.shown_at)
        .join(Call, Call.id == Evaluation.call_id)
        .where(*conditions)
        .order_by(Evaluation.shown_at, Evaluation.id)
    )
    first: dict[int, Waited] = {}
    for call_id, rep_id, user_id, happened_at, shown_at in rows:
        if shown_at is not None:
            first.setdefault(call_id, Waited(call_id, rep_id, user_id, _hours(happened_at, shown_at)))
    return tuple(first.values())


def summed_up(waited: Iterable[Waited], target: float) -> FeedbackTime:
    """The figures of several calls."""
    hours = [one.hours for one in waited]
    return FeedbackTime(
        calls=len(hours),
        median=quantile(hours, 0.5),
        slow=quantile(hours, 0.9),
        within=sum(1 for one in hours if one <= target) / len(hours) if hours else None,
        target=target,
    )


def by_reviewer(waited: Iterable[Waited], target: float) -> dict[int, FeedbackTime]:
    """The figures of each reviewer's calls."""
    found: dict[int, list[Waited]] = defaultdict(list)
    for one in waited:
        if one.reviewer_id is not None:
            found[one.reviewer_id].append(one)
    return {user_id: summed_up(theirs, target) for user_id, theirs in found.items()}


def _hours(begin: datetime, end: datetime) -> float:
    """Never under 0: a call whose time was delivered wrongly may lie in the future."""
    return max(0.0, (end - begin).total_seconds() / 3600)
