"""Trains the model of client turns from what is written for it: `python -m scoring.objection_training [--check]`.

The texts are `packs/<language>/turns/*.txt` (replies under the rep's line they answer) and the lines of the packs'
entries. Where the line is drawn comes from held-out replies, cut by the rep's line, so that no reply is judged by a
model that saw its neighbours. The same texts give the same file, byte for byte.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.assessment import OBJECTION_TYPES
from scoring.objection_features import OFFERED
from scoring.objection_texts import FOLDS, PACKS, TURNS, Written, read_texts, training_hash
from scoring.sign_training import fitted, matrix_of, names_of, run_training, share, weights_of

_STRENGTH: Final = 0.3  # of the linear model; 0.1 to 1 differ by half a point of AUC
_LINES: Final = {"offered": 0.5, "else": 2.5, "open": 3.0, "doubt": -2.5}
"""Where an objection begins, in log-odds, for every language: after an offer, where about half of the replies object,
and elsewhere, where few turns do; after an open question fewer still, as needs are told there. Below "doubt" a turn
does not object though a phrase says so. `--held-out` prints what the lines give on replies kept apart."""

_NATURAL: Final = 16.0
"""Times more turns without an objection than among the replies, for the chance told: on real calls ten of 243 client
turns objected (docs/judgement.md), among the replies written here two of five."""


def train(language: str) -> dict[str, Any]:
    """The model of a language as its file holds it. Raises FileNotFoundError where no turns are written for it."""
    texts = read_texts(language)
    signs = [text.signs for text in texts]
    names = names_of(signs)
    matrix = matrix_of(signs, names)
    objects = np.array([bool(text.types) for text in texts])
    held_out, _, truth = _held_out(texts, matrix, objects)
    slope, offset = _chance(held_out, truth)
    weights, bias = weights_of(fitted(matrix, objects, _STRENGTH))
    kinds, kind_bias = _fit_types(texts, matrix, objects)
    return {
        "data": training_hash(language),
        "lines": _LINES,
        "slope": slope,
        "offset": offset,
        "bias": bias,
        "type_bias": kind_bias,
        "objects": _named(names, weights),
        "types": {
            name: [part for number, row in enumerate(kinds) if row[place] for part in (number, int(row[place]))]
            for place, name in enumerate(names)
            if any(row[place] for row in kinds)
        },
    }


def _fit_types(
    texts: Sequence[Written], matrix: Any, objects: NDArray[np.bool_]
) -> tuple[list[NDArray[np.int64]], dict[str, int]]:
    rows = [int(row) for row in np.flatnonzero(objects)]
    kinds, bias = [], {}
    for kind in OBJECTION_TYPES:
        truth = np.array([kind in texts[row].types for row in rows])
        weights, bias[kind] = weights_of(fitted(matrix[rows], truth, _STRENGTH))
        kinds.append(weights)
    return kinds, bias


def _held_out(
    texts: Sequence[Written], matrix: Any, objects: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """For each reply the log-odds of a model that saw nothing of its fold, the rules' vote, and the truth."""
    folds = np.array([text.fold for text in texts])
    odds = np.zeros(len(texts))
    for fold in range(FOLDS):
        inside = folds == fold
        odds[inside] = fitted(matrix[~inside], objects[~inside], _STRENGTH).decision_function(matrix[inside])
    replies = np.array([text.fold >= 0 and not text.made for text in texts])
    return odds[replies], np.array([text.voted for text in texts])[replies], objects[replies]


def _chance(odds: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of the chance with a real call's share of objections, rounded."""
    from sklearn.linear_model import LogisticRegression

    weights = np.where(truth, 1.0, _NATURAL)
    model = LogisticRegression(C=100.0, solver="lbfgs", tol=1e-8, max_iter=1000)
    model.fit(odds[:, None], truth, sample_weight=weights)
    return round(float(model.coef_[0][0]), 2), round(float(model.intercept_[0]), 2)


def _named(names: Sequence[str], weights: NDArray[np.int64]) -> dict[str, int]:
    return {name: int(weight) for name, weight in zip(names, weights, strict=True) if weight}


def print_held_out(language: str) -> None:
    """Print precision and recall on held-out replies: of the phrases, and of phrases and model by their lines."""
    texts = read_texts(language)
    objects = np.array([bool(text.types) for text in texts])
    signs = [text.signs for text in texts]
    odds, voted, truth = _held_out(texts, matrix_of(signs, names_of(signs)), objects)
    offered = np.array([bool(text.signs.context & OFFERED) for text in texts if text.fold >= 0 and not text.made])
    alone = np.where(offered, _LINES["offered"], _LINES["else"])
    both = voted | (odds >= alone)
    for place, rows in (("offered", offered), ("else", ~offered), ("all", np.ones(len(truth), bool))):
        figures = " ".join(
            f"{name} {share(said & truth & rows, said & rows)} of {share(said & truth & rows, truth & rows)}"
            for name, said in (("phrases", voted), ("model alone", odds >= alone), ("both", both))
        )
        print(f"{language} {place}: {int((truth & rows).sum())} of {int(rows.sum())} object; {figures}")


if __name__ == "__main__":
    sys.exit(run_training("scoring.objection_training", PACKS, TURNS, train, print_held_out))
