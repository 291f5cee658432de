"""The states a call goes through, and the only statements that may change them.

The call's row is the truth and the queue a doorbell. A worker claims a step by one conditional UPDATE that sets a
lease and a token; while it works it beats; its result counts only if the token still matches (the fence). All times
are read from the database's clock inside the statement. Nothing here commits: the caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.orm import Session

from review.call_steps import (
    BACKOFF_SECONDS,
    BEAT_SECONDS,
    CALL,
    LEASE_SECONDS,
    MAX_ATTEMPTS,
    STEPS,
    WORKER_LOST,
    Claim,
    Failure,
    Step,
    new_token,
)
from review.clock import database_now
from review.models import StoredTranscript, utc_now
from review.reconcile import bury_exhausted, reconcile

__all__ = [
    "BEAT_SECONDS",
    "LEASE_SECONDS",
    "MAX_ATTEMPTS",
    "STEPS",
    "Claim",
    "Failure",
    "Step",
    "beat",
    "bury",
    "bury_exhausted",
    "claim_call",
    "finish",
    "make_ready",
    "new_token",
    "park_needs_model",
    "reconcile",
    "release",
    "retry_call",
    "send_again",
    "set_progress",
    "unpark_needs_model",
]


def claim_call(
    session: Session, call_id: int, step: Step, token: str | None = None, *, lease: float = LEASE_SECONDS
) -> Claim | None:
    """Take a step of a call for `lease` seconds; None when it is not due, not ready, or somebody else's."""
    states = STEPS[step]
    token = token or new_token()
    attempts = session.scalar(
        update(CALL)
        .where(
            CALL.c.id == call_id,
            CALL.c.attempts < MAX_ATTEMPTS,
            CALL.c.next_at <= database_now(),
            or_(
                CALL.c.state == states.ready,
                and_(CALL.c.state == states.running, CALL.c.lease_until < database_now()),
            ),
        )
        .values(
            state=states.running,
            lease_token=token,
            lease_until=database_now() + lease,
            attempts=CALL.c.attempts + 1,
            hinted_at=0.0,  # if this worker dies, the sweep need not wait for the re-hint time
            progress=0.0,
            failure=None,
        )
        .returning(CALL.c.attempts)
    )
    return None if attempts is None else Claim(call_id, step, token, attempts)


def beat(session: Session, claim: Claim, *, lease: float = LEASE_SECONDS) -> bool:
    """Push the lease's end `lease` seconds away; False means the claim is lost: abandon the work."""
    return _held(session, claim, lease_until=database_now() + lease)


def set_progress(session: Session, claim: Claim, fraction: float) -> bool:
    """Note how much of the step is done (0..1); False means the claim is lost."""
    return _held(session, claim, progress=min(1.0, max(0.0, fraction)))


def finish(session: Session, claim: Claim, *, done: str | None = None) -> bool:
    """The fence: move the call on, if the claim still holds. On False nothing else may be stored.

    `done` names another end state than the step's own (a partial recording skips scoring).
    """
    return _held(
        session,
        claim,
        state=done or STEPS[claim.step].done,
        lease_token=None,
        lease_until=None,
        attempts=0,
        next_at=0.0,
        hinted_at=0.0,
        progress=0.0,
        failure=None,
        engine_wait=None,
    )


def release(
    session: Session,
    claim: Claim,
    *,
    delay: float | None = None,
    failure: Failure | None = None,
    give_back: bool = False,
) -> bool:
    """Put the call back for a later attempt in `delay` seconds (default: the backoff of its attempt).

    After the last attempt the call is buried instead. `give_back` does not count this attempt: for a worker that is
    told to stop, which is nothing against the call. False when the claim was lost.
    """
    if give_back:
        attempts: ColumnElement[int] | int = CALL.c.attempts - 1
        delay = delay or 0.0
    elif claim.attempt >= MAX_ATTEMPTS:
        return bury(session, claim, failure or WORKER_LOST)
    else:
        attempts = claim.attempt
    if delay is None:
        delay = BACKOFF_SECONDS[min(claim.attempt, len(BACKOFF_SECONDS)) - 1]
    return _held(
        session,
        claim,
        state=STEPS[claim.step].ready,
        lease_token=None,
        lease_until=None,
        attempts=attempts,
        next_at=database_now() + delay,
        hinted_at=0.0,
        progress=0.0,
        failure=failure.to_json(claim.step) if failure else None,
    )


def bury(session: Session, claim: Claim, failure: Failure) -> bool:
    """End the call as failed, with the reason and a Retry button; False when the claim was lost.

    A call that was only transcribed *again* keeps what it had: it rests as before, with the reason beside it.
    """
    return _held(
        session,
        claim,
        state=_end_of(claim, "dead"),
        attempts=case((has_words(claim), 0), else_=CALL.c.attempts),
        lease_token=None,
        lease_until=None,
        hinted_at=0.0,
        progress=0.0,
        failure=failure.to_json(claim.step),
    )


