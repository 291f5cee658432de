"""Is it more than chance? A permutation test within reps, and the control of false discoveries.

What a call adds is (present - expected) x (won - expected), expected from its stratum and its rep: the habit of one
good rep is no evidence, only that calls with it end better than the same rep's calls without it. Under the null the
outcomes of one rep's calls are as good as shuffled, so shuffling them within reps gives the null distribution. The
statistic is studentised, so the null of all candidates is pooled and a few hundred shuffles resolve small
probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHUFFLES: Final = 200
_CENTRED: Final = 4
"""Rounds of taking away the means of strata and of reps in turn; a few bring both to nearly zero."""


@dataclass(frozen=True, slots=True)
class Residuals:
    """What strata and reps do not explain: `present` [candidates, calls], `won` [calls]; `reps` numbers the calls'."""

    present: NDArray[np.float64]
    won: NDArray[np.float64]
    reps: NDArray[np.int64]


def residuals(
    matrix: NDArray[np.bool_], won: NDArray[np.bool_], strata: NDArray[np.int64], reps: NDArray[np.int64]
) -> Residuals:
    """Presence and outcome without what strata and reps explain."""
    both = np.vstack([matrix.astype(float), won.astype(float)[None, :]])
    groupings = [_means(strata), _means(reps)]
    for _ in range(_CENTRED):
        for belongs in groupings:
            both -= (both @ (belongs / np.maximum(belongs.sum(axis=0), 1.0))) @ belongs.T
    return Residuals(both[:-1], both[-1], reps)


def probabilities(left: Residuals, seed: int) -> NDArray[np.float64]:
    """One-sided p of each candidate for ending well more often; [candidates]."""
    count, calls = left.present.shape
    if not count or calls < 2:
        return np.ones(count)
    random = np.random.default_rng(seed)
    squares = left.present**2
    seen = _studentised(left.present, squares, left.won[:, None])[:, 0]
    shuffled = np.empty((calls, SHUFFLES))
    groups = [np.flatnonzero(left.reps == rep) for rep in np.unique(left.reps)]
    for number in range(SHUFFLES):
        for here in groups:
            shuffled[here, number] = left.won[random.permutation(here)]
    null = np.sort(_studentised(left.present, squares, shuffled).ravel())
    above = len(null) - np.searchsorted(null, seen - 1e-12, side="left")
    return np.asarray((above + 1) / (len(null) + 1))


def agreeing_reps(left: Residuals) -> NDArray[np.int64]:
    """For each candidate how many reps' own calls end better with it, less how many end worse; [candidates]."""
    sums = (left.present * left.won) @ _means(left.reps)
    return np.asarray((sums > 1e-9).sum(axis=1) - (sums < -1e-9).sum(axis=1))


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """q-values (Benjamini and Hochberg 1995): the share of false ones among all that are at least as sure."""
    if not len(p):
        return p
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q


def _studentised(
    present: NDArray[np.float64], squares: NDArray[np.float64], won: NDArray[np.float64]
) -> NDArray[np.float64]:
    spread = np.sqrt(squares @ won**2)
    return np.divide(present @ won, spread, out=np.zeros_like(spread), where=spread > 1e-9)


def _means(groups: NDArray[np.int64]) -> NDArray[np.float64]:
    numbers = np.unique(groups, return_inverse=True)[1]
    belongs = np.zeros((len(groups), int(numbers.max()) + 1 if len(groups) else 0))
    belongs[np.arange(len(groups)), numbers] = 1.0
    return belongs
