"""What speech errors cost: macro-F1 of the text model lost when a fifth of the words are wrong, trained with noise.

The test's errors come from other seeds than the training's. The baseline is the same model trained on clean turns only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.negotiation_resistance import (
    classes_of,
    labels_of,
    over_folds,
    plain_utterances,
    split_name,
)
from scoring.learning.measures import bootstrap_interval, macro_f1
from scoring.learning.noise import noisy_utterance
from scoring.learning.text_model import TextSettings, train

Row = dict[str, Any]
Numbers = NDArray[np.float64]

RATE: Final = 0.2
_TEST_SEED: Final = 977
_CLEAN: Final = TextSettings(strength=1.0, kind="one_vs_rest")
_NOISY: Final = replace(_CLEAN, noise=(RATE,))


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    tested = list(train_rows if test_rows is None else test_rows)
    labels = np.array(labels_of(tested))
    groups = [number for number, row in enumerate(tested) for _ in row["turns"]]
    classes = np.array(classes_of(train_rows))
    clean, noisy = _answers(train_rows, test_rows, _NOISY, classes)
    plain_clean, plain_noisy = _answers(train_rows, test_rows, _CLEAN, classes)

    def loss(rows: NDArray[np.intp]) -> float:
        return macro_f1(labels[rows], clean[rows]) - macro_f1(labels[rows], noisy[rows])

    return {
        "n": len(labels),
        "split": split_name(train_rows, test_rows),
        "macro_f1_loss": loss(np.arange(len(labels))),
        "macro_f1_loss_interval": bootstrap_interval(loss, groups, resamples=500),
        "macro_f1_clean": macro_f1(labels, clean),
        "macro_f1_noisy": macro_f1(labels, noisy),
        "baselines": {
            "trained_clean_macro_f1_clean": macro_f1(labels, plain_clean),
            "trained_clean_macro_f1_noisy": macro_f1(labels, plain_noisy),
        },
    }


def _answers(
    train_rows: Sequence[Row], test_rows: Sequence[Row] | None, settings: TextSettings, classes: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The labels given to clean and to noisy turns by the same models."""

    def predict(learned: Sequence[Row], asked: Sequence[Row], names: Sequence[str]) -> Numbers:
        model = train(plain_utterances(learned), labels_of(learned), None, settings)
        turns = plain_utterances(asked)
        spoken = [noisy_utterance(each, RATE, _TEST_SEED) for each in turns]
        found = np.zeros((len(turns), 2 * len(names)))
        places = np.array([list(names).index(name) for name in model.classes])
        found[:, places] = model.probabilities(turns)
        found[:, places + len(names)] = model.probabilities(spoken)
        return found

    both = over_folds(train_rows, test_rows, predict)
    half = len(classes)
    return classes[both[:, :half].argmax(axis=1)], classes[both[:, half:].argmax(axis=1)]
