"""Krippendorff's alpha: agreement of any number of people beyond chance, with gaps, on the scale the answers have.

Definition and metrics: K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011) and Content Analysis (4th
ed. 2018, ch. 12). The value comes from the `krippendorff` library; the bootstrap computes the same formula for all
draws at once from each call's coincidences, and a test holds the two equal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Numbers = NDArray[np.float64]

DRAWS: Final = 1000


def alpha_of_counts(counts: Numbers, values: Numbers, level: Level) -> float | None:
    """Alpha of `counts` (calls, values): how many people gave each value. `values` ascend; None where undefined.

    Undefined: no call answered by two people, or one single value in all that were.
    """
    import krippendorff

    kept = counts[counts.sum(1) > 1]
    if not len(kept) or int((kept.sum(0) > 0).sum()) < 2:
        return None
    domain = list(range(len(values))) if level in ("nominal", "ordinal") else values
    return float(krippendorff.alpha(value_counts=kept, value_domain=domain, level_of_measurement=level))


def bootstrap_alpha(counts: Numbers, values: Numbers, level: Level, seed: int, draws: int = DRAWS) -> Numbers:
    """Alpha of each of `draws` draws of calls with replacement (draws,); `nan` where a draw leaves it undefined."""
    kept = counts[counts.sum(1) > 1]
    if not len(kept):
        return np.full(draws, np.nan)
    return alpha_of_draws(kept, values, level, weights_of_draws(len(kept), seed, draws))


def alpha_of_draws(counts: Numbers, values: Numbers, level: Level, weights: Numbers) -> Numbers:
    """Alpha for each row of `weights` (draws, calls): how often each call is in the draw."""
    size = counts.sum(1)
    pairs = counts[:, :, None] * counts[:, None, :]
    places = np.arange(counts.shape[1])
    pairs[:, places, places] -= counts  # nobody is compared with themselves
    per_call = (pairs / (size - 1.0)[:, None, None]).reshape(len(counts), -1)
    seen = (weights @ per_call).reshape(len(weights), len(places), len(places))
    totals = seen.sum(2)
    apart = _distances(totals, values, level)
    everything = totals.sum(1)
    observed = (seen * apart).sum((1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * apart).sum((1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = 1.0 - (everything - 1.0) * observed / expected
    return np.where(expected > 0, alpha, np.nan)


@lru_cache(maxsize=32)
def weights_of_draws(calls: int, seed: int, draws: int = DRAWS) -> Numbers:
    """How often each of `calls` is in each draw with replacement, (draws, calls); the same for the same seed."""
    weights = np.random.default_rng(seed).multinomial(calls, np.full(calls, 1.0 / calls), draws).astype(float)
    weights.flags.writeable = False
    return weights


def _distances(totals: Numbers, values: Numbers, level: Level) -> Numbers:
    """The squared difference between every two values, (draws, values, values); ranks depend on the draw."""
    if level == "nominal":
        return np.broadcast_to(1.0 - np.eye(totals.shape[1]), (len(totals), totals.shape[1], totals.shape[1]))
    if level == "ordinal":
        middles = np.cumsum(totals, 1) - totals / 2.0  # the rank in the middle of all who gave this value
        return np.asarray((middles[:, :, None] - middles[:, None, :]) ** 2)
    between = (values[:, None] - values[None, :]) ** 2
    if level == "ratio":
        together = values[:, None] + values[None, :]
        between = np.divide(between, together**2, out=np.zeros_like(between), where=together != 0)
    return np.broadcast_to(between, (len(totals), *between.shape))
