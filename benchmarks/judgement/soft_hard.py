"""A soft no told from a hard no on real sales calls: by the rules alone, and by a model of the call's end.

The probe is TF-IDF and logistic regression on the last 15 turns of both speakers; the phrase list counts a dozen
sayings in the client's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.judgement.insurance import JudgedCall, judge_calls
from scoring.learning.call_model import FOLDS, ROUNDS, TAILS, held_out_scores, stratified_folds, train_call_model
from scoring.learning.measures import auc, average_precision, bootstrap_interval

Numbers = np.ndarray[Any, np.dtype[np.float64]]

_TAIL_TURNS: Final = 15
_SOFT: Final = ("call me", "call back", "send me", "email me", "think about", "not right now", "later", "get back to")
_HARD: Final = ("not interested", "no thank", "don't need", "do not call", "take me off", "stop calling")


def run(train: Sequence[Mapping[str, Any]], test: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The rows of the table: AUC of the rules, AUC and average precision of the model."""
    known = [call for call in judge_calls(train) if call.soft or call.hard]
    measured = known if test is None else [call for call in judge_calls(test) if call.soft or call.hard]
    truth = np.array([call.soft for call in measured])
    if test is None:
        split = f"{FOLDS}-fold by call, stratified, {ROUNDS} rounds averaged"
        learned = held_out_scores([call.view for call in known], [call.soft for call in known])
        probe = _probe_folds(known)
    else:
        split = "trained on --data, tested on --test"
        model = train_call_model([call.view for call in known], [call.soft for call in known], TAILS, calibrate=False)
        learned = np.array([[model.score(call.view) for call in measured]])
        probe = _probe(known, measured)[None, :]
    rules = np.array([[call.probability for call in measured]])
    phrases = np.array([[_phrases(call) for call in measured]])
    return {
        "n": len(measured),
        "split": split,
        **_measured("auc_rules", auc, truth, rules),
        **_measured("auc_learned", auc, truth, learned),
        **_measured("ap", average_precision, truth, learned),
        "baselines": {
            "phrase_list_auc": _mean(auc, truth, phrases),
            "both_tails_auc": _mean(auc, truth, probe),
            "rules_ap": _mean(average_precision, truth, rules),
        },
    }


def _measured(
    name: str, measure: Callable[[Numbers, Numbers], float], truth: Numbers, scores: Numbers
) -> dict[str, Any]:
    def statistic(drawn: Any) -> float:
        return _mean(measure, truth[drawn], scores[:, drawn])

    return {
        name: _mean(measure, truth, scores),
        f"{name}_interval": bootstrap_interval(statistic, list(range(len(truth)))),
    }


def _mean(measure: Callable[[Numbers, Numbers], float], truth: Numbers, scores: Numbers) -> float:
    """The mean over the rounds: each round is one honest cross-validation, their sum would be an ensemble."""
    return float(np.mean([measure(truth, row) for row in scores]))


def _phrases(call: JudgedCall) -> float:
    said = " ".join(turn.text.lower() for turn in call.case.conversation.of("client"))
    return float(sum(said.count(text) for text in _SOFT) - sum(said.count(text) for text in _HARD))


def _tail(call: JudgedCall, role: str) -> str:
    return " ".join(turn.text for turn in call.case.conversation.of(role)[-_TAIL_TURNS:])


def _probe(known: Sequence[JudgedCall], measured: Sequence[JudgedCall]) -> Numbers:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    scores = np.zeros(len(measured))
    for role in ("rep", "client"):
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        seen = words.fit_transform([_tail(call, role) for call in known])
        regression = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)
        regression.fit(seen, [call.soft for call in known])
        scores += regression.decision_function(words.transform([_tail(call, role) for call in measured]))
    return scores


def _probe_folds(known: Sequence[JudgedCall]) -> Numbers:
    truth = np.array([call.soft for call in known])
    scores = np.zeros((ROUNDS, len(known)))
    for seed in range(ROUNDS):
        for out in stratified_folds(truth, None, FOLDS, seed):
            inside = [known[n] for n in np.flatnonzero(~out)]
            scores[seed, out] = _probe(inside, [known[n] for n in np.flatnonzero(out)])
    return scores
