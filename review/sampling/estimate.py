"""The mean of a population from calls drawn by lot with known chances, and how sure it is. Pure.

Each call counts with the inverse of its chance (Horvitz and Thompson 1952), divided by the weights' sum (Hajek 1971) so
that calls drawn and not yet scored do not pull it down. The variance is that of the linearised mean with replacement,
with each term's (1 - chance) as finite population correction (Särndal, Swensson and Wretman 1992, 5.7): a little too
wide rather than too narrow. The interval uses Student's t with one degree of freedom less than calls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Sampled:
    """A score and the chance of its call, 0..1; `frames`: how many draws could have fallen on the call."""

    value: float
    probability: float
    frames: int = 1

    @property
    def weight(self) -> float:
        """How many calls it speaks for."""
        return 1.0 / (self.probability * self.frames)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval (None below three calls: too few to say), and how many calls it is from."""

    mean: float
    low: float | None
    high: float | None
    calls: int


def weighted_mean(sampled: Sequence[Sampled]) -> Estimate | None:
    """The estimate; None without a call."""
    if not sampled:
        return None
    whole = math.fsum(item.weight for item in sampled)
    mean = math.fsum(item.weight * item.value for item in sampled) / whole
    n = len(sampled)
    if n < 3:
        return Estimate(mean, None, None, n)
    spread = math.fsum((1 - item.probability) * (item.weight * (item.value - mean) / whole) ** 2 for item in sampled)
    half = student_t(n - 1) * math.sqrt(spread * n / (n - 1))
    most = max(100.0, *(item.value for item in sampled))  # scores end at 100, with bonus a little above
    return Estimate(mean, max(0.0, mean - half), min(most, mean + half), n)


def student_t(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, by Cornish and Fisher's expansion; within 1 % from two degrees on."""
    z, f = Z95, float(freedom)
    if freedom == 1:
        return 12.706
    if freedom == 2:
        return 4.303
    return (
        z
        + (z**3 + z) / (4 * f)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * f**3)
    )
