"""Means of few calls with honest intervals, and whether what came after differs from what was before. Pure.

Values lie in 0..1, so the usual interval of a mean fails where it matters most: five full marks would be "exactly 1".
Every interval here is Student's over the values and imagined ones, half of them 0 and half 1: four for a mean (Agresti
and Coull 1998), two on each side of a difference with Welch's degrees of freedom (Agresti and Caffo 2000). Means that
are shown are those of the real values. Under FEWEST calls nothing is said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from review.sampling.estimate import student_t

FEWEST: Final = 5
"""Calls on a side from which on an interval is given; under it is "too early to say"."""

Verdict = Literal["better", "worse", "no_change_seen", "too_early"]


@dataclass(frozen=True, slots=True)
class Sums:
    """What a mean and its interval need of the values: how many, their sum, the sum of their squares."""

    calls: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float | None:
        """The plain mean; None without a call."""
        return None if self.calls == 0 else min(1.0, max(0.0, self.total / self.calls))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean 0..1 with its 95 % interval; the interval is None under FEWEST calls."""

    mean: float
    low: float | None
    high: float | None
    calls: int

    @property
    def too_few(self) -> bool:
        """Whether it is from too few calls to say anything of a rep."""
        return self.low is None


@dataclass(frozen=True, slots=True)
class Difference:
    """After minus before, -1..1, with its 95 % interval (None when it is too early to say)."""

    mean_before: float | None
    mean_after: float | None
    change: float | None
    low: float | None
    high: float | None
    calls_before: int
    calls_after: int
    verdict: Verdict


def difference(before: Sequence[tuple[int, float]], after: Sequence[tuple[int, float]]) -> Difference:
    """Compare the values (call id, 0..1) of two sets of calls; several values of one call count as their mean.

    The order of the values changes nothing. Raises ValueError for a value outside 0..1.
    """
    return difference_of(sums_of(_per_call(before)), sums_of(_per_call(after)))


def difference_of(before: Sums, after: Sums) -> Difference:
    """The same from sums."""
    was, now = before.mean, after.mean
    change = None if was is None or now is None else now - was
    facts = (was, now, change)
    if before.calls < FEWEST or after.calls < FEWEST or change is None:
        return Difference(*facts, None, None, before.calls, after.calls, "too_early")
    middle, error, freedom = _welch(before, after)
    half = student_t_at(freedom) * error
    low, high = max(-1.0, min(middle - half, change)), min(1.0, max(middle + half, change))
    verdict: Verdict = "better" if low > 0 else "worse" if high < 0 else "no_change_seen"
    return Difference(*facts, low, high, before.calls, after.calls, verdict)


def probability_of(before: Sums, after: Sums) -> float:
    """The chance of so large a difference, either way, if nothing had changed: 0..1, 1.0 when it is too early to say.

    Student's t of the same values as in `difference_of`, as a normal deviate (Wallace 1959).
    """
    if before.calls < FEWEST or after.calls < FEWEST:
        return 1.0
    middle, error, freedom = _welch(before, after)
    t2 = (middle / error) ** 2
    z = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t2 / freedom))
    return math.erfc(z / math.sqrt(2))


def mean_of(sums: Sums) -> Mean | None:
    """The mean with its interval; None without a call."""
    mean = sums.mean
    if mean is None:
        return None
    if sums.calls < FEWEST:
        return Mean(mean, None, None, sums.calls)
    wider = _with_imagined(sums, 4)
    half = student_t_at(wider.calls - 1) * math.sqrt(_variance(wider) / wider.calls)
    middle = wider.total / wider.calls
    return Mean(mean, max(0.0, min(middle - half, mean)), min(1.0, max(middle + half, mean)), sums.calls)


def sums_of(values: Iterable[float]) -> Sums:
    """The sums of values 0..1, whatever their order. Raises ValueError for one outside."""
    kept = list(values)
    for value in kept:
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"a fraction lies between 0 and 1, not {value!r}")
    return Sums(len(kept), math.fsum(kept), math.fsum(value * value for value in kept))


def add(*parts: Sums) -> Sums:
    """The sums of several sets of calls together."""
    return Sums(
        sum(part.calls for part in parts),
        math.fsum(part.total for part in parts),
        math.fsum(part.squares for part in parts),
    )


def student_t_at(freedom: float) -> float:
    """The 97.5 % quantile of Student's t; Welch's degrees of freedom are rounded down to a whole number."""
    return student_t(max(1, math.floor(freedom + 1e-9)))


def _welch(before: Sums, after: Sums) -> tuple[float, float, float]:
    """The difference with the imagined values, its standard error (never 0), and Welch's degrees of freedom."""
    one, two = _with_imagined(before, 2), _with_imagined(after, 2)
    error_one, error_two = _variance(one) / one.calls, _variance(two) / two.calls
    freedom = (error_one + error_two) ** 2 / (error_one**2 / (one.calls - 1) + error_two**2 / (two.calls - 1))
    return two.total / two.calls - one.total / one.calls, math.sqrt(error_one + error_two), freedom


def _per_call(values: Sequence[tuple[int, float]]) -> list[float]:
    by_call: dict[int, list[float]] = defaultdict(list)
    for call_id, value in values:
        by_call[call_id].append(value)
    return [math.fsum(found) / len(found) for found in by_call.values()]


def _with_imagined(sums: Sums, more: int) -> Sums:
    """As if `more` calls had been there besides, half of them 0 and half of them 1."""
    return Sums(sums.calls + more, sums.total + more / 2, sums.squares + more / 2)


def _variance(sums: Sums) -> float:
    """Of the sample; sums of squares may be a last digit short."""
    mean = sums.total / sums.calls
    return max(0.0, sums.squares - sums.calls * mean * mean) / (sums.calls - 1)
