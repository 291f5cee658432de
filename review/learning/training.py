"""Training candidates: from verdicts to a model's file, its figures, and its row. Training itself holds no transaction.

`gather` reads, `fit` computes for seconds or minutes, `keep` writes. A candidate changes nothing a user sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from review.learning.data import CriterionLabels, read_criterion_labels, read_examples
from review.models import FrozenTest, LearnedModel, ModelEvent, utc_now
from review.services.audit import record
from review.upsert import insert_new
from scoring.learning.agreement import Pair, agree
from scoring.learning.criterion_model import CriterionModel
from scoring.learning.criterion_training import POSITIVES, TooFewLabels, TrainText, positives_of, train_criterion
from scoring.learning.drift import snapshot
from scoring.learning.examples import Example
from scoring.learning.labels import Label, data_hash
from scoring.learning.split import LabelledCall, TestSet, freeze, read_test_set
from scoring.learning.store import Card, model_id, save_model
from scoring.learning.text_part import train_text_part

FOLDER: Final = "learned"  # in the data folder


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything one criterion's training needs. `test` None: too few labelled calls to hold any out."""

    labels: CriterionLabels
    positives: int
    test: TestSet | None
    frozen: bool  # the test set was there already
    training: tuple[Example, ...] = ()
    testing: tuple[Example, ...] = ()
    data_sha256: str = ""
    unchanged: bool = False  # the newest model was trained on these very labels


