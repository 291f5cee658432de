"""Single changes of a dispute's row that several acts share: a step written down, a level begun, the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from review.disputes.levels import Level
from review.disputes.people import Around, deciders_of
from review.disputes.rules import Rules, deadline
from review.models import Dispute, DisputeEvent, Evaluation, EvaluationEvent
from review.queries.viewer import Viewer


def add_step(
    session: Session, dispute: Dispute, viewer: Viewer | None, event: str, now: datetime, **details: Any
) -> None:
    """Append one step; without a viewer it happened by itself."""
    session.add(
        DisputeEvent(
            dispute_id=dispute.id,
            at=now,
            user_id=viewer.user_id if viewer else None,
            name=viewer.name if viewer else "",
            event=event,
            details=details,
        )
    )


def begin_level(
    session: Session, dispute: Dispute, there: Around, level: Level, why: str, rules: Rules, now: datetime
) -> None:
    """The dispute waits at this level from now on, with its own deadline."""
    dispute.state, dispute.lead_why = level, why if level == "lead" else ""
    who = deciders_of(session, dispute, there)
    days = rules.first_days if level == "first" else rules.lead_days
    _wait(session, dispute, days, rules, now, user_id=who[0] if who else None)


def wait_for_answer(session: Session, dispute: Dispute, rules: Rules, now: datetime) -> None:
    """The manager has decided, not all as was asked: it can be taken further for a while."""
    dispute.state = "answered"
    _wait(session, dispute, rules.further_days, rules, now, user_id=dispute.raised_by)


def _wait(session: Session, dispute: Dispute, days: int, rules: Rules, now: datetime, *, user_id: int | None) -> None:
    dispute.due_at, dispute.remind_at = deadline(session, now, days, rules, user_id=user_id)
    dispute.since, dispute.reminded, dispute.stranded_at = now, 0, None
    dispute.revision = (dispute.revision or 0) + 1


def close(
    session: Session, dispute: Dispute, row: Evaluation, state: str, now: datetime, *, user_id: int | None
) -> None:
    """End it: decided (the evaluation is final), withdrawn (it is as it was before), or void with its evaluation."""
    dispute.state, dispute.closed_at, dispute.since = state, now, now
    dispute.due_at, dispute.remind_at, dispute.stranded_at = None, None, None
    dispute.revision += 1
    if state == "void":
        return
    if state == "decided":
        row.state, row.closed_at = "final", now
    else:
        row.state, row.dispute = dispute.evaluation_state, ""
    row.revision += 1
    row.updated_at = now
    event = "final" if state == "decided" else "dispute_withdrawn"
    session.add(
        EvaluationEvent(
            evaluation_id=row.id, user_id=user_id, event=event, details={"dispute": dispute.id, "was": "disputed"}
        )
    )
