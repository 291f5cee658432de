"""Objections over time: how many of a day, a week or a month were handled, all together and by type."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from review.models import Call, ObjectionEpisode, utc_now
from review.queries.clustered import Clusters, clustered_interval
from review.queries.filters import shown_outcome
from review.queries.objections_filter import ObjectionFilter, midnight, of_episodes
from review.queries.viewer import Viewer

MOST_STEPS: Final = 26
DAYS_UNTIL: Final = 15  # a period this long is drawn by days,
WEEKS_UNTIL: Final = 130  # this long by weeks, a longer one by months


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStep:
    """One day, week or month (`end` not included, UTC), with the outcomes in it."""

    begin: date
    end: date
    outcomes: Counter[str]
    by_type: dict[str, Counter[str]] = field(default_factory=dict)
    clusters: Clusters = field(default_factory=Clusters)

    @property
    def episodes(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())

    @property
    def handled_share(self) -> float | None:
        """0..1; None without an episode."""
        return self.outcomes["handled"] / self.episodes if self.episodes else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the handled share, by call."""
        return clustered_interval(self.outcomes["handled"], self.episodes, self.clusters)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """The steps, oldest first; `unit` is day, week or month. Nothing before the first objection."""

    unit: str
    steps: tuple[TimeStep, ...]


def count_over_time(
    session: Session, viewer: Viewer, filters: ObjectionFilter, *, now: datetime | None = None
) -> TimeLine:
    """How objections went, step by step, at most 26 up to the newest. Three statements."""
    first, last = session.execute(
        of_episodes(select(func.min(Call.happened_at), func.max(Call.happened_at)), viewer, filters)
    ).one()
    if first is None or last is None:
        return TimeLine(unit="week", steps=())
    until = max(last, (now or utc_now())) if filters.date_to is None else last
    unit, bounds = _bounds(first.date(), until.date())
    # One number per step, worked out by the database: the same on both, without functions that only one of them has.
    step = case(*((Call.happened_at < midnight(bound), n) for n, bound in enumerate(bounds)), else_=len(bounds))
    place, outcome = step.label("place"), shown_outcome().label("shown")
    counted = (
        select(place, ObjectionEpisode.type, outcome, func.count())
        .where(Call.happened_at >= midnight(bounds[0]))
        .group_by(place, ObjectionEpisode.type, outcome)
    )
    steps = [TimeStep(begin=a, end=b, outcomes=Counter()) for a, b in pairwise(bounds)]
    for at, kind, went, episodes in session.execute(of_episodes(counted, viewer, filters)):
        if 0 < at <= len(steps):
            steps[at - 1].outcomes[went] += episodes
            steps[at - 1].by_type.setdefault(kind, Counter())[went] += episodes
    handled = func.sum(case((shown_outcome() == "handled", 1), else_=0)).label("handled")
    each = select(place, func.count().label("n"), handled).where(Call.happened_at >= midnight(bounds[0]))
    call = of_episodes(each, viewer, filters).group_by(place, Call.id).subquery()
    sums = (
        func.sum(call.c.n * call.c.n),
        func.sum(call.c.handled * call.c.n),
        func.sum(call.c.handled * call.c.handled),
    )
    spread = select(call.c.place, func.count(), *sums).group_by(call.c.place)
    for at, calls, nn, kn, kk in session.execute(spread):
        if 0 < at <= len(steps):
            steps[at - 1] = replace(steps[at - 1], clusters=Clusters(calls, int(nn), int(kn), int(kk)))
    return TimeLine(unit=unit, steps=tuple(steps))


def _bounds(first: date, last: date) -> tuple[str, list[date]]:
    """The beginnings of the steps and the end of the last; at most 26 steps, the newest ones."""
    days = (last - first).days + 1
    if days <= DAYS_UNTIL:
        return "day", [first + timedelta(days=n) for n in range(days + 1)]
    if days <= WEEKS_UNTIL:
        monday = first - timedelta(days=first.weekday())
        weeks = (last - monday).days // 7 + 1
        return "week", [monday + timedelta(weeks=n) for n in range(weeks + 1)][-(MOST_STEPS + 1) :]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    starts = [_month(first, n) for n in range(months + 1)]
    return "month", starts[-(MOST_STEPS + 1) :]


def _month(first: date, later: int) -> date:
    months = first.year * 12 + first.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)