@dataclass(frozen=True, slots=True)
class Report:
    """How training one criterion went: `trained`, `too_few`, or `unchanged`; `why` in words."""

    criterion: str
    language: str
    labels: int
    positives: int
    outcome: str
    why: str
    version: int | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model with its figures, not yet stored."""

    gathered: Gathered
    model: CriterionModel
    figures: dict[str, Any]
    test: dict[str, Any]
    usual: dict[str, object]


def gather(session: Session, labels: CriterionLabels) -> Gathered:
    """The labels with their test set and, where there are enough, the calls as examples. Writes nothing."""
    criterion, language = labels.criterion.id, labels.language
    positives = positives_of([label.answer for label in labels.settled], labels.best)
    stored = session.get(FrozenTest, (criterion, language))
    calls = [labelled(label) for label in labels.settled]
    test = read_test_set(stored.body) if stored else freeze(calls, seed=model_id(criterion, language))
    found = Gathered(labels, positives, test, stored is not None)
    if positives < POSITIVES or test is None:
        return found
    training = [label for label in labels.settled if not test.keeps_from_training(labelled(label))]
    trained_on = data_hash(training)
    if newest_data(session, criterion, language) == trained_on:
        return Gathered(labels, positives, test, stored is not None, data_sha256=trained_on, unchanged=True)
    testing = [label for label in labels.settled if test.holds(label.call)]
    return Gathered(
        labels,
        positives,
        test,
        stored is not None,
        tuple(read_examples(session, labels, training)),
        tuple(read_examples(session, labels, testing)),
        trained_on,
    )


def fit(gathered: Gathered, train_text: TrainText | None = train_text_part) -> Fitted | Report:
    """The model and its figures, or why there is none. Pure: no database, no clock."""
    labels = gathered.labels
    if gathered.positives < POSITIVES or gathered.test is None:
        why = (
            f"{gathered.positives} of the {POSITIVES} labels needed on the rarer side"
            if gathered.positives < POSITIVES
            else "too few labelled calls to hold a test out"
        )
        return _report(gathered, "too_few", why)
    if gathered.unchanged:
        return _report(gathered, "unchanged", "no new labels since the last training")
    try:
        trained = train_criterion(labels.criterion.id, labels.language, labels.best, gathered.training, train_text)
    except TooFewLabels as error:
        return _report(gathered, "too_few", str(error))
    judged = [trained.model.judge(example.look) for example in gathered.training]
    usual = snapshot(
        [item.answer for item in judged],
        [item.probability for item in judged],
        [0.0] * len(judged),  # every word of the training calls is known
        [_speech(example) for example in gathered.training],
    )
    test = evaluate(trained.model, gathered.testing, labels.order, gathered.test)
    figures = {**trained.figures, "all_positives": gathered.positives}
    return Fitted(gathered, trained.model, figures, test, usual.to_json())


def evaluate(model: CriterionModel, examples: Sequence[Example], order: Sequence[str], test: TestSet) -> dict[str, Any]:
    """The model's and the rules' agreement with people on the frozen test, each with its interval."""
    said = [model.judge(example.look).answer for example in examples]
    mine = [Pair(e.call, answer, e.answer) for e, answer in zip(examples, said, strict=True)]
    rules = [Pair(example.call, example.rules_answer, example.answer) for example in examples]
    return {
        "how": test.how,
        "n": len(examples),
        "model": agree(mine, order).to_json(),
        "rules": agree(rules, order).to_json(),
    }


def keep(session: Session, data_folder: Path, fitted: Fitted, user_id: int | None = None) -> Report:
    """Store the model as a candidate and freeze its test set. The file is on disk before the row says so."""
    gathered = fitted.gathered
    criterion, language = gathered.labels.criterion.id, gathered.labels.language
    version = next_version(session, criterion, language)
    name = f"{FOLDER}/{model_id(criterion, language)}-{version}.skops"
    card = Card(criterion, language, version, gathered.data_sha256, {**fitted.figures, "test": fitted.test})
    row = LearnedModel(
        criterion=criterion,
        language=language,
        version=version,
        state="candidate",
        data_sha256=gathered.data_sha256,
        file=name,
        file_sha256=save_model(data_folder / name, fitted.model, card),
        figures=fitted.figures,
        test=fitted.test,
        usual=dict(fitted.usual),
    )
    add_candidate(session, row, None if gathered.frozen else gathered.test, user_id)
    held = how_held_out(fitted.test["how"])
    why = f"trained on {fitted.figures['n']} calls, tested on {fitted.test['n']} held out by {held}"
    report = _report(gathered, "trained", why)
    return replace(report, version=version, figures=fitted.figures, test=fitted.test)


def newest_data(session: Session, criterion: str, language: str) -> str | None:
    """The hash of the labels that the newest model was trained on."""
    return session.scalar(
        select(LearnedModel.data_sha256)
        .where(LearnedModel.criterion == criterion, LearnedModel.language == language)
        .order_by(LearnedModel.version.desc())
        .limit(1)
    )


def next_version(session: Session, criterion: str, language: str) -> int:
    """The number of the next model."""
    last = select(func.max(LearnedModel.version)).where(
        LearnedModel.criterion == criterion, LearnedModel.language == language
    )
    return (session.scalar(last) or 0) + 1


def add_candidate(session: Session, row: LearnedModel, new_test: TestSet | None, user_id: int | None) -> None:
    """Add the model's row, retire candidates nobody took up, and freeze a test set that is new."""
    name = {"criterion": row.criterion, "language": row.language}
    if new_test is not None:
        key = ("criterion", "language")
        insert_new(session, FrozenTest, key, **name, body=new_test.to_json(), frozen_at=utc_now())
    for older in session.scalars(_candidates(row.criterion, row.language)):
        older.state = "retired"
        session.add(ModelEvent(model_id=older.id, user_id=user_id, event="retired", details={"instead": row.version}))
    session.add(row)
    session.flush()
    session.add(ModelEvent(model_id=row.id, user_id=user_id, event="trained", details={"labels": row.figures["n"]}))
    record(session, user_id, "model.trained", "model", row.id, **name, version=row.version)


def wanted_labels(session: Session, criterion: str | None = None) -> tuple[CriterionLabels, ...]:
    """The labels of all criteria, or of one."""
    return read_criterion_labels(session, criterion=criterion)


def _candidates(criterion: str, language: str) -> Select[LearnedModel]:
    """Candidates nobody took up: a newer one replaces them."""
    return select(LearnedModel).where(
        LearnedModel.criterion == criterion, LearnedModel.language == language, LearnedModel.state == "candidate"
    )


def labelled(label: Label) -> LabelledCall:
    """The label's call as the split sees it."""
    return LabelledCall(label.call, label.rep, label.called_at)


def _report(gathered: Gathered, outcome: str, why: str) -> Report:
    labels = gathered.labels
    return Report(labels.criterion.id, labels.language, len(labels.settled), gathered.positives, outcome, why)


def _speech(example: Example) -> float | None:
    values = [e.speech_confidence for e in example.look.rules.evidence if e.speech_confidence is not None]
    return sum(values) / len(values) if values else None


def how_held_out(split: str) -> str:
    """A test set's `how` in words."""
    return {"rep_and_time": "rep and time", "rep": "rep", "time": "time"}[split]
