"""Korean utterances of seven kinds (statement, question, command, ...): accuracy of a linear model over text forms.

The forms were chosen on the shared utterances. The data are single utterances, so each is its own "dialogue" for the
intervals. Without a test folder ten folds are dealt by chance (seeded), as the data come; `accuracy_new_texts` is
that on texts that no training fold holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from scoring.learning.measures import accuracy, bootstrap_interval, macro_f1
from scoring.learning.text_features import fit_features
from scoring.learning.utterances import Utterance

Row = dict[str, Any]

FOLDS: Final = 10
_WEIGHTS: Final = {"word": 1.0, "char": 1.0, "form": 1.4, "role": 0.0, "previous": 0.0, "earlier": 0.0}
_PROBE: Final = {"word": 0.0, "char": 1.0, "form": 0.0, "role": 0.0, "previous": 0.0, "earlier": 0.0}
_KEPT: Final = 60_000
_STRENGTH: Final = 0.2


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    tested = train_rows if test_rows is None else test_rows
    truth = [row["label"] for row in tested]
    said, probe = (_over_folds(train_rows, test_rows, weights) for weights in (_WEIGHTS, _PROBE))
    labels, answers = np.array(truth), np.array(said)
    counts = Counter(_text(row) for row in train_rows)
    seen_once = 1 if test_rows is None else 0
    new = np.array([counts[_text(row)] <= seen_once for row in tested])
    return {
        "n": len(tested),
        "split": f"{FOLDS} folds by chance" if test_rows is None else f"trained on {len(train_rows)} others",
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


def _over_folds(train_rows: Sequence[Row], test_rows: Sequence[Row] | None, weights: dict[str, float]) -> list[str]:
    if test_rows is not None:
        return _predict(train_rows, test_rows, weights)
    order = np.random.default_rng(0).permutation(len(train_rows))
    said = np.empty(len(train_rows), object)
    for fold in range(FOLDS):
        test = np.sort(order[fold::FOLDS])
        others = np.setdiff1d(order, test)
        said[test] = _predict([train_rows[n] for n in others], [train_rows[n] for n in test], weights)
    return list(said)


def _predict(train_rows: Sequence[Row], test_rows: Sequence[Row], weights: dict[str, float]) -> list[str]:
    from sklearn.svm import LinearSVC

    labels = [row["label"] for row in train_rows]
    utterances = [Utterance(_text(row), language="ko") for row in train_rows]
    features = fit_features(utterances, labels, kept=_KEPT, weights=weights)
    model = LinearSVC(C=_STRENGTH, tol=1e-3, random_state=0).fit(features.matrix(utterances), labels)
    return list(model.predict(features.matrix([Utterance(_text(row), language="ko") for row in test_rows])))


def _text(row: Row) -> str:
    return str(row["text"]).strip()
