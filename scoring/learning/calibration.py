"""Probabilities that mean what they say: folds that keep dialogues whole, held-out predictions, one curve per class."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.curves import Curve, Numbers, fit_curve

FOLDS: Final = 4
_LEAST: Final = 1e-6

Indices = NDArray[np.intp]


def group_folds(groups: Sequence[Hashable] | NDArray[Any], count: int = FOLDS) -> list[Indices]:
    """The rows of each of `count` folds (fewer where there are fewer groups); no group is in two.

    The biggest groups are dealt first, each to the fold with the fewest rows, so that the folds are of about one size.
    """
    rows: dict[Hashable, list[int]] = {}
    for index, group in enumerate(groups):
        rows.setdefault(group, []).append(index)
    folds: list[list[int]] = [[] for _ in range(max(1, min(count, len(rows))))]
    for members in sorted(rows.values(), key=len, reverse=True):
        min(folds, key=len).extend(members)
    return [np.array(sorted(fold), np.intp) for fold in folds]


def held_out(
    predict: Callable[[Indices, Indices], Numbers], groups: Sequence[Hashable] | NDArray[Any], count: int = FOLDS
) -> Numbers:
    """Every row's prediction [n, classes] by a model that never saw its group.

    `predict(train, test)` trains on the first rows and returns the predictions for the second. Raises ValueError for
    fewer than two groups: nothing could be held out.
    """
    folds = group_folds(groups, count)
    if len(folds) < 2:
        raise ValueError("Held-out predictions need at least two groups (dialogues, calls or reps).")
    everything = np.arange(len(groups))
    parts = [predict(np.setdiff1d(everything, test), test) for test in folds]
    found = np.zeros((len(groups), parts[0].shape[1]))
    for test, part in zip(folds, parts, strict=True):
        found[test] = part
    return found


def calibrate(probabilities: Numbers, labels: Sequence[Any], classes: Sequence[Any]) -> tuple[Curve, ...]:
    """One curve per class from held-out probabilities [n, classes]: isotonic from 200 positives on, else sigmoid."""
    return tuple(
        fit_curve(probabilities[:, column], np.array([label == name for label in labels], bool))
        for column, name in enumerate(classes)
    )


def calibrated(probabilities: Numbers, curves: Sequence[Curve]) -> Numbers:
    """The probabilities [n, classes] after their curves, each row summing to 1.

    Of two classes the second's curve counts and the first is what is left.
    """
    if len(curves) == 2:
        second = curves[1](probabilities[:, 1])
        return np.stack([1.0 - second, second], axis=1)
    bent = np.stack([curve(probabilities[:, column]) for column, curve in enumerate(curves)], axis=1)
    bent = np.maximum(bent, _LEAST)
    scaled: Numbers = bent / bent.sum(axis=1, keepdims=True)
    return scaled
