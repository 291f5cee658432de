"""Do probabilities mean what they say: calibration error of "this turn resists", held out by dialogue.

`ece` is of the calibrated probability of any resistance (isotonic curves from held-out predictions inside the training
dialogues); `ece_classes` the mean over the eight classes, each against the rest. The unlabelled copies in
the data are learned from here: a probability has to know how often the labels of such data say none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.negotiation_resistance import (
    NONE,
    classes_of,
    labels_of,
    over_folds,
    plain_utterances,
    split_name,
)
from scoring.learning.measures import bootstrap_interval, ece
from scoring.learning.text_model import TextSettings, train

Row = dict[str, Any]
Numbers = NDArray[np.float64]

_SETTINGS: Final = TextSettings(strength=2.0, calibration_folds=3)


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    tested = list(train_rows if test_rows is None else test_rows)
    labels = np.array(labels_of(tested))
    groups = [number for number, row in enumerate(tested) for _ in row["turns"]]
    classes = classes_of(train_rows)
    both = over_folds(train_rows, test_rows, _predict, learn_all=True)
    bent, raw = both[:, : len(classes)], both[:, len(classes) :]
    resists = labels != NONE
    chance, plain = (1.0 - each[:, classes.index(NONE)] for each in (bent, raw))
    return {
        "n": len(labels),
        "split": split_name(train_rows, test_rows),
        "ece": ece(resists, chance),
        "ece_interval": bootstrap_interval(lambda rows: ece(resists[rows], chance[rows]), groups, resamples=500),
        "ece_classes": _by_class(labels, bent, classes),
        "baselines": {"raw_ece": ece(resists, plain), "raw_ece_classes": _by_class(labels, raw, classes)},
    }


def _by_class(labels: NDArray[Any], chances: Numbers, classes: Sequence[str]) -> float:
    return float(np.mean([ece(labels == name, chances[:, n]) for n, name in enumerate(classes)]))


def _predict(train_rows: Sequence[Row], test_rows: Sequence[Row], classes: Sequence[str]) -> Numbers:
    """Calibrated, then raw probabilities [turns, 2 x classes] of one model."""
    groups = [number for number, row in enumerate(train_rows) for _ in row["turns"]]
    model = train(plain_utterances(train_rows), labels_of(train_rows), groups, _SETTINGS)
    asked = plain_utterances(test_rows)
    places = np.array([list(classes).index(name) for name in model.classes])
    found = np.zeros((len(asked), 2 * len(classes)))
    found[:, places] = model.probabilities(asked)
    found[:, places + len(classes)] = replace(model, curves=()).probabilities(asked)
    return found
