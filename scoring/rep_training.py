"""Trains the model of replies to objections: `python -m scoring.rep_training [--check | --held-out]`.

The texts are `packs/<language>/rep_turns/*.txt`. Where a line is drawn comes from held-out replies, cut by the
objection they answer. The same texts give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.objection_texts import FOLDS, PACKS
from scoring.objection_training import as_text
from scoring.rep_model import ARGUED, HEARD
from scoring.rep_texts import REP_TURNS, RepText, read_texts, rep_hash
from scoring.sign_training import fitted, matrix_of, names_of, weights_of

_STRENGTH: Final = 1.0  # of the linear models; 0.3 to 3 differ by a point of AUC at most
_LINES: Final = dict.fromkeys(HEARD, -0.25) | {"acknowledge": 0.0, ARGUED: 0.0}
"""Where a move begins, in log-odds, for every language: from the held-out replies.

`--held-out` prints what they give there.
"""


def train(language: str) -> dict[str, Any]:
    """The model of a language as its file holds it. Raises FileNotFoundError where no replies are written for it."""
    texts = read_texts(language)
    signs = [text.signs for text in texts]
    names = names_of(signs)
    matrix = matrix_of(signs, names)
    rows, bias = [], {}
    for move in HEARD:
        weights, bias[move] = weights_of(fitted(matrix, _truth(texts, move), _STRENGTH))
        rows.append(weights)
    return {
        "data": rep_hash(language),
        "lines": _LINES,
        "bias": bias,
        "signs": {
            name: held
            for place, name in enumerate(names)
            if (held := [part for number, row in enumerate(rows) if row[place] for part in (number, int(row[place]))])
        },
    }


def _truth(texts: list[RepText], move: str) -> NDArray[np.bool_]:
    return np.array([move in text.moves for text in texts])


def print_held_out(language: str) -> None:
    """Print for each move how phrases, the model and both find it in replies kept apart: precision of recall."""
    texts = read_texts(language)
    signs = [text.signs for text in texts]
    matrix = matrix_of(signs, names_of(signs))
    folds = np.array([text.fold for text in texts])
    for move in HEARD:
        truth = _truth(texts, move)
        voted = np.array([move in text.voted for text in texts])
        odds = np.zeros(len(texts))
        for fold in range(FOLDS):
            inside = folds == fold
            odds[inside] = fitted(matrix[~inside], truth[~inside], _STRENGTH).decision_function(matrix[inside])
        heard = odds >= _LINES[move]
        said_by = (("phrases", voted), ("model", heard), ("either", voted | heard))
        figures = " ".join(
            f"{name} {_share(said & truth, said)} of {_share(said & truth, truth)}" for name, said in said_by
        )
        print(f"{language} {move}: {int(truth.sum())} of {len(truth)}; {figures}")


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
    for folder in sorted(path for path in PACKS.iterdir() if (path / REP_TURNS).is_dir()):
        if asked.languages and folder.name not in asked.languages:
            continue
        if asked.held_out:
            print_held_out(folder.name)
            continue
        text = as_text(train(folder.name))
        path = folder / "rep_turns.json"
        if asked.check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            differ.append(folder.name)
        elif not asked.check:
            path.write_text(text, encoding="utf-8")
    for name in differ:
        print(f"{name}: rep_turns.json is not made of its texts; run python -m scoring.rep_training {name}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
