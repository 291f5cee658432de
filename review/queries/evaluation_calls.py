"""The call an evaluation belongs to, for whoever knows only the evaluation's number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.evaluations.view import visible_evaluations
from review.models import Call, Evaluation, utc_now
from review.queries.viewer import Viewer


def find_call_of(session: Session, evaluation_id: int, viewer: Viewer) -> int | None:
    """The call's id; None when there is no such evaluation or it is not this person's to see."""
    return session.scalar(
        select(Evaluation.call_id)
        .join(Call, Call.id == Evaluation.call_id)
        .where(Evaluation.id == evaluation_id, visible_evaluations(viewer, utc_now()))
    )
