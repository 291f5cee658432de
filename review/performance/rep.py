"""One rep's figures by criterion: now, against the own past, beside the team's middle, week by week. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from review.performance.criteria import NamedCriterion
from review.performance.estimate import FEWEST, Difference, Mean, Sums, add, difference_of, mean_of
from review.performance.period import Period
from review.performance.sums import Bucket, add_up, of_sample, quantile

FEWEST_MATES: Final = 4
"""Reps with enough calls from which on a team's middle is shown: of fewer one could tell who is who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The middle of a team: the median rep, and where the middle half of the reps lie. No rep is named."""

    median: float
    low: float  # lower quartile
    high: float  # upper quartile
    reps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionLine:
    """One criterion of one rep. `weeks` are by week of the period, oldest first; None where there was no call.

    `change` compares the later half of the period with the earlier one. `random` and `risk` are only the calls people
    scored that were drawn by lot, or picked because something spoke for a look.
    """

    criterion: NamedCriterion
    now: Mean
    change: Difference
    middle: Middle | None
    weeks: tuple[Mean | None, ...]
    random: tuple[Mean | None, ...]
    risk: tuple[Mean | None, ...]


def lines_of(
    rep_id: int, buckets: Collection[Bucket], criteria: Iterable[NamedCriterion], period: Period
) -> tuple[CriterionLine, ...]:
    """The rep's lines in the criteria's order; a criterion without an answer has none."""
    mine = [bucket for bucket in buckets if bucket.rep_id == rep_id]
    every = of_sample(buckets, "all")
    of_reps = add_up(every, lambda bucket: (bucket.standard, bucket.criterion, bucket.rep_id))
    lines = []
    for criterion in criteria:
        picked = [one for one in mine if one.criterion == criterion.id and one.standard == criterion.standard]
        here = of_sample(picked, "all")
        now = mean_of(add(*(one.sums for one in here)))
        if now is None:
            continue
        lines.append(
            CriterionLine(
                criterion=criterion,
                now=now,
                change=change_of(here, period),
                middle=middle_of(
                    sums
                    for (standard, name, _rep), sums in of_reps.items()
                    if (standard, name) == (criterion.standard, criterion.id)
                ),
                weeks=by_week(here, period),
                random=by_week(of_sample(picked, "random"), period),
                risk=by_week(of_sample(picked, "risk"), period),
            )
        )
    return tuple(lines)


def middle_of(reps: Iterable[Sums]) -> Middle | None:
    """The middle of several reps' means; None below FEWEST_MATES reps with enough calls."""
    means = [sums.mean for sums in reps if sums.calls >= FEWEST]
    values = [mean for mean in means if mean is not None]
    if len(values) < FEWEST_MATES:
        return None
    low, median, high = (quantile(values, share) or 0.0 for share in (0.25, 0.5, 0.75))
    return Middle(median=median, low=low, high=high, reps=len(values))


def change_of(buckets: Iterable[Bucket], period: Period) -> Difference:
    """The later half of the period against the earlier half."""
    halves: Mapping[bool, Sums] = add_up(buckets, lambda bucket: bucket.week >= period.middle)
    return difference_of(halves.get(False, Sums()), halves.get(True, Sums()))


def by_week(buckets: Iterable[Bucket], period: Period) -> tuple[Mean | None, ...]:
    """The mean of each week, None where there was no call."""
    found = add_up(buckets, lambda bucket: bucket.week)
    return tuple(mean_of(found[week]) if week in found else None for week in range(period.weeks))


def went_well(lines: Sequence[CriterionLine], most: int = 3) -> tuple[CriterionLine, ...]:
    """What the rep does better than before, the surest first; then what is done best, compared with nobody.

    Only what enough calls say: a criterion counts as done well from 70 % on with an interval above 50 %.
    """
    better = sorted(
        (line for line in lines if line.change.verdict == "better"),
        key=lambda line: (-(line.change.low or 0.0), line.criterion.id),
    )
    strong = sorted(
        (line for line in lines if line.now.mean >= 0.7 and (line.now.low or 0.0) > 0.5 and line not in better),
        key=lambda line: (-(line.now.low or 0.0), line.criterion.id),
    )
    return tuple((better + strong)[:most])
