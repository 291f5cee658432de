"""What both trainings of turn models share: a table of the signs met, a row a text, and a linear model of one question.

A sign of a rare kind is left out; a sign's value follows its kind (`strength`), what stands around a text counts less
than its words (`CONTEXT_STRENGTH`). Weights are rounded to hundredths, so that a sum is the same in every order.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.objection_features import Signs, strength
from scoring.objection_model import CONTEXT_STRENGTH, HUNDREDTHS

RARE: Final = 2
"""Signs of fewer texts are left out."""


def names_of(texts: Sequence[Signs]) -> list[str]:
    """The signs met often enough, in alphabetical order."""
    counts = Counter(sign for signs in texts for sign in signs.words | signs.classes | signs.context)
    return sorted(sign for sign, count in counts.items() if count >= RARE)


def matrix_of(texts: Sequence[Signs], names: Sequence[str]) -> Any:
    """The texts as rows of a sparse matrix, a column for each name."""
    from scipy.sparse import csr_matrix

    places = {name: number for number, name in enumerate(names)}
    values: list[float] = []
    columns: list[int] = []
    rows = [0]
    for signs in texts:
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


def fitted(matrix: Any, truth: NDArray[np.bool_], strength_of_fit: float) -> Any:
    """A linear model of yes and no; the same rows give the same model."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength_of_fit, solver="liblinear", random_state=0, tol=1e-6, max_iter=1000)
    return model.fit(matrix, truth)


LEAST: Final = 5
"""Hundredths of a weight that is kept: half of the weights are less, and held-out replies are read the same."""


def weights_of(model: Any) -> tuple[NDArray[np.int64], int]:
    """Weights and bias in hundredths."""
    weights = np.round(model.coef_[0] * HUNDREDTHS).astype(np.int64)
    weights[np.abs(weights) < LEAST] = 0
    return weights, round(float(model.intercept_[0]) * HUNDREDTHS)


def as_text(model: Mapping[str, Any]) -> str:
    """A model as its file holds it, a sign a line."""
    return json.dumps(model, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> str:
    """How much of the whole the part is; "-" of nothing."""
    return f"{part.sum() / whole.sum():.2f}" if whole.any() else "-"


def run_training(
    module: str,
    packs: Path,
    texts: str,
    train: Callable[[str], Mapping[str, Any]],
    print_held_out: Callable[[str], None],
) -> int:
    """The command of a training: for every pack with a folder `texts`, write its model to `<texts>.json` beside it.

    With --check it writes nothing and returns 1 when a model is not of its texts.
    """
    parser = argparse.ArgumentParser(description=f"Trains the models whose texts are packs/<language>/{texts}/*.txt.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a model is not of its texts")
    parser.add_argument("--held-out", action="store_true", help="write nothing; print how replies kept apart are read")
    parser.add_argument("languages", nargs="*", help="only these")
    asked = parser.parse_args()
    differ = []
    for folder in sorted(path for path in packs.iterdir() if (path / texts).is_dir()):
        if asked.languages and folder.name not in asked.languages:
            continue
        if asked.held_out:
            print_held_out(folder.name)
            continue
        text = as_text(train(folder.name))
        path = folder / f"{texts}.json"
        if asked.check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            differ.append(folder.name)
        elif not asked.check:
            path.write_text(text, encoding="utf-8")
    for name in differ:
        print(f"{name}: {texts}.json is not made of its texts; run python -m {module} {name}")
    return 1 if differ else 0
