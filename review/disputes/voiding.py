"""When the evaluation itself goes: its open dispute ends with it, and those who wait for an answer are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.disputes.people import around, deciders_of
from review.disputes.steps import add_step, close
from review.disputes.telling import tell_people
from review.models import OPEN_DISPUTES, Dispute, Evaluation
from review.queries.viewer import Viewer
from review.services.audit import record


def end_with_evaluation(session: Session, row: Evaluation, viewer: Viewer, now: datetime) -> None:
    """Close the open dispute of an evaluation that is made void, if there is one."""
    dispute = session.scalars(
        select(Dispute)
        .where(Dispute.evaluation_id == row.id, Dispute.state.in_(OPEN_DISPUTES))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if dispute is None:
        return
    there = around(session, row.call_id)
    who = deciders_of(session, dispute, there)
    close(session, dispute, row, "void", now, user_id=viewer.user_id)
    add_step(session, dispute, viewer, "void", now)
    record(session, viewer.user_id, "dispute.void", "dispute", dispute.id, evaluation=row.id)
    session.flush()
    people = [*who, dispute.raised_by, there.rep_user, dispute.scorer_id]
    tell_people(session, dispute, people, "dispute_void", by=viewer.user_id, who=viewer.name)
