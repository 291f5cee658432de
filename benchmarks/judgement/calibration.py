"""Do probabilities mean what they say: calibration error of "this turn resists", held out by dialogue.

A yes/no question of its own, as each criterion is in the product: one model of resists against does not, its curve
(isotonic) from held-out predictions inside the training dialogues. The unlabelled copies in the data are learned from
here: a probability has to know how often the labels of such data say none. The baseline is the model without the curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.negotiation_resistance import (
    NONE,
    labels_of,
    over_folds,
    plain_utterances,
    split_name,
)
from scoring.learning.measures import bootstrap_interval, ece
from scoring.learning.text_model import TextSettings, train

Row = dict[str, Any]
RESISTS: Final = "resists"
Numbers = NDArray[np.float64]

_SETTINGS: Final = TextSettings(strength=2.0, calibration_folds=3)


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    tested = list(train_rows if test_rows is None else test_rows)
    resists = np.array(labels_of(tested)) != NONE
    groups = [number for number, row in enumerate(tested) for _ in row["turns"]]
    both = over_folds(train_rows, test_rows, _predict, learn_all=True)
    chance, plain = both[:, 0], both[:, 1]
    return {
        "n": len(resists),
        "split": split_name(train_rows, test_rows),
        "ece": ece(resists, chance),
        "ece_interval": bootstrap_interval(lambda rows: ece(resists[rows], chance[rows]), groups, resamples=500),
        "baselines": {"raw_ece": ece(resists, plain)},
    }


def _predict(train_rows: Sequence[Row], test_rows: Sequence[Row], _classes: Sequence[str]) -> Numbers:
    """The probability of resistance, calibrated and raw: [turns, 2] of one model."""
    groups = [number for number, row in enumerate(train_rows) for _ in row["turns"]]
    answers = [RESISTS if label != NONE else NONE for label in labels_of(train_rows)]
    model = train(plain_utterances(train_rows), answers, groups, _SETTINGS)
    asked = plain_utterances(test_rows)
    place = list(model.classes).index(RESISTS)
    found = [each.probabilities(asked)[:, place] for each in (model, replace(model, curves=()))]
    return np.stack(found, axis=1)
