"""How much more often calls with a candidate end well: stratified lift, its interval, and log-odds for the order.

Lift is the Mantel-Haenszel risk ratio over strata (queue, lead source, length), with the interval of Greenland and
Robins (1985). The order is the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008,
"Fightin' Words"), the company's own calls being the background.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Z95: Final = 1.959964
PRIOR: Final = 500.0
"""Weight of the background, in candidate occurrences."""


@dataclass(frozen=True, slots=True)
class Lift:
    """Risk ratio of ending well with the candidate against without, and its 95 % interval; None where not estimable."""

    value: float | None
    low: float | None
    high: float | None


def lift(present: NDArray[np.bool_], won: NDArray[np.bool_], strata: NDArray[np.int64]) -> Lift:
    """The Mantel-Haenszel risk ratio over strata."""
    top = bottom = variance = 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        with_, without = here & present, here & ~present
        n1, n0 = int(with_.sum()), int(without.sum())
        if not n1 or not n0:
            continue
        n = n1 + n0
        a, b = int((with_ & won).sum()), int((without & won).sum())
        top += a * n0 / n
        bottom += b * n1 / n
        variance += (n1 * n0 * (a + b) - a * b * n) / n**2
    if top <= 0 or bottom <= 0:
        return Lift(None, None, None)
    value = top / bottom
    spread = Z95 * math.sqrt(max(variance, 0.0) / (top * bottom))
    return Lift(value, value * math.exp(-spread), value * math.exp(spread))


def log_odds(matrix: NDArray[np.bool_], won: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each candidate the z-score of its log-odds between won and other calls, the prior being all calls."""
    here = matrix[:, won].sum(axis=1).astype(float)
    there = matrix[:, ~won].sum(axis=1).astype(float)
    total = float(matrix.sum()) or 1.0
    prior = PRIOR * (here + there) / total
    odds = _odds(here, prior) - _odds(there, prior)
    return np.asarray(odds / np.sqrt(1 / (here + prior + 1e-9) + 1 / (there + prior + 1e-9)))


def _odds(counts: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    all_ = counts.sum() + prior.sum()
    mine = counts + prior + 1e-9
    return np.asarray(np.log(mine) - np.log(np.maximum(all_ - mine, 1e-9)))
