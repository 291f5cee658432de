"""How far each criterion has been learned: labels, agreement of rules, models and people, the gate, the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from review.agreement.reading import read_agreement
from review.learning.data import CriterionLabels, read_criterion_labels
from review.learning.models import ModelRow, read_models
from scoring.learning.agreement import Agreement, Pair, agree, pairs_of_people
from scoring.learning.criterion_training import POSITIVES, positives_of
from scoring.learning.gate import Gate, decide
from scoring.learning.store import model_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionStatus:
    """One criterion in one language.

    `people`: reviewers among themselves. `rules` and `model`: on the frozen test of the newest model, None without
    one. `shown`: the machine as it answered, against people, on calls drawn by lot. `gate` is that of automatic mode,
    decided as review.agreement measures it: blind answers before others, calibrations among them.
    """

    criterion: str
    language: str
    question: dict[str, str]
    labels: int
    by_lot: int
    positives: int
    positives_needed: int
    people: Agreement
    shown: Agreement
    gate: Gate
    models: tuple[ModelRow, ...] = field(default=())

    @property
    def in_charge(self) -> ModelRow | None:
        """The model that judges; None: the rules do."""
        return next((model for model in self.models if model.state == "promoted"), None)

    @property
    def shadow(self) -> ModelRow | None:
        """The model that judges unseen."""
        return next((model for model in self.models if model.state == "shadow"), None)

    @property
    def newest(self) -> ModelRow | None:
        """The newest model that was not given up."""
        return next((model for model in self.models if model.state != "retired"), None)


def read_status(session: Session) -> tuple[CriterionStatus, ...]:
    """Every criterion people decided on, those with most labels first."""
    models: dict[str, list[ModelRow]] = {}
    for model in read_models(session):
        models.setdefault(model_id(model.criterion, model.language), []).append(model)
    gates = {model_id(one.criterion, one.language): one.measured.gate for one in read_agreement(session)}
    made = [
        _status(labels, tuple(models.get(model_id(labels.criterion.id, labels.language), ())), gates)
        for labels in read_criterion_labels(session)
        if labels.settled
    ]
    return tuple(sorted(made, key=lambda status: (-status.labels, status.criterion, status.language)))


def _status(labels: CriterionLabels, models: tuple[ModelRow, ...], gates: Mapping[str, Gate]) -> CriterionStatus:
    order = labels.order
    charge = next((model for model in models if model.state == "promoted"), None)
    version = None if charge is None else str(charge.version)
    key = model_id(labels.criterion.id, labels.language)
    # Only answers of the judge that is in charge now, on calls nobody chose: anything else flatters or blames another.
    lots = [
        Pair(label.call, label.machine, label.answer)
        for label in labels.every
        if label.drawn_by == "random" and label.machine is not None and label.models.get(key) == version
    ]
    people = agree(pairs_of_people(labels.every), order)
    shown = agree(lots, order)
    return CriterionStatus(
        criterion=labels.criterion.id,
        language=labels.language,
        question=dict(labels.criterion.question),
        labels=len(labels.settled),
        by_lot=len({label.call for label in labels.every if label.drawn_by == "random"}),
        positives=positives_of([label.answer for label in labels.settled], labels.best),
        positives_needed=POSITIVES,
        people=people,
        shown=shown,
        gate=gates.get(key) or decide(people, shown, anchored=True),
        models=models,
    )
