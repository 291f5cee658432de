"""The life of a learned model: candidate, shadow, promoted, retired. People promote; nothing here does so by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.learning.rejection_gate import LEADS, refusal_of_leads
from review.models import LearnedModel, ModelEvent, ShadowAnswer
from review.services.audit import record
from scoring.learning.criterion_training import POSITIVES

SHADOW_CALLS: Final = 20  # calls a model must have judged in the shadow before it may be promoted


class NotPromoted(ReviewError):
    """A model cannot be moved as asked; nothing was changed. `why` is a short name for the reason, facts beside it."""

    code = "not_promoted"

    def __init__(self, why: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.why = why
        self.facts = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """A model as pages and the command line see it."""

    id: int
    criterion: str
    language: str
    version: int
    state: str
    data_sha256: str
    file: str
    file_sha256: str
    figures: dict[str, Any]
    test: dict[str, Any]
    shadow_calls: int
    shadow_differs: int
    refusal: str | None  # why it cannot be promoted now (a short name); None: it can


def read_models(session: Session) -> tuple[ModelRow, ...]:
    """Every model by criterion, language and version, newest first."""
    counts = {
        row.model_id: (row.calls, row.differing)
        for row in session.execute(
            select(
                ShadowAnswer.model_id,
                func.count().label("calls"),
                func.count().filter(ShadowAnswer.answer != ShadowAnswer.shown).label("differing"),
            ).group_by(ShadowAnswer.model_id)
        )
    }
    models = session.scalars(
        select(LearnedModel).order_by(LearnedModel.criterion, LearnedModel.language, LearnedModel.version.desc())
    )
    return tuple(_row(model, *counts.get(model.id, (0, 0))) for model in models)


def in_charge(session: Session) -> dict[str, int]:
    """The ids of the models in charge now, by name ("greeting.en")."""
    rows = session.execute(
        select(LearnedModel.criterion, LearnedModel.language, LearnedModel.id)
        .where(LearnedModel.state == "promoted")
        .order_by(LearnedModel.criterion, LearnedModel.language)
    )
    return {f"{row.criterion}.{row.language}": row.id for row in rows}


def start_shadow(session: Session, model_id: int, user_id: int | None) -> None:
    """Let a candidate judge beside the ones in charge, seen by nobody. One shadow for a criterion and language."""
    model = _model(session, model_id)
    if model.state not in ("candidate", "retired"):
        raise NotPromoted("state", f"This model is {model.state} already; a candidate can go into the shadow.")
    for other in _siblings(session, model, "shadow"):
        _move(session, other, "retired", "retired", user_id, instead=model.version)
    _move(session, model, "shadow", "shadow", user_id)


def promote(session: Session, model_id: int, user_id: int | None) -> None:
    """Put a model in charge; the one before it is retired. Raises NotPromoted where a condition is not met."""
    model = _model(session, model_id)
    judged = session.scalar(select(func.count()).select_from(ShadowAnswer).where(ShadowAnswer.model_id == model_id))
    why = refusal_of(model, judged or 0)
    if why is not None:
        words = LEAD_WORDS if model.criterion == LEADS else {}
        raise NotPromoted(why, words.get(why, WORDS[why]), positives=model.figures.get("positives"), shadow=judged or 0)
    for other in _siblings(session, model, "promoted"):
        _move(session, other, "retired", "retired", user_id, instead=model.version)
    session.flush()  # the old one out of charge before the new one in: the database allows one
    _move(session, model, "promoted", "promoted", user_id)


def roll_back(session: Session, model_id: int, user_id: int | None) -> int | None:
    """Take a promoted model out of charge; the version that was in charge before it returns, else the rules judge.

    The id of the model in charge now, None for the rules. Calls already judged keep their assessments.
    """
    model = _model(session, model_id)
    if model.state != "promoted":
        raise NotPromoted("state", "Only a model in charge can be rolled back.")
    before = session.scalar(
        select(LearnedModel)
        .join(ModelEvent, ModelEvent.model_id == LearnedModel.id)
        .where(
            LearnedModel.criterion == model.criterion,
            LearnedModel.language == model.language,
            LearnedModel.version < model.version,
            ModelEvent.event == "promoted",
        )
        .order_by(LearnedModel.version.desc())
        .limit(1)
    )
    _move(session, model, "retired", "rolled_back", user_id, to=before.version if before else "rules")
    session.flush()
    if before is not None:
        _move(session, before, "promoted", "promoted", user_id, again=True)
    return before.id if before else None


def refusal_of(model: LearnedModel, shadow_calls: int) -> str | None:
    """The first condition of promotion that is not met, by a short name (see WORDS); None when all are."""
    if model.state == "promoted":
        return "in_charge"
    if model.state != "shadow":
        return "no_shadow"
    judged_by = refusal_of_leads if model.criterion == LEADS else _refusal_of_answers
    return judged_by(model.figures, model.test) or ("short_shadow" if shadow_calls < SHADOW_CALLS else None)


def _refusal_of_answers(figures: Mapping[str, Any], test: Mapping[str, Any]) -> str | None:
    mine, rules = (test.get("model") or {}).get("kappa"), (test.get("rules") or {}).get("kappa")
    if int(figures.get("positives", 0)) < POSITIVES and int(figures.get("all_positives", 0)) < POSITIVES:
        return "few_labels"
    return "not_better" if mine is None or mine <= (rules or 0.0) else None


WORDS: Final = {
    "in_charge": "This model is in charge already.",
    "no_shadow": "A model is promoted out of the shadow: let it judge there first.",
    "few_labels": f"It saw fewer than {POSITIVES} labels on the rarer side.",
    "not_better": "On the frozen test it agrees with people no better than the rules do.",
    "short_shadow": f"It has judged fewer than {SHADOW_CALLS} calls in the shadow.",
}
LEAD_WORDS: Final = {
    "not_better": "On the frozen test it ranks closed leads no better than the rules do.",
    "short_shadow": f"It has judged fewer than {SHADOW_CALLS} closed leads in the shadow.",
}


def _model(session: Session, model_id: int) -> LearnedModel:
    found = session.get(LearnedModel, model_id, with_for_update=True)
    if found is None:
        raise NotPromoted("gone", f"There is no model {model_id}.")
    return found


def _siblings(session: Session, model: LearnedModel, state: str) -> list[LearnedModel]:
    same = select(LearnedModel).where(
        LearnedModel.criterion == model.criterion,
        LearnedModel.language == model.language,
        LearnedModel.state == state,
        LearnedModel.id != model.id,
    )
    return list(session.scalars(same))


def _move(session: Session, model: LearnedModel, state: str, event: str, user_id: int | None, **details: Any) -> None:
    before, model.state = model.state, state
    session.add(ModelEvent(model_id=model.id, user_id=user_id, event=event, details=details))
    record(
        session,
        user_id,
        f"model.{event}",
        "model",
        model.id,
        criterion=model.criterion,
        language=model.language,
        version=model.version,
        before=before,
        after=state,
    )


def _row(model: LearnedModel, calls: int, differing: int) -> ModelRow:
    return ModelRow(
        id=model.id,
        criterion=model.criterion,
        language=model.language,
        version=model.version,
        state=model.state,
        data_sha256=model.data_sha256,
        file=model.file,
        file_sha256=model.file_sha256,
        figures=model.figures,
        test=model.test,
        shadow_calls=calls,
        shadow_differs=differing,
        refusal=refusal_of(model, calls),
    )