def park_needs_model(session: Session, claim: Claim, reason: str, advice: str) -> bool:
    """Set the call aside until a speech model can be had; the attempt does not count. False: the claim was lost.

    A call that has a transcript already does not wait: it rests with it, and says why there is no better one.
    """
    at = utc_now().isoformat(timespec="seconds")
    held = _held(
        session,
        claim,
        state=_end_of(claim, "needs_model"),
        lease_token=None,
        lease_until=None,
        attempts=case((has_words(claim), 0), else_=CALL.c.attempts - 1),
        hinted_at=0.0,
        progress=0.0,
        engine_wait={"reason": reason, "advice": advice, "at": at},
    )
    if held:
        failure = Failure("needs_model", reason, "The transcript from before is kept.", advice).to_json(claim.step)
        rests = update(CALL).where(CALL.c.id == claim.call_id, CALL.c.state == "scored")
        session.execute(rests.values(failure=failure, engine_wait=None))
    return held


def unpark_needs_model(session: Session, call_ids: Sequence[int] | None = None) -> list[tuple[int, Step]]:
    """Make calls that waited for a speech model (all, or those given) ready again; ring what comes back."""
    chosen = [CALL.c.state == "needs_model"]
    if call_ids is not None:
        chosen.append(CALL.c.id.in_(call_ids))
    rows = session.scalars(
        update(CALL).where(*chosen).values(**_fresh("received"), engine_wait=None).returning(CALL.c.id)
    )
    return [(call_id, "transcribe") for call_id in rows]


def retry_call(session: Session, call_id: int) -> Step | None:
    """Start a dead or waiting call again, from the step that failed; None when it is in neither state."""
    row = session.execute(select(CALL.c.state, CALL.c.failure).where(CALL.c.id == call_id)).one_or_none()
    if row is None or row.state not in ("dead", "needs_model"):
        return None
    step: Step = "score" if row.state == "dead" and (row.failure or {}).get("step") == "score" else "transcribe"
    changed = session.scalar(
        update(CALL)
        .where(CALL.c.id == call_id, CALL.c.state == row.state)
        .values(**_fresh(STEPS[step].ready), engine_wait=None)
        .returning(CALL.c.id)
    )
    return None if changed is None else step


def send_again(session: Session, call_ids: Sequence[int]) -> list[int]:
    """Let calls that rest with a transcript, or wait for a model, be transcribed (again); the ids of those that go.

    What they have stays shown until the new transcript is stored beside it.
    """
    rows = session.scalars(
        update(CALL)
        .where(CALL.c.id.in_(call_ids), CALL.c.state.in_(("scored", "needs_model")))
        .values(**_fresh(STEPS["transcribe"].ready), engine_wait=None, again_at=utc_now())
        .returning(CALL.c.id)
    )
    return sorted(rows)


def has_words(claim: Claim) -> ColumnElement[bool]:
    """True for a call that is being transcribed although it has a transcript: it then keeps what it had."""
    words = exists().where(StoredTranscript.call_id == claim.call_id)
    return words if claim.step == "transcribe" else words & False


def _end_of(claim: Claim, without_words: str) -> ColumnElement[str]:
    return case((has_words(claim), STEPS["score"].done), else_=without_words)


def make_ready(session: Session, call_id: int, step: Step, *, when: Sequence[str]) -> bool:
    """Let a call that rests in one of the states `when` go through a step (again); False when it is in another."""
    changed = session.scalar(
        update(CALL)
        .where(CALL.c.id == call_id, CALL.c.state.in_(when))
        .values(**_fresh(STEPS[step].ready))
        .returning(CALL.c.id)
    )
    return changed is not None


def _fresh(state: str) -> dict[str, Any]:
    """The columns of a call that starts a step with all its attempts; the sweep rings for it if nobody else does."""
    return {
        "state": state,
        "attempts": 0,
        "lease_token": None,
        "lease_until": None,
        "next_at": 0.0,
        "hinted_at": 0.0,
        "progress": 0.0,
        "failure": None,
    }


def _held(session: Session, claim: Claim, **values: Any) -> bool:
    """Change the row only while the claim holds; whether it did."""
    changed = session.scalar(
        update(CALL)
        .where(
            CALL.c.id == claim.call_id,
            CALL.c.state == STEPS[claim.step].running,
            CALL.c.lease_token == claim.token,
        )
        .values(**values)
        .returning(CALL.c.id)
    )
    return changed is not None
