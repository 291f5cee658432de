"""Resistance in price negotiations, eight classes: the context model against simple baselines, by dialogue.

With a test folder the model learns from all training dialogues; without one each fold named in the data is tested by
a model that learned from the others. The settings and the word lists were chosen on folds 0 to 3, so that only a test
folder is wholly unseen. Every turn of every dialogue counts in `macro_f1`, `any_f1`, `any_ap` and `kappa`.

The data hold some dialogues twice, the second time with no label at all (every turn "none", whatever is said).
Nothing can be learned from such copies, so they are left out of training; they stay in the test, and `as_annotated`
gives the figures without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.negotiation_cues import turns_of
from scoring.learning.calibration import group_folds
from scoring.learning.context_model import ContextModel, ContextSettings, train_context
from scoring.learning.measures import average_precision, bootstrap_interval, f1, kappa, macro_f1
from scoring.learning.text_model import TextSettings, train
from scoring.learning.utterances import Utterance, utterances_of

Row = dict[str, Any]
Numbers = NDArray[np.float64]

NONE: Final = "none"
_SHARED: Final = 0.3  # of a copy's longer turns stand in the other dialogue
_LONGER: Final = 15  # characters
_PROBE: Final = TextSettings(strength=2.0, weights={"role": 0.0}, cue_weight=0.1)


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    dialogues = list(train_rows if test_rows is None else test_rows)
    predictions = over_folds(train_rows, test_rows, _context)
    probe = over_folds(train_rows, test_rows, _probe)
    truth = np.array([turn["label"] for row in dialogues for turn in row["turns"]])
    groups = np.array([number for number, row in enumerate(dialogues) for _ in row["turns"]])
    classes = classes_of(train_rows)
    result: Row = {"n": len(truth), "dialogues": len(dialogues), "split": split_name(train_rows, test_rows)}
    result |= measures(truth, predictions, classes, groups)
    copies = unlabelled_copies(dialogues, [] if test_rows is None else train_rows)
    kept = ~np.isin(groups, sorted(copies))
    result["as_annotated"] = {
        "n": int(kept.sum()),
        "copies_left_out": len(copies),
        **measures(truth[kept], predictions[kept], classes, groups[kept]),
    }
    plain = measures(truth, probe, classes, groups)
    commonest = np.full(len(truth), NONE)
    result["baselines"] = {
        "probe_macro_f1": plain["macro_f1"],
        "probe_any_f1": plain["any_f1"],
        "probe_any_ap": plain["any_ap"],
        "commonest_macro_f1": macro_f1(truth, commonest),
    }
    return result


def measures(truth: NDArray[Any], predicted: Numbers, classes: Sequence[str], groups: NDArray[Any]) -> Row:
    """Macro-F1 and kappa of the classes, F1 and average precision of any resistance, each with its interval."""
    said = np.array(classes)[predicted.argmax(axis=1)]
    resists = 1.0 - predicted[:, list(classes).index(NONE)]
    statistics = {
        "macro_f1": lambda rows: macro_f1(truth[rows], said[rows]),
        "any_f1": lambda rows: f1(truth[rows] != NONE, said[rows] != NONE),
        "any_ap": lambda rows: average_precision(truth[rows] != NONE, resists[rows]),
        "kappa": lambda rows: kappa(truth[rows], said[rows]),
    }
    found: Row = {}
    every = np.arange(len(truth))
    for name, statistic in statistics.items():
        found[name] = statistic(every)
        found[f"{name}_interval"] = bootstrap_interval(statistic, groups, resamples=500)
    return found


def over_folds(
    train_rows: Sequence[Row], test_rows: Sequence[Row] | None, predict: Any, learn_all: bool = False
) -> Numbers:
    """Predictions [turns, classes] of the test dialogues, or of the training dialogues each by the other folds' model.

    `predict(train, test, classes)` gets dialogues; unlabelled copies are taken out of what it trains on, unless it is
    to `learn_all`.
    """
    classes = classes_of(train_rows)
    choose = list if learn_all else _learnable
    if test_rows is not None:
        first: Numbers = predict(choose(train_rows), test_rows, classes)
        return first
    sizes = [len(row["turns"]) for row in train_rows]
    ends = np.cumsum(sizes)
    parts: list[tuple[Numbers, Numbers]] = []
    for test in folds_of(train_rows):
        chosen = set(test)
        others = [row for number, row in enumerate(train_rows) if number not in chosen]
        predicted = predict(choose(others), [train_rows[number] for number in test], classes)
        places = [np.arange(ends[number] - sizes[number], ends[number]) for number in test]
        parts.append((np.concatenate(places), predicted))
    found = np.zeros((int(ends[-1]), parts[0][1].shape[1]))
    for places_of, predicted in parts:
        found[places_of] = predicted
    return found


def folds_of(rows: Sequence[Row]) -> list[list[int]]:
    """Dialogues by the data's own folds, or dealt to four where the data name none."""
    names = sorted({row.get("fold") for row in rows}, key=str)
    if len(names) > 1:
        return [[number for number, row in enumerate(rows) if row.get("fold") == name] for name in names]
    return [fold.tolist() for fold in group_folds(range(len(rows)))]


