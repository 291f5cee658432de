"""What every figure of a page is added up from, read in one statement: by rep, criterion, week and kind of answer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from review.models import CriterionResult
from review.performance.estimate import Sums, add
from review.performance.period import Period
from review.performance.whose import Whose, whose

EVERY_CALL: Final = ("machine", "random", "risk", "chosen")
KINDS: Final = (*EVERY_CALL, "risk_alone", "chosen_alone")
"""Where an answer comes from: the machine, or a person whose call was drawn by lot, by risk, or chosen by somebody.

`alone`: the machine did not answer it on this call, so that it is known only because the call was picked.
"""

SAMPLES: Final = {"all": EVERY_CALL, "random": ("random",), "risk": ("risk", "risk_alone")}
"""What a figure can be made of: every call, or only those of one part of the sample that people scored.

Every call has the machine's answers, and a person's in their place. What only people answer is known of the calls they
scored: of those only the ones drawn by lot speak for all; picked ones would pull the mean to what they were picked for.
"""


class Summed(Protocol):
    """Anything that holds sums."""

    @property
    def sums(self) -> Sums:
        """Of its calls."""


K = TypeVar("K", bound=Hashable)
S = TypeVar("S", bound=Summed)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The answers of one rep on one criterion of one scorecard in one week (0 the oldest), of one of KINDS."""

    rep_id: int
    standard: str
    criterion: str
    week: int
    kind: str
    sums: Sums


def read_buckets(
    session: Session, reps: Whose | Collection[int], period: Period, *, criterion: str | None = None
) -> tuple[Bucket, ...]:
    """The answers of these reps, added up by the database from the index alone. One statement.

    Answers that say nothing (not applicable, cannot judge) are in no sum. Who may see the reps is the caller's to ask.
    """
    of = whose(reps)
    if not of.rep_ids:
        return ()
    result = CriterionResult
    conditions: list[ColumnElement[bool]] = [
        and_(result.stands),
        of.holds(result.rep_id, result.happened_at),
        result.happened_at >= period.since,
        result.happened_at < period.until,
        result.fraction.is_not(None),
    ]
    if criterion is not None:
        conditions.append(result.criterion == criterion)
    part = func.coalesce(result.part, "chosen")
    kind = case(
        (result.source == "machine", "machine"),
        (part == "random", "random"),
        (judged_too(), part),
        else_=part.concat("_alone"),
    ).label("kind")
    week = week_number(period, result.happened_at).label("week")
    # Named inside, grouped outside: with parameters in it PostgreSQL would not see that the two are the same.
    one = (
        select(result.rep_id, result.standard, result.criterion, week, kind, result.fraction)
        .where(*conditions)
        .subquery("one")
    )
    keys = (one.c.rep_id, one.c.standard, one.c.criterion, one.c.week, one.c.kind)
    squares = func.sum(one.c.fraction * one.c.fraction)
    rows = session.execute(
        select(*keys, func.count(), func.sum(one.c.fraction), squares).group_by(*keys).order_by(*keys)
    )
    return tuple(
        Bucket(rep, standard, name, int(number), come, Sums(int(calls), float(total), float(square)))
        for rep, standard, name, number, come, calls, total, square in rows
    )


def judged_too() -> ColumnElement[bool]:
    """Whether the machine answered the same criterion of the same call; asked of people's answers only."""
    machine = aliased(CriterionResult)
    return (
        exists()
        .where(
            machine.call_id == CriterionResult.call_id,
            machine.criterion == CriterionResult.criterion,
            machine.source == "machine",
            machine.standard == CriterionResult.standard,
            machine.fraction.is_not(None),
        )
        .correlate(CriterionResult)
    )


def speaks_for_all() -> ColumnElement[bool]:
    """The answers that `SAMPLES["all"]` is made of, as a condition on a row."""
    return or_(CriterionResult.source == "machine", CriterionResult.part == "random", judged_too())


def week_number(period: Period, at: InstrumentedAttribute[datetime]) -> ColumnElement[int]:
    """The number of the week of a moment, 0 the oldest; without a function of time that one database alone has."""
    later = list(enumerate(period.starts))[:0:-1]
    return case(*((at >= start, number) for number, start in later), else_=0) if later else literal(0)


def add_up(buckets: Iterable[S], key: Callable[[S], K]) -> dict[K, Sums]:
    """The sums of buckets of any kind by whatever `key` gives, in the order they came."""
    parts: dict[K, list[Sums]] = defaultdict(list)
    for bucket in buckets:
        parts[key(bucket)].append(bucket.sums)
    return {name: add(*found) for name, found in parts.items()}


def of_sample(buckets: Iterable[Bucket], sample: str) -> tuple[Bucket, ...]:
    """The buckets of one of SAMPLES."""
    kinds = SAMPLES[sample]
    return tuple(bucket for bucket in buckets if bucket.kind in kinds)


def quantile(values: Iterable[float], share: float) -> float | None:
    """The value under which `share` of the values lie, between two of them by proportion; None without a value."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
