"""Counselling sessions of high and low quality told apart by what is said in them.

The baselines: the rep's share of the talk; the mix of behaviours alone, predicted and as people labelled it; and the
rep's words alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.judgement.counselling import KINDS
from scoring.learning.call_model import Block, CallSettings, stratified_folds, train_call_model
from scoring.learning.calls import CallView
from scoring.learning.measures import auc, bootstrap_interval
from scoring.learning.session_model import (
    MIX,
    SETTINGS,
    WORDS,
    Facet,
    LabelledTurn,
    Session,
    held_out_views,
    talk_share,
    train_judges,
    view_session,
)

Scores = np.ndarray[Any, np.dtype[np.float64]]
FACETS: Final = (Facet("behaviour", "rep"), Facet("question_kind", "rep"), Facet("client_talk", "client"))
_FOLDS: Final = 10
_ROUNDS: Final = 2
_GOLD: Final = CallSettings({MIX: Block(unit=False)})
_JUDGES: Final = {
    "ours": SETTINGS,
    "predicted_behaviours": CallSettings({MIX: Block(unit=False)}, SETTINGS.strength),
    "words": CallSettings({WORDS: SETTINGS.blocks[WORDS]}, SETTINGS.strength),
}


def run(train: Sequence[Mapping[str, Any]], test: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The row of the table: AUC of high against low quality."""
    known = _labelled(train)
    held = None if test is None else _labelled(test)
    truth = np.array([good for _, good in (known if held is None else held)])
    sessions = [session for session, _ in (known if held is None else held)]
    scores = _scores(known, held)
    ours = scores["ours"]
    alone = list(range(len(truth)))
    split = f"{_FOLDS}-fold by session, stratified, {_ROUNDS} rounds averaged; behaviours nested"
    return {
        "n": len(truth),
        "high": int(truth.sum()),
        "split": split if test is None else "trained on --data, tested on --test",
        "auc": _mean(truth, ours),
        "auc_interval": bootstrap_interval(lambda drawn: _mean(truth[drawn], ours[:, drawn]), alone),
        "baselines": {
            "talk_ratio_auc": auc(truth, [-(talk_share(session) or 0.0) for session in sessions]),
            **{f"{name}_auc": _mean(truth, found) for name, found in scores.items() if name != "ours"},
        },
    }


def _labelled(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Session, bool]]:
    return [
        ([_turn(turn) for turn in row["turns"]], row["quality"] == "high")
        for row in rows
        if row.get("quality") in ("high", "low")
    ]


def _turn(turn: Mapping[str, Any]) -> LabelledTurn:
    annotators = turn.get("annotators") or ()
    labels = {}
    for facet in FACETS:
        said = [a[facet.name] for a in annotators if a.get(facet.name)]
        if facet.name == "question_kind":
            said = [kind if kind in KINDS else "none" for kind in said]
        if said and turn["role"] == facet.role:
            labels[facet.name] = min(sorted(set(said)), key=lambda value: -said.count(value))
    return LabelledTurn(turn["role"], turn["text"], labels)


def _scores(known: Sequence[tuple[Session, bool]], held: Sequence[tuple[Session, bool]] | None) -> dict[str, Scores]:
    """By judge [rounds, sessions]; one round where there is a test set."""
    if held is not None:
        return {name: found[None, :] for name, found in _judge(known, held).items()}
    rounds: dict[str, Scores] = {name: np.zeros((_ROUNDS, len(known))) for name in (*_JUDGES, "gold_behaviours")}
    truth = np.array([good for _, good in known])
    for seed in range(_ROUNDS):
        for out in stratified_folds(truth, None, _FOLDS, seed):
            inside, outside = np.flatnonzero(~out), np.flatnonzero(out)
            for name, found in _judge([known[n] for n in inside], [known[n] for n in outside]).items():
                rounds[name][seed, out] = found
    return rounds


def _judge(known: Sequence[tuple[Session, bool]], held: Sequence[tuple[Session, bool]]) -> dict[str, Scores]:
    sessions, good = [s for s, _ in known], [g for _, g in known]
    views = held_out_views(sessions, good, FACETS)
    judges = train_judges(sessions, FACETS)
    rest = [view_session(session, judges) for session, _ in held]
    found = {name: _scored(views, good, rest, settings) for name, settings in _JUDGES.items()}
    gold = [_gold_view(session) for session, _ in held]
    return found | {"gold_behaviours": _scored([_gold_view(s) for s in sessions], good, gold, _GOLD)}


def _scored(
    views: Sequence[CallView], good: Sequence[bool], held: Sequence[CallView], settings: CallSettings
) -> Scores:
    model = train_call_model(views, good, settings, calibrate=False)
    return np.array([model.score(view) for view in held])


def _gold_view(session: Session) -> CallView:
    mix: dict[str, float] = {}
    for facet in FACETS:
        labels = [turn.labels[facet.name] for turn in session if facet.name in turn.labels]
        for label in labels:
            mix[f"{facet.name} {label}"] = mix.get(f"{facet.name} {label}", 0.0) + 1.0 / len(labels)
    return CallView({MIX: mix})


def _mean(truth: Scores, scores: Scores) -> float:
    return float(np.mean([auc(truth, row) for row in scores]))
