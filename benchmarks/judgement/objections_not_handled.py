"""Calls that people labelled "objections not handled", found among all others by the episodes the rules cut.

A call's score is the sum over its episodes: what was ignored or mishandled counts by how sure the objection is, and
what was left without a full answer a little, late ones more than early ones. No labels are learned from: the sample
has seven such calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.judgement.insurance import JudgedCall, judge_calls
from scoring.learning.calls import tail_weights
from scoring.learning.measures import auc, bootstrap_interval

_NOT_HANDLED: Final = "objections not handled"


def run(train: Sequence[Mapping[str, Any]], test: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The row of the table. The rules learn nothing from `train`: with a test set that is measured alone."""
    calls = judge_calls(train if test is None else test)
    truth = np.array([_NOT_HANDLED in call.outcome for call in calls])
    scores = np.array([score_of(call) for call in calls])
    counts = np.array([float(len(call.objections)) for call in calls])
    return {
        "n": len(calls),
        "positives": int(truth.sum()),
        "split": "rules only, nothing trained" + ("" if test is None else ", --test"),
        "auc": auc(truth, scores),
        "auc_interval": bootstrap_interval(lambda drawn: auc(truth[drawn], scores[drawn]), list(range(len(calls)))),
        "baselines": {"objections_counted_auc": auc(truth, counts)},
    }


def score_of(call: JudgedCall) -> float:
    """How much was not handled in a call, what came late counting more: the label says how the call ended."""
    turns = call.case.conversation.turns
    weights = {
        piece.turn: weight for turn, weight in zip(turns, tail_weights(turns), strict=True) for piece in turn.pieces
    }
    return sum(
        episode.probability
        * weights.get(episode.client.turn, 0.0)
        * {"ignored": 1.0, "mishandled": 1.0, "partial": 0.25}.get(episode.outcome, 0.0)
        for episode in call.objections
    )
