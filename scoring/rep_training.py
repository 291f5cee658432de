"""Trains the model of replies to objections: `python -m scoring.rep_training [--check | --held-out]`.

The texts are `packs/<language>/rep_turns/*.txt`. Where a line is drawn comes from held-out replies, cut by the
objection they answer. The same texts give the same file, byte for byte.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.objection_texts import FOLDS, PACKS
from scoring.rep_model import ARGUED, HEARD
from scoring.rep_texts import REP_TURNS, RepText, read_texts, rep_hash
from scoring.sign_training import fitted, matrix_of, names_of, run_training, share, weights_of

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
            f"{name} {share(said & truth, said)} of {share(said & truth, truth)}" for name, said in said_by
        )
        print(f"{language} {move}: {int(truth.sum())} of {len(truth)}; {figures}")


if __name__ == "__main__":
    sys.exit(run_training("scoring.rep_training", PACKS, REP_TURNS, train, print_held_out))
