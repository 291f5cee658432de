"""How far the judge of closed leads has been learned: labels by language, and its models with their figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from review.learning.models import ModelRow, read_models
from review.learning.rejection import LeadLabels, read_lead_labels
from review.learning.rejection_gate import LEADS
from scoring.learning.rejection_model import POSITIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadStatus:
    """Closed leads of one language: `labels` in all, `wrong` of them, `rarer` of the `needed` on the rarer side."""

    language: str
    labels: int
    wrong: int
    rarer: int
    needed: int = POSITIVES
    models: tuple[ModelRow, ...] = field(default=())

    def in_state(self, state: str) -> ModelRow | None:
        """The newest model in a state (`promoted`: the one that judges)."""
        return next((model for model in self.models if model.state == state), None)


def read_lead_status(session: Session) -> tuple[LeadStatus, ...]:
    """Every language with verdicts on closed leads or a model of them, those with most labels first."""
    labels = {found.language: found for found in read_lead_labels(session)}
    models: dict[str, list[ModelRow]] = {}
    for model in read_models(session):
        if model.criterion == LEADS:
            models.setdefault(model.language, []).append(model)
    made = [
        _status(labels.get(language, LeadLabels(language, ())), tuple(models.get(language, ())))
        for language in sorted({*labels, *models})
    ]
    return tuple(sorted(made, key=lambda status: (-status.labels, status.language)))


def _status(labels: LeadLabels, models: tuple[ModelRow, ...]) -> LeadStatus:
    return LeadStatus(
        language=labels.language,
        labels=len(labels.settled),
        wrong=labels.wrong,
        rarer=labels.rarer,
        models=models,
    )
