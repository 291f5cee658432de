"""The reconciler's statements: what to ring again, and what nobody will ever come back for."""

from __future__ import annotations

from sqlalchemy import case, exists, false, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from review.call_steps import CALL, MAX_ATTEMPTS, REHINT_SECONDS, RING_LIMIT, STEP_OF_STATE, STEPS, WORKER_LOST, Step
from review.clock import database_now
from review.models import StoredTranscript
from review.models.base import Json


def reconcile(session: Session, *, rehint: float = REHINT_SECONDS, limit: int = RING_LIMIT) -> list[tuple[int, Step]]:
    """Bury what ran out of attempts; mark what is due and was not rung lately, and give it back for ringing.

    Commit before ringing: a call rung first could be looked at before its mark is there. At most `limit` calls, the
    longest unrung first, so that a long backlog cannot flood the queue.
    """
    bury_exhausted(session)
    due = (
        select(CALL.c.id)
        .where(
            CALL.c.state.in_(STEP_OF_STATE),
            CALL.c.attempts < MAX_ATTEMPTS,
            CALL.c.next_at <= database_now(),
            CALL.c.hinted_at <= database_now() - rehint,
            or_(
                CALL.c.state.in_([states.ready for states in STEPS.values()]),
                CALL.c.lease_until < database_now(),
            ),
        )
        .order_by(CALL.c.hinted_at, CALL.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(
        update(CALL)
        .where(CALL.c.id.in_(due.scalar_subquery()))
        .values(hinted_at=database_now())
        .returning(CALL.c.id, CALL.c.state)
    ).all()
    return sorted((row.id, STEP_OF_STATE[row.state]) for row in rows)


def bury_exhausted(session: Session) -> list[int]:
    """End calls whose lease ran out in their last attempt: nobody is left to say why. Their ids.

    A call that was being transcribed again rests with the transcript it had.
    """
    buried: list[int] = []
    for step, states in STEPS.items():
        reason = type_coerce(WORKER_LOST.to_json(step), Json)
        has_words = exists().where(StoredTranscript.call_id == CALL.c.id) if step == "transcribe" else false()
        rows = session.scalars(
            update(CALL)
            .where(
                CALL.c.state.in_((states.ready, states.running)),
                CALL.c.attempts >= MAX_ATTEMPTS,
                CALL.c.next_at <= database_now(),  # always so once claimed; lets SQLite search (state, next_at)
                or_(CALL.c.state == states.ready, CALL.c.lease_until < database_now()),
            )
            .values(
                state=case((has_words, STEPS["score"].done), else_="dead"),
                attempts=case((has_words, 0), else_=CALL.c.attempts),
                lease_token=None,
                lease_until=None,
                hinted_at=0.0,
                failure=func.coalesce(CALL.c.failure, reason),
            )
            .returning(CALL.c.id)
        )
        buried.extend(rows)
    return buried
