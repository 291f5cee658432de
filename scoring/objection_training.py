"""Trains the model of client turns from what is written for it: `python -m scoring.objection_training [--check]`.

The texts are `packs/<language>/turns.txt` (replies under the rep's line they answer) and the lines of the packs'
entries. Where the line is drawn comes from held-out replies, cut by the rep's line, so that no reply is judged by a
model that saw its neighbours. The same texts give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.assessment import OBJECTION_TYPES
from scoring.objection_features import OFFERED, strength
from scoring.objection_model import CONTEXT_STRENGTH, HUNDREDTHS
from scoring.objection_texts import FOLDS, PACKS, Written, read_texts, training_hash

_STRENGTH: Final = 0.3  # of the linear model; 0.1 to 1 differ by half a point of AUC
_RARE: Final = 2  # signs of fewer texts are left out of the file
_LINES: Final = {"offered": 1.0, "else": 2.5}
"""Where an objection begins, in log-odds, for every language: from the held-out replies of all four together, as one
language has too few. After an offer the model alone is then right nine times in ten at even shares. Elsewhere, where
turns without an objection are most of a call, it speaks only when it is nearly sure. `--held-out` prints it."""

_ONLY_OFFERED: Final = frozenset({"zh"})
"""Languages whose model speaks in reply to an offer alone: elsewhere it found 6 of 130 held-out objections, and took
the description of a need for one in the calls of the tests."""

_NATURAL: Final = 16.0
"""Times more turns without an objection than among the replies, for the chance told: on real calls ten of 243 client
turns objected (docs/judgement.md), among the replies written here two of five."""


def train(language: str) -> dict[str, Any]:
    """The model of a language as its file holds it. Raises FileNotFoundError where no turns are written for it."""
    texts = read_texts(language)
    names = _names(texts)
    matrix = _matrix(texts, names)
    objects = np.array([bool(text.types) for text in texts])
    held_out, _, truth = _held_out(texts, matrix, objects)
    slope, offset = _chance(held_out, truth)
    weights, bias = _fit(matrix, objects)
    kinds, kind_bias = _fit_types(texts, matrix, objects)
    return {
        "data": training_hash(language),
        "lines": {place: line for place, line in _LINES.items() if place == "offered" or language not in _ONLY_OFFERED},
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


def as_text(model: Mapping[str, Any]) -> str:
    """A model as its file holds it, a sign a line."""
    return json.dumps(model, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _names(texts: Sequence[Written]) -> list[str]:
    counts: dict[str, int] = {}
    for text in texts:
        for sign in text.signs.words | text.signs.classes | text.signs.context:
            counts[sign] = counts.get(sign, 0) + 1
    return sorted(sign for sign, count in counts.items() if count >= _RARE)


def _matrix(texts: Sequence[Written], names: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix

    places = {name: number for number, name in enumerate(names)}
    values: list[float] = []
    columns: list[int] = []
    rows = [0]
    for text in texts:
        signs = text.signs
        blocks = (
            (signs.words, strength(len(signs.words))),
            (signs.classes, strength(len(signs.classes))),
            (signs.context, CONTEXT_STRENGTH),
        )
        held = sorted((places[sign], value) for block, value in blocks for sign in block if sign in places)
        columns += [column for column, _ in held]
        values += [value for _, value in held]
        rows.append(len(columns))
    return csr_matrix(
        (np.array(values), np.array(columns, np.int32), np.array(rows, np.int32)), shape=(len(texts), len(names))
    )


def _fitted(matrix: Any, truth: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0, tol=1e-6, max_iter=1000).fit(
        matrix, truth
    )


def _fit(matrix: Any, truth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """Weights and bias in hundredths."""
    model = _fitted(matrix, truth)
    weights = np.round(model.coef_[0] * HUNDREDTHS).astype(np.int64)
    return weights, round(float(model.intercept_[0]) * HUNDREDTHS)


def _fit_types(
    texts: Sequence[Written], matrix: Any, objects: NDArray[np.bool_]
) -> tuple[list[NDArray[np.int64]], dict[str, int]]:
    rows = [int(row) for row in np.flatnonzero(objects)]
    kinds, bias = [], {}
    for kind in OBJECTION_TYPES:
        truth = np.array([kind in texts[row].types for row in rows])
        weights, bias[kind] = _fit(matrix[rows], truth)
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
        odds[inside] = _fitted(matrix[~inside], objects[~inside]).decision_function(matrix[inside])
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
    odds, voted, truth = _held_out(texts, _matrix(texts, _names(texts)), objects)
    offered = np.array([bool(text.signs.context & OFFERED) for text in texts if text.fold >= 0 and not text.made])
    alone = np.where(offered, _LINES["offered"], _LINES["else"])
    both = voted | (odds >= alone)
    for place, rows in (("offered", offered), ("else", ~offered), ("all", np.ones(len(truth), bool))):
        figures = " ".join(
            f"{name} {_share(said & truth & rows, said & rows)} of {_share(said & truth & rows, truth & rows)}"
            for name, said in (("phrases", voted), ("model alone", odds >= alone), ("both", both))
        )
        print(f"{language} {place}: {int((truth & rows).sum())} of {int(rows.sum())} object; {figures}")


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> str:
    return f"{part.sum() / whole.sum():.2f}" if whole.any() else "-"


def main() -> int:
    """Write every language's model, or with --check say which differ from their texts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a model is not of its texts")
    parser.add_argument("--held-out", action="store_true", help="write nothing; print how replies kept apart are read")
    parser.add_argument("languages", nargs="*", help="only these")
    asked = parser.parse_args()
    differ = []
    for folder in sorted(path for path in PACKS.iterdir() if (path / "turns.txt").is_file()):
        if asked.languages and folder.name not in asked.languages:
            continue
        if asked.held_out:
            print_held_out(folder.name)
            continue
        text = as_text(train(folder.name))
        path = folder / "turns.json"
        if asked.check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            differ.append(folder.name)
        elif not asked.check:
            path.write_text(text, encoding="utf-8")
    for name in differ:
        print(f"{name}: turns.json is not made of its texts; run python -m scoring.objection_training {name}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