def split_name(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> str:
    """How the dialogues were split, in words."""
    if test_rows is not None:
        return f"trained on {len(train_rows)} dialogues, tested on {len(test_rows)} others"
    return f"{len(folds_of(train_rows))} folds of the data, each tested by a model of the others"


def classes_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The labels that occur, in order of their names."""
    return tuple(sorted({turn["label"] for row in rows for turn in row["turns"]}))


def unlabelled_copies(rows: Sequence[Row], others: Sequence[Row] = ()) -> set[int]:
    """Dialogues without any label that repeat a labelled one (of these or of the others)."""
    texts = [_long_turns(row) for row in rows]
    labelled = [said for row, said in zip(rows, texts, strict=True) if _is_labelled(row)]
    labelled += [_long_turns(row) for row in others if _is_labelled(row)]
    found = set()
    for number, said in enumerate(texts):
        if not said or _is_labelled(rows[number]):
            continue
        if max((len(said & other) for other in labelled), default=0) >= _SHARED * len(said):
            found.add(number)
    return found


def plain_utterances(rows: Sequence[Row]) -> list[Utterance]:
    """Every turn of the dialogues with its context."""
    return [each for row in rows for each in utterances_of([(t["role"], t["text"]) for t in row["turns"]], "en")]


def labels_of(rows: Sequence[Row]) -> list[str]:
    """Every turn's label."""
    return [turn["label"] for row in rows for turn in row["turns"]]


def _learnable(rows: Sequence[Row]) -> list[Row]:
    copies = unlabelled_copies(rows)
    return [row for number, row in enumerate(rows) if number not in copies]


def _long_turns(row: Row) -> set[str]:
    return {turn["text"] for turn in row["turns"] if len(turn["text"]) > _LONGER}


def _is_labelled(row: Row) -> bool:
    return any(turn["label"] != NONE for turn in row["turns"])


def _context(train_rows: Sequence[Row], test_rows: Sequence[Row], classes: Sequence[str]) -> Numbers:
    model: ContextModel = train_context(turns_of(train_rows), labels_of(train_rows), ContextSettings())
    return _spread(model.probabilities(turns_of(test_rows)), model.classes, classes)


def _probe(train_rows: Sequence[Row], test_rows: Sequence[Row], classes: Sequence[str]) -> Numbers:
    model = train(plain_utterances(train_rows), labels_of(train_rows), None, _PROBE)
    return _spread(model.probabilities(plain_utterances(test_rows)), model.classes, classes)


def _spread(predicted: Numbers, known: Sequence[str], classes: Sequence[str]) -> Numbers:
    found = np.zeros((len(predicted), len(classes)))
    found[:, [list(classes).index(name) for name in known]] = predicted
    return found
