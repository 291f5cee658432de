"""Requests in Chinese service dialogues: which turns ask for something, F1, by dialogue.

The settings were chosen on the shared dialogues. A turn's four kinds (the rep's, and of the client's a request, a
choice made, another) are told by the mean of a linear text model and the context model, since choice and request are
worded alike and told apart by what came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.calibration import held_out
from scoring.learning.context_model import ContextSettings, Turns, train_context
from scoring.learning.measures import average_precision, bootstrap_interval, f1
from scoring.learning.text_features import cue_rows
from scoring.learning.text_forms import forms
from scoring.learning.text_model import TextSettings, train
from scoring.learning.utterances import Utterance, utterances_of

Row = dict[str, Any]
Numbers = NDArray[np.float64]

FOLDS: Final = 5
REQUEST: Final = "request"
_LINEAR: Final = TextSettings(strength=8.0, weights={"form": 1.0}, balanced=False)
_CONTEXT: Final = ContextSettings(
    strength=0.2, trees=100, second_trees=150, plain_trees=0, rounds=60, second_strength=0.0, around=0.0,
    weights={"form": 0.7},
)  # fmt: skip
_PROBE: Final = TextSettings(strength=2.0, weights={"word": 0.0, "role": 0.0})


def run(train_rows: Sequence[Row], test_rows: Sequence[Row] | None) -> Row:
    """The task's result per `contracts.md`."""
    ours, probe = (_over_folds(train_rows, test_rows, predict) for predict in (_both, _probe))
    tested = train_rows if test_rows is None else test_rows
    turns, kinds = _turns(tested)
    truth = np.array(kinds) == REQUEST
    said = ours > 0.5
    return {
        "n": len(truth),
        "dialogues": len(tested),
        "split": f"{FOLDS} folds by dialogue" if test_rows is None else f"trained on {len(train_rows)} dialogues",
        "request_f1": f1(truth, said),
        "request_f1_interval": bootstrap_interval(
            lambda rows: f1(truth[rows], said[rows]), turns.groups, resamples=500
        ),
        "request_ap": average_precision(truth, ours),
        "baselines": {
            "probe_request_f1": f1(truth, probe > 0.5),
            "every_client_turn_f1": f1(truth, [each.role == "client" for each in turns.utterances]),
        },
    }


def _over_folds(train_rows: Sequence[Row], test_rows: Sequence[Row] | None, predict: Any) -> Numbers:
    """How likely each tested turn asks for something."""
    turns, kinds = _turns(train_rows)
    if test_rows is not None:
        found: Numbers = predict(turns, kinds, _turns(test_rows)[0])
        return found
    return held_out(
        lambda some, others: predict(turns.part(some), [kinds[n] for n in some], turns.part(others))[:, None],
        turns.groups,
        FOLDS,
    )[:, 0]


def _both(turns: Turns, kinds: Sequence[str], tested: Turns) -> Numbers:
    linear = train(turns.utterances, [kind == REQUEST for kind in kinds], None, _LINEAR)
    chances: Numbers = linear.probabilities(tested.utterances)[:, 1]
    if len(set(kinds)) < 3:
        return chances
    context = train_context(turns, kinds, _CONTEXT)
    return (chances + context.probabilities(tested)[:, context.classes.index(REQUEST)]) / 2.0


def _probe(turns: Turns, kinds: Sequence[str], tested: Turns) -> Numbers:
    model = train(turns.utterances, [kind == REQUEST for kind in kinds], None, _PROBE)
    chances: Numbers = model.probabilities(tested.utterances)[:, 1]
    return chances


def _turns(rows: Sequence[Row]) -> tuple[Turns, list[str]]:
    utterances: list[Utterance] = []
    groups: list[int] = []
    kinds: list[str] = []
    for number, row in enumerate(rows):
        utterances += utterances_of([(turn["role"], turn["text"]) for turn in row["turns"]], "zh")
        groups += [number] * len(row["turns"])
        kinds += [_kind(turn) for turn in row["turns"]]
    cues = cue_rows(utterances)
    named = [" ".join(name.replace(" ", "_") for name in forms(each.text, "zh")) for each in utterances]
    return Turns(utterances, groups, cues, cues, named), kinds


def _kind(turn: Row) -> str:
    if "Request" in turn["acts"]:
        return REQUEST
    if turn["role"] == "rep":
        return "rep"
    return "choice" if "Select" in turn["acts"] else "other"
