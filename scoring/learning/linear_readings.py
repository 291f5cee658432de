"""Linear judges of single utterances, each over its own blocks of signs: margins, margins by telling, naive Bayes.

All three end as one table of weights, so that judging is a product. `margins` are support vector machines, one kind
against the rest. `telling` scales every sign first by how differently often the kind and the rest hold it (the log of
the ratio, after Wang and Manning 2012). `bayes` is complement naive Bayes (Rennie et al. 2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scoring.learning.curves import Numbers

_TOLERANCE: Final = 1e-2
_PSEUDO: Final = 0.5  # added to each sign's sum before the ratio is taken
_LEAST_RATIO, _MOST_RATIO, _USUAL_RATIO = 0.1, 3.0, 1.5
_SMOOTHING: Final = 0.3
_BAYES_SCALE: Final = 0.2  # brings log chances to about the size of margins
_NEVER: Final = -1.0  # the margin of a kind the training part lacks


@dataclass(frozen=True, slots=True)
class Reading:
    """What one judge reads and how: block names; "margins", "telling" or "bayes"; the penalty's inverse strength."""

    blocks: tuple[str, ...]
    how: str
    strength: float = 1.0


@dataclass(frozen=True)
class LinearJudge:
    """A trained judge: weights [columns, kinds] and what is added to each kind [kinds]."""

    weights: Numbers
    added: Numbers
    centred: bool

    def answers(self, matrix: Any) -> Numbers:
        """[n, kinds]: higher is likelier; a naive Bayes judge's are taken about their mean."""
        found: Numbers = np.asarray(matrix @ self.weights) + self.added
        return found - found.mean(axis=1, keepdims=True) if self.centred else found


def train_judge(reading: Reading, matrix: Any, codes: Any, kinds: int) -> LinearJudge:
    """A judge of the kinds 0..kinds-1; one that no row or every row has gets a constant answer."""
    if reading.how == "bayes":
        return _bayes(matrix, codes, kinds)
    weights, added = np.zeros((matrix.shape[1], kinds)), np.full(kinds, _NEVER)
    for kind in range(kinds):
        own = codes == kind
        if own.any() and not own.all():
            scale = _telling(matrix, own) if reading.how == "telling" else None
            weights[:, kind], added[kind] = _margin(matrix, own, reading.strength, scale)
        elif own.all():
            added[kind] = -_NEVER
    return LinearJudge(weights, added, False)


def _margin(matrix: Any, own: Any, strength: float, scale: Numbers | None) -> tuple[Numbers, float]:
    from scipy.sparse import diags
    from sklearn.svm import LinearSVC

    scaled = matrix if scale is None else matrix @ diags(scale)
    model = LinearSVC(C=strength, tol=_TOLERANCE, random_state=0).fit(scaled, own)
    found: Numbers = model.coef_[0] if scale is None else model.coef_[0] * scale
    return found, float(model.intercept_[0])


def _telling(matrix: Any, own: Any) -> Numbers:
    """How telling each sign is of the kind: the size of the log ratio of its shares inside and outside, bounded."""
    inside, outside = (np.asarray(matrix[rows].sum(axis=0)).ravel() + _PSEUDO for rows in (own, ~own))
    ratio = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum())))
    return np.asarray(np.clip(ratio, _LEAST_RATIO, _MOST_RATIO) / _USUAL_RATIO, float)


def _bayes(matrix: Any, codes: Any, kinds: int) -> LinearJudge:
    from sklearn.naive_bayes import ComplementNB

    model = ComplementNB(alpha=_SMOOTHING).fit(matrix, codes)
    weights = np.zeros((matrix.shape[1], kinds))
    weights[:, model.classes_] = model.feature_log_prob_.T * _BAYES_SCALE
    return LinearJudge(weights, np.zeros(kinds), True)


def answers_of(judges: Sequence[LinearJudge], matrices: Sequence[Any]) -> Numbers:
    """[n, judges x kinds]: every judge's answers side by side."""
    return np.hstack([judge.answers(matrix) for judge, matrix in zip(judges, matrices, strict=True)])
