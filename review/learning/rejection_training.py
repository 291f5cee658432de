"""Training the judge of closed leads: the same way as a criterion's model, on verdicts whether a lead was lost rightly.

`gather` reads, `fit` computes, `keep` writes; the frozen test holds out reps and time and is chosen once. Figures are
AUC: how often a lead closed wrongly is ranked above one closed rightly; 0.5 is chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from review.learning.rejection import Lead, LeadLabels, read_leads
from review.learning.rejection_file import save_head
from review.learning.rejection_gate import LEADS
from review.learning.training import FOLDER, Report, add_candidate, how_held_out, labelled, newest_data, next_version
from review.models import FrozenTest, LearnedModel
from scoring.learning.call_model import OneSided
from scoring.learning.labels import data_hash
from scoring.learning.measures import auc, bootstrap_interval
from scoring.learning.rejection_model import POSITIVES, RejectionModel, TooFewVerdicts, train_rejection
from scoring.learning.split import TestSet, freeze, read_test_set


@dataclass(frozen=True, slots=True)
class GatheredLeads:
    """Everything the training needs. `test` None: too few labelled leads to hold any out."""

    labels: LeadLabels
    test: TestSet | None
    frozen: bool = False  # the test set was there already
    training: tuple[Lead, ...] = ()
    testing: tuple[Lead, ...] = ()
    data_sha256: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class FittedLeads:
    """A trained judge with its figures, not yet stored."""

    gathered: GatheredLeads
    model: RejectionModel
    figures: dict[str, Any]
    test: dict[str, Any]


def gather_leads(session: Session, labels: LeadLabels) -> GatheredLeads:
    """The labels with their test set and, where there are enough, the calls as the model sees them. Writes nothing."""
    stored = session.get(FrozenTest, (LEADS, labels.language))
    calls = [labelled(label) for label in labels.settled]
    test = read_test_set(stored.body) if stored else freeze(calls, seed=f"{LEADS}.{labels.language}")
    if labels.rarer < POSITIVES or test is None:
        return GatheredLeads(labels, test, stored is not None)
    training = [label for label in labels.settled if not test.keeps_from_training(labelled(label))]
    trained_on = data_hash(training)
    if newest_data(session, LEADS, labels.language) == trained_on:
        return GatheredLeads(labels, test, stored is not None, data_sha256=trained_on, unchanged=True)
    testing = [label for label in labels.settled if test.holds(label.call)]
    return GatheredLeads(
        labels,
        test,
        stored is not None,
        tuple(read_leads(session, labels.language, training)),
        tuple(read_leads(session, labels.language, testing)),
        trained_on,
    )


def fit_leads(gathered: GatheredLeads) -> FittedLeads | Report:
    """The judge and its figures, or why there is none. Pure: no database, no clock."""
    labels = gathered.labels
    if labels.rarer < POSITIVES:
        return _report(gathered, "too_few", f"{labels.rarer} of the {POSITIVES} labels needed on the rarer side")
    if gathered.test is None:
        return _report(gathered, "too_few", "too few labelled leads to hold a test out")
    if gathered.unchanged:
        return _report(gathered, "unchanged", "no new labels since the last training")
    try:
        model, figures = train_rejection([lead.verdict for lead in gathered.training], f"rejection.{labels.language}")
    except (TooFewVerdicts, OneSided) as error:
        return _report(gathered, "too_few", str(error))
    test = evaluate_leads(model, gathered.testing, gathered.test)
    return FittedLeads(gathered, model, {**figures, "all": len(labels.settled), "all_positives": labels.wrong}, test)


def evaluate_leads(model: RejectionModel, leads: Sequence[Lead], test: TestSet) -> dict[str, Any]:
    """How well the model and the rules rank the frozen test's leads, each with its 95 % interval over calls."""
    truth = [lead.verdict.wrong for lead in leads]
    names = [lead.verdict.lead for lead in leads]
    # As the pages show it: what a rule excludes stays last whatever the model says.
    mine = [-1.0 if lead.excluded else model.model.probability(lead.verdict.view) for lead in leads]
    return {
        "how": test.how,
        "n": len(leads),
        "positives": sum(truth),
        "model": _ranked(truth, mine, names),
        "rules": _ranked(truth, [lead.rules for lead in leads], names),
    }


def keep_leads(session: Session, data_folder: Path, fitted: FittedLeads, user_id: int | None = None) -> Report:
    """Store the judge as a candidate and freeze its test set. The file is on disk before the row says so."""
    gathered, language = fitted.gathered, fitted.gathered.labels.language
    version = next_version(session, LEADS, language)
    model = replace(fitted.model, version=f"rejection.{language}:{version}")
    name = f"{FOLDER}/{LEADS}.{language}-{version}.json"
    card = {
        "language": language,
        "version": version,
        "data_sha256": gathered.data_sha256,
        "figures": {**fitted.figures, "test": fitted.test},
    }
    row = LearnedModel(
        criterion=LEADS,
        language=language,
        version=version,
        state="candidate",
        data_sha256=gathered.data_sha256,
        file=name,
        file_sha256=save_head(data_folder / name, model, card),
        figures=fitted.figures,
        test=fitted.test,
        usual={},
    )
    add_candidate(session, row, None if gathered.frozen else gathered.test, user_id)
    held = how_held_out(fitted.test["how"])
    why = f"trained on {fitted.figures['n']} leads, tested on {fitted.test['n']} held out by {held}"
    return replace(
        _report(gathered, "trained", why), version=version, figures=fitted.figures, test=fitted.test
    )  # fmt: skip


def _ranked(truth: Sequence[bool], scores: Sequence[float], names: Sequence[str]) -> dict[str, float | int | None]:
    actual, given = np.array(truth, bool), np.array(scores, float)

    def statistic(rows: NDArray[np.intp]) -> float:
        return auc(actual[rows], given[rows])

    low, high = bootstrap_interval(statistic, names)
    return {"n": len(names), "auc": _number(auc(actual, given)), "low": _number(low), "high": _number(high)}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)


def _report(gathered: GatheredLeads, outcome: str, why: str) -> Report:
    labels = gathered.labels
    return Report(LEADS, labels.language, len(labels.settled), labels.rarer, outcome, why)
