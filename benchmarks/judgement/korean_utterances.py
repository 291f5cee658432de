"""Korean utterances of seven kinds (statement, question, command, ...): accuracy of stacked linear readings.

The readings and how they are put together were chosen on three of the ten folds of the shared utterances, the signs
they read on all of them. The data are single utterances, so each is its own "dialogue" for the intervals. Without a
test folder ten folds are dealt by chance (seeded), as the data come; `accuracy_new_texts` is that on texts that no
training fold holds. `read_as` says whether the morphological analyser (`callcoach[korean]`, among the development
tools) was there: without it the figures are those of syllables and letters alone, and standard error says so.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from scoring.learning.measures import accuracy, bootstrap_interval, macro_f1
from scoring.learning.stacked_text import train_stacked
from scoring.learning.text_features import fit_features
from scoring.learning.text_morphemes import analyser_installed
from scoring.learning.utterances import Utterance

Row = dict[str, Any]
Predict = Callable[[Sequence[Row], Sequence[Row]], list[str]]

FOLDS: Final = 10
_PROBE: Final = {"word": 0.0, "char": 1.0, "form": 0.0, "role": 0.0, "previous": 0.0, "earlier": 0.0}
_KEPT: Final = 60_000
_STRENGTH: Final = 0.2
_WITHOUT: Final = (
    "korean_utterances: kiwipiepy is not installed, so Korean is read by syllables and letters alone and the figures "
    'are lower; pip install "callcoach[korean]" adds it.'
)


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    tested = train_rows if test_rows is None else test_rows
    truth = [row["label"] for row in tested]
    if not analyser_installed():
        print(_WITHOUT, file=sys.stderr, flush=True)
    said, probe = (_over_folds(train_rows, test_rows, predict) for predict in (_stacked, _probe))
    labels, answers = np.array(truth), np.array(said)
    counts = Counter(_text(row) for row in train_rows)
    seen_once = 1 if test_rows is None else 0
    new = np.array([counts[_text(row)] <= seen_once for row in tested])
    return {
        "n": len(tested),
        "split": f"{FOLDS} folds by chance" if test_rows is None else f"trained on {len(train_rows)} others",
        "read_as": "morphemes, syllables and letters" if analyser_installed() else "syllables and letters",
        "accuracy": accuracy(labels, answers),
        "accuracy_interval": bootstrap_interval(
            lambda rows: accuracy(labels[rows], answers[rows]), range(len(labels)), resamples=300
        ),
        "macro_f1": macro_f1(labels, answers),
        "macro_f1_interval": bootstrap_interval(
            lambda rows: macro_f1(labels[rows], answers[rows]), range(len(labels)), resamples=300
        ),
        "accuracy_new_texts": accuracy(labels[new], answers[new]),
        "baselines": {
            "probe_accuracy": accuracy(labels, probe),
            "probe_macro_f1": macro_f1(labels, probe),
            "commonest_accuracy": Counter(truth).most_common(1)[0][1] / len(truth),
        },
    }


def _over_folds(train_rows: Sequence[Row], test_rows: Sequence[Row] | None, predict: Predict) -> list[str]:
    if test_rows is not None:
        return predict(train_rows, test_rows)
    order = np.random.default_rng(0).permutation(len(train_rows))
    said = np.empty(len(train_rows), object)
    for fold in range(FOLDS):
        test = np.sort(order[fold::FOLDS])
        others = np.setdiff1d(order, test)
        said[test] = predict([train_rows[n] for n in others], [train_rows[n] for n in test])
    return list(said)


def _stacked(train_rows: Sequence[Row], test_rows: Sequence[Row]) -> list[str]:
    model = train_stacked(_utterances(train_rows), [row["label"] for row in train_rows])
    found = model.probabilities(_utterances(test_rows))
    return [model.classes[n] for n in found.argmax(axis=1)]


def _probe(train_rows: Sequence[Row], test_rows: Sequence[Row]) -> list[str]:
    from sklearn.svm import LinearSVC

    labels, utterances = [row["label"] for row in train_rows], _utterances(train_rows)
    features = fit_features(utterances, labels, kept=_KEPT, weights=_PROBE)
    model = LinearSVC(C=_STRENGTH, tol=1e-3, random_state=0).fit(features.matrix(utterances), labels)
    return list(model.predict(features.matrix(_utterances(test_rows))))


def _utterances(rows: Sequence[Row]) -> list[Utterance]:
    return [Utterance(_text(row), language="ko") for row in rows]


def _text(row: Row) -> str:
    return str(row["text"]).strip()
