"""The learned head of the win-back judge: how likely is it that a reviewer agrees the lead was closed wrongly?

It learns from reviewers' verdicts on closed leads, from what the call's last words were, which of the pack's phrases
fell near the end, and what the rules made of it. It gives its reasons in the rules' form, each with its quote, so that
the pages need not know who judged. Without a promoted model the rules judge alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scoring.assessment import Objection, Reason
from scoring.case import Case
from scoring.facts import Facts
from scoring.learning.call_model import (
    TAILS,
    CallModel,
    CallSettings,
    held_out_scores,
    read_call_model,
    train_call_model,
)
from scoring.learning.calls import FACTS, HITS, RULES, WORDS, CallView, view_call
from scoring.learning.measures import auc, average_precision, ece
from scoring.rejection import Weighed, WeighedReason, weigh

FEWEST: Final = 40
"""Labelled leads before a head is trained: below that its folds tell nothing (the smallest published set has 46)."""

POSITIVES: Final = 50
"""Leads that reviewers found closed wrongly, and as many closed rightly, before the head may take over."""

_LEAST_SHARE: Final = 0.1  # log-odds; what moves the judgement less is not worth a line
_HEARD: Final = "heard_near_end"


class TooFewVerdicts(ValueError):
    """Too few labelled leads, or all of one kind; `labels` says how many there are."""

    def __init__(self, labels: int, why: str) -> None:
        super().__init__(f"No model of wrongly rejected leads was trained from {labels} verdicts: {why}.")
        self.labels = labels
        self.why = why


@dataclass(frozen=True, slots=True)
class Verdict:
    """One lead as reviewers saw it. `group` is never split by folds: the rep who closed it, or the lead itself."""

    lead: str
    group: str
    wrong: bool
    view: CallView


@dataclass(frozen=True, slots=True)
class RejectionModel:
    """A `RejectionHead`. `version` is the model's name in evidence (`model:<version>`)."""

    version: str
    model: CallModel

    def judge(self, case: Case, rules: Weighed) -> tuple[float, Sequence[WeighedReason], Sequence[WeighedReason]]:
        """The calibrated chance, and what spoke for and against: the rules' reasons as the model weighs them, then
        the phrases near the end that moved it most."""
        view = view_call(case, rules)
        shares = self.model.explain(view)
        learned = {feature: share for block, feature, share in shares if block == FACTS}
        reasons = [_reweighed(item, learned.get(item.reason.id, 0.0)) for item in rules.reasons]
        against = [_reweighed(item, -learned.get(item.reason.id, 0.0)) for item in rules.against]
        for feature, share in _strongest_words(view, shares):
            (reasons if share > 0 else against).append(self._heard(case, view, feature, share))
        return self.model.probability(view), tuple(reasons), tuple(against)

    def to_json(self) -> dict[str, Any]:
        """The model as plain values."""
        return {"version": self.version, "model": self.model.to_json()}

    def _heard(self, case: Case, view: CallView, feature: str, share: float) -> WeighedReason:
        place = view.places[feature]
        quote = case.turn(place.turn).evidence(place.start, place.end, f"model:{self.version}")
        where = "for leads closed wrongly" if share > 0 else "for leads closed rightly"
        why = f"Near the end of the call: “{quote.quote}”; in reviewed calls that speaks {where}."
        return WeighedReason(abs(share), Reason(_HEARD, why, quote))


@dataclass(frozen=True, slots=True)
class ClosedLeads:
    """The promoted judges by language, as `scoring.engine.score` takes them."""

    by_language: Mapping[str, RejectionModel]

    def head_for(self, language: str) -> RejectionModel | None:
        """The judge of calls in this language; None: the rules judge."""
        return self.by_language.get(language)


def read_rejection_model(data: Mapping[str, Any]) -> RejectionModel:
    """The model from its JSON form. Raises KeyError, TypeError or ValueError when it is none."""
    return RejectionModel(str(data["version"]), read_call_model(data["model"]))


def verdict_of(
    lead: str, group: str, case: Case, facts: Facts, objections: Sequence[Objection], *, wrong: bool
) -> Verdict:
    """A labelled lead from its judged call."""
    return Verdict(lead, group, wrong, view_call(case, weigh(case, facts, objections)))


def wrong_of(answer: str) -> bool | None:
    """What a reviewer's answer about a closed lead teaches; None for "not sure", which teaches nothing."""
    return {"wrong": True, "right": False}.get(answer)


def may_judge(figures: Mapping[str, Any]) -> bool:
    """Whether a trained head may take the rules' place: enough leads of both kinds, and better where not seen."""
    rarer = min(int(figures["positives"]), int(figures["n"]) - int(figures["positives"]))
    return rarer >= POSITIVES and float(figures["auc"]) > float(figures["rules_auc"])


def train_rejection(
    verdicts: Sequence[Verdict], version: str, settings: CallSettings = TAILS
) -> tuple[RejectionModel, dict[str, Any]]:
    """The head and its figures on held-out folds, beside the rules' own. Raises TooFewVerdicts.

    The order of the verdicts does not matter. Folds hold out whole groups.
    """
    verdicts = sorted(verdicts, key=lambda verdict: verdict.lead)
    truth = [verdict.wrong for verdict in verdicts]
    if len(verdicts) < FEWEST:
        raise TooFewVerdicts(len(verdicts), f"at least {FEWEST} are needed")
    groups = [verdict.group for verdict in verdicts]
    sides = [{g for g, wrong in zip(groups, truth, strict=True) if wrong is side} for side in (True, False)]
    if min(map(len, sides)) < 2:
        raise TooFewVerdicts(len(verdicts), "both kinds of verdict are needed from at least two reps each")
    views = [verdict.view for verdict in verdicts]
    held = held_out_scores(views, truth, settings, groups)
    model = train_call_model(views, truth, settings, groups)
    probabilities = model.curve(1 / (1 + np.exp(-held.mean(axis=0))))
    rules = [view.blocks[RULES]["verdict"] for view in views]
    figures = {
        "n": len(verdicts),
        "positives": sum(truth),
        "groups": len(set(groups)),
        "auc": round(float(np.mean([auc(truth, row) for row in held])), 3),
        "average_precision": round(float(np.mean([average_precision(truth, row) for row in held])), 3),
        "ece": round(ece(truth, probabilities), 3),
        "rules_auc": round(auc(truth, rules), 3),
    }
    return RejectionModel(version, model), figures


def _reweighed(item: WeighedReason, share: float) -> WeighedReason:
    """A rules' reason in the model's order: one that it has learned to mistrust sinks, none disappears."""
    return WeighedReason(max(item.weight + share, 0.0), item.reason)


def _strongest_words(view: CallView, shares: Sequence[tuple[str, str, float]]) -> list[tuple[str, float]]:
    """The weightiest phrase for and the weightiest against, of those that can be quoted."""
    found: list[tuple[str, float]] = []
    for sign in (1, -1):
        mine = [
            (f, s) for block, f, s in shares if block in (HITS, WORDS) and s * sign >= _LEAST_SHARE and f in view.places
        ]
        if mine:
            found.append(max(mine, key=lambda item: (abs(item[1]), item[0])))
    return found
