"""Machine against people and people among themselves, criterion by criterion, from all that people answered."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.agreement.labels import read_calibration_labels
from review.agreement.types import AutomaticRow, CriterionAgreement
from review.learning.data import CriterionLabels, read_criterion_labels
from review.models import AutomaticCriterion, LearnedModel, User
from scoring.learning.gate import measure
from scoring.learning.labels import Label
from scoring.learning.store import model_id


def read_agreement(
    session: Session, *, criterion: str | None = None, language: str | None = None
) -> tuple[CriterionAgreement, ...]:
    """Every criterion people answered (or the one asked for), those with most answers first.

    Verdicts on their own, evaluations that count, and closed calibrations all count here; answers the machine gave by
    itself in automatic mode do not: they are nobody's.
    """
    calibrated = list(read_calibration_labels(session))
    charge = _in_charge(session)
    stretches = read_automatic(session)
    in_calibration = {_name(label) for label in calibrated}
    every = read_criterion_labels(session, criterion=criterion, also=calibrated)
    found = [
        _agreement(labels, charge, stretches, in_calibration)
        for labels in every
        if criterion in (None, labels.criterion.id) and language in (None, labels.language)
    ]
    return tuple(sorted(found, key=lambda one: (-sum(one.by_source.values()), one.criterion, one.language)))


def read_automatic(session: Session, *, on: bool = False) -> tuple[AutomaticRow, ...]:
    """The stretches of automatic mode, newest first; with `on` only those that run."""
    query = (
        select(AutomaticCriterion, User.name)
        .outerjoin(User, User.id == AutomaticCriterion.off_by)
        .order_by(AutomaticCriterion.id.desc())
    )
    if on:
        query = query.where(AutomaticCriterion.state == "on")
    return tuple(
        AutomaticRow(
            id=row.id,
            criterion=row.criterion,
            language=row.language,
            state=row.state,
            name=row.name,
            on_at=row.on_at,
            checked_at=row.checked_at,
            off_at=row.off_at,
            off_by=off_by,
            off_why=row.off_why,
            figures=row.figures,
            off_figures=row.off_figures,
        )
        for row, off_by in session.execute(query)
    )


def _agreement(
    labels: CriterionLabels,
    charge: dict[str, str],
    stretches: tuple[AutomaticRow, ...],
    in_calibration: set[tuple[str, ...]],
) -> CriterionAgreement:
    judge = model_id(labels.criterion.id, labels.language)
    version = charge.get(judge)
    here = [row for row in stretches if (row.criterion, row.language) == (labels.criterion.id, labels.language)]
    return CriterionAgreement(
        criterion=labels.criterion.id,
        language=labels.language,
        question=dict(labels.criterion.question),
        mode=labels.criterion.mode,
        judge=version,
        by_source={
            "calibration": _calls([label for label in labels.every if _name(label) in in_calibration]),
            "review": _calls([label for label in labels.every if _name(label) not in in_calibration]),
        },
        blind=_calls([label for label in labels.every if label.blind]),
        measured=measure(labels.every, labels.order, judge, version),
        automatic=next((row for row in here if row.state == "on"), None),
        past=tuple(row for row in here if row.state != "on"),
    )


def _name(label: Label) -> tuple[str, ...]:
    return label.call, label.target, label.reviewer, label.at


def _calls(labels: list[Label]) -> int:
    return len({label.call for label in labels})


def _in_charge(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(LearnedModel.criterion, LearnedModel.language, LearnedModel.version).where(
            LearnedModel.state == "promoted"
        )
    )
    return {model_id(row.criterion, row.language): str(row.version) for row in rows}
