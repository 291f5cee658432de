"""How well predictions agree with people: kappa, F1, AUC, average precision, calibration error, and their intervals.

All take plain sequences and need numpy alone. A measure that the data leave undefined (one class only, nothing
predicted) is 0 for F1 and `nan` for AUC and average precision, never a flattering 1.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES: Final = 1000
COVERAGE: Final = 0.95
BINS: Final = 10

Indices = NDArray[np.intp]


def kappa(first: Sequence[Any] | NDArray[Any], second: Sequence[Any] | NDArray[Any]) -> float:
    """Cohen's kappa between two labellings: agreement beyond chance. 0 when chance alone explains all agreement."""
    a, b = _codes(first, second)
    if not len(a):
        return float("nan")
    size = int(max(a.max(), b.max())) + 1
    table = np.bincount(a * size + b, minlength=size * size).reshape(size, size) / len(a)
    expected = float(table.sum(1) @ table.sum(0))
    return 0.0 if expected >= 1.0 else (float(np.trace(table)) - expected) / (1.0 - expected)


def f1(truth: ArrayLike, predicted: ArrayLike) -> float:
    """F1 of a yes/no question; 0 when nothing is right."""
    actual, said = np.asarray(truth, bool), np.asarray(predicted, bool)
    right = int((actual & said).sum())
    total = int(actual.sum()) + int(said.sum())
    return 2.0 * right / total if total else 0.0


def macro_f1(truth: Sequence[Any] | NDArray[Any], predicted: Sequence[Any] | NDArray[Any]) -> float:
    """Mean F1 over the classes that occur in either labelling, each weighing the same."""
    a, b = _codes(truth, predicted)
    if not len(a):
        return float("nan")
    size = int(max(a.max(), b.max())) + 1
    right = np.bincount(a[a == b], minlength=size)
    total = np.bincount(a, minlength=size) + np.bincount(b, minlength=size)
    return float(np.mean(2.0 * right[total > 0] / total[total > 0]))


def accuracy(truth: Sequence[Any] | NDArray[Any], predicted: Sequence[Any] | NDArray[Any]) -> float:
    """Share labelled alike."""
    a, b = _codes(truth, predicted)
    return float(np.mean(a == b)) if len(a) else float("nan")


def auc(truth: ArrayLike, scores: ArrayLike) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, ties counting half."""
    actual, values = np.asarray(truth, bool), np.asarray(scores, float)
    positives, negatives = int(actual.sum()), int((~actual).sum())
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2.0)[inverse]
    return float((ranks[actual].sum() - positives * (positives + 1) / 2.0) / (positives * negatives))


def average_precision(truth: ArrayLike, scores: ArrayLike) -> float:
    """Mean precision at each positive met going down the scores, equal scores taken together."""
    actual, values = np.asarray(truth, bool), np.asarray(scores, float)
    if not actual.any():
        return float("nan")
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(actual[order])
    ends = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    found = hits[ends]
    precision = found / (ends + 1.0)
    return float(np.sum(precision * np.diff(found, prepend=0)) / actual.sum())


def ece(truth: ArrayLike, probabilities: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error of a yes/no probability: |mean probability - share of yes| over equal-width bins.

    Bins are weighted by how many predictions fall in them (Naeini et al. 2015).
    """
    actual, given = np.asarray(truth, float), np.asarray(probabilities, float)
    if not len(actual):
        return float("nan")
    place = np.minimum((given * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=given - actual, minlength=bins)
    return float(np.abs(gap).sum() / len(actual))


def bootstrap_interval(
    statistic: Callable[[Indices], float],
    groups: Sequence[Hashable] | NDArray[Any],
    seed: int = 0,
    resamples: int = RESAMPLES,
    coverage: float = COVERAGE,
) -> tuple[float, float]:
    """The (low, high) percentile interval of `statistic` when whole groups (dialogues) are drawn again.

    `groups` names the dialogue of each row; `statistic` gets the drawn rows' indices (a row may come several times).
    Draws where the statistic is undefined (`nan`) are left out; `(nan, nan)` when all are.
    """
    members = _members(groups)
    if not members:
        return float("nan"), float("nan")
    generator = np.random.default_rng(seed)
    values = np.array(
        [
            statistic(np.concatenate([members[pick] for pick in generator.integers(0, len(members), len(members))]))
            for _ in range(resamples)
        ]
    )
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)


def _members(groups: Sequence[Hashable] | NDArray[Any]) -> list[Indices]:
    """Row indices of each group, groups in order of first appearance."""
    rows: dict[Hashable, list[int]] = {}
    for index, group in enumerate(groups):
        rows.setdefault(group, []).append(index)
    return [np.array(found, np.intp) for found in rows.values()]


def _codes(
    first: Sequence[Any] | NDArray[Any], second: Sequence[Any] | NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both labellings as small numbers; raises ValueError when their lengths differ."""
    if len(first) != len(second):
        raise ValueError(f"Two labellings of one thing must be equally long, not {len(first)} and {len(second)}.")
    _, inverse = np.unique(np.concatenate([np.asarray(first), np.asarray(second)]), return_inverse=True)
    codes = inverse.astype(np.int64).reshape(-1)
    return codes[: len(first)], codes[len(first) :]
