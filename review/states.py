"""The states a call goes through, and the only statements that may change them.

The call's row is the truth and the queue a doorbell. A worker claims a step by one conditional UPDATE that sets a
lease and a token; while it works it beats; its result counts only if the token still matches (the fence). All times
are read from the database's clock inside the statement. Nothing here commits: the caller owns the transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from review.clock import database_now
from review.models import Call, utc_now
from review.models.base import Json

Step = Literal["transcribe", "score"]

LEASE_SECONDS: Final = 90.0
BEAT_SECONDS: Final = 30.0  # a lease / 3: two beats may be missed
REHINT_SECONDS: Final = 60.0  # a due call is rung again when nobody came for this long
MAX_ATTEMPTS: Final = 5
BACKOFF_SECONDS: Final = (5.0, 20.0, 60.0, 300.0)  # wait after the first, second, ... failed attempt
RING_LIMIT: Final = 200  # calls a single reconcile marks and rings


@dataclass(frozen=True, slots=True)
class StepStates:
    """The states before, during and after a step."""

    ready: str
    running: str
    done: str


STEPS: Final[Mapping[Step, StepStates]] = {
    "transcribe": StepStates("received", "transcribing", "transcribed"),
    "score": StepStates("transcribed", "scoring", "scored"),
}
_STEP_OF_STATE: Final[Mapping[str, Step]] = {
    state: step for step, states in STEPS.items() for state in (states.ready, states.running)
}
_CALL: Final[Table] = Call.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do one step of one call until the lease runs out; `token` is the fence, `attempt` counts from 1."""

    call_id: int
    step: Step
    token: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed, for a person: what happened, what was kept, what to do."""

    code: str
    message: str
    kept: str = "The recording is kept."
    advice: str = "Press Retry to try again."

    def to_json(self, step: Step) -> dict[str, Any]:
        """As the call's row keeps it; `at` is when it failed, ISO 8601."""
        return {
            "step": step,
            "code": self.code,
            "message": self.message,
            "kept": self.kept,
            "advice": self.advice,
            "at": utc_now().isoformat(timespec="seconds"),
        }


WORKER_LOST: Final = Failure(
    "worker_lost",
    f"The program working on this call stopped {MAX_ATTEMPTS} times before it was done.",
    advice="Press Retry; if it happens again, look for lack of memory on the health page and in the log.",
)


def new_token() -> str:
    """A token no other claim has."""
    return secrets.token_hex(16)


def claim_call(
    session: Session, call_id: int, step: Step, token: str | None = None, *, lease: float = LEASE_SECONDS
) -> Claim | None:
    """Take a step of a call for `lease` seconds; None when it is not due, not ready, or somebody else's."""
    states = STEPS[step]
    token = token or new_token()
    attempts = session.scalar(
        update(_CALL)
        .where(
            _CALL.c.id == call_id,
            _CALL.c.attempts < MAX_ATTEMPTS,
            _CALL.c.next_at <= database_now(),
            or_(
                _CALL.c.state == states.ready,
                and_(_CALL.c.state == states.running, _CALL.c.lease_until < database_now()),
            ),
        )
        .values(
            state=states.running,
            lease_token=token,
            lease_until=database_now() + lease,
            attempts=_CALL.c.attempts + 1,
            hinted_at=0.0,  # if this worker dies, the sweep need not wait for the re-hint time
            progress=0.0,
            failure=None,
        )
        .returning(_CALL.c.attempts)
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
        attempts: ColumnElement[int] | int = _CALL.c.attempts - 1
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
    """End the call as failed, with the reason and a Retry button; False when the claim was lost."""
    return _held(
        session,
        claim,
        state="dead",
        lease_token=None,
        lease_until=None,
        hinted_at=0.0,
        failure=failure.to_json(claim.step),
    )


def park_needs_model(session: Session, claim: Claim, reason: str, advice: str) -> bool:
    """Set the call aside until a speech model can be had; the attempt does not count. False: the claim was lost."""
    return _held(
        session,
        claim,
        state="needs_model",
        lease_token=None,
        lease_until=None,
        attempts=_CALL.c.attempts - 1,
        hinted_at=0.0,
        progress=0.0,
        engine_wait={"reason": reason, "advice": advice, "at": utc_now().isoformat(timespec="seconds")},
    )


def unpark_needs_model(session: Session, call_ids: Sequence[int] | None = None) -> list[tuple[int, Step]]:
    """Make calls that waited for a speech model (all, or those given) ready again; ring what comes back."""
    chosen = [_CALL.c.state == "needs_model"]
    if call_ids is not None:
        chosen.append(_CALL.c.id.in_(call_ids))
    rows = session.scalars(
        update(_CALL).where(*chosen).values(**_fresh("received"), engine_wait=None).returning(_CALL.c.id)
    )
    return [(call_id, "transcribe") for call_id in rows]


def retry_call(session: Session, call_id: int) -> Step | None:
    """Start a dead or waiting call again, from the step that failed; None when it is in neither state."""
    row = session.execute(select(_CALL.c.state, _CALL.c.failure).where(_CALL.c.id == call_id)).one_or_none()
    if row is None or row.state not in ("dead", "needs_model"):
        return None
    step: Step = "score" if row.state == "dead" and (row.failure or {}).get("step") == "score" else "transcribe"
    changed = session.scalar(
        update(_CALL)
        .where(_CALL.c.id == call_id, _CALL.c.state == row.state)
        .values(**_fresh(STEPS[step].ready), engine_wait=None)
        .returning(_CALL.c.id)
    )
    return None if changed is None else step


def make_ready(session: Session, call_id: int, step: Step, *, when: Sequence[str]) -> bool:
    """Let a call that rests in one of the states `when` go through a step (again); False when it is in another."""
    changed = session.scalar(
        update(_CALL)
        .where(_CALL.c.id == call_id, _CALL.c.state.in_(when))
        .values(**_fresh(STEPS[step].ready))
        .returning(_CALL.c.id)
    )
    return changed is not None


def reconcile(session: Session, *, rehint: float = REHINT_SECONDS, limit: int = RING_LIMIT) -> list[tuple[int, Step]]:
    """Bury what ran out of attempts; mark what is due and was not rung lately, and give it back for ringing.

    Commit before ringing: a call rung first could be looked at before its mark is there. At most `limit` calls, the
    longest unrung first, so that a long backlog cannot flood the queue.
    """
    bury_exhausted(session)
    due = (
        select(_CALL.c.id)
        .where(
            _CALL.c.state.in_(_STEP_OF_STATE),
            _CALL.c.attempts < MAX_ATTEMPTS,
            _CALL.c.next_at <= database_now(),
            _CALL.c.hinted_at <= database_now() - rehint,
            or_(
                _CALL.c.state.in_([states.ready for states in STEPS.values()]),
                _CALL.c.lease_until < database_now(),
            ),
        )
        .order_by(_CALL.c.hinted_at, _CALL.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(
        update(_CALL)
        .where(_CALL.c.id.in_(due.scalar_subquery()))
        .values(hinted_at=database_now())
        .returning(_CALL.c.id, _CALL.c.state)
    ).all()
    return sorted((row.id, _STEP_OF_STATE[row.state]) for row in rows)


def bury_exhausted(session: Session) -> list[int]:
    """End calls whose lease ran out in their last attempt: nobody is left to say why. Their ids."""
    buried: list[int] = []
    for step, states in STEPS.items():
        reason = type_coerce(WORKER_LOST.to_json(step), Json)
        rows = session.scalars(
            update(_CALL)
            .where(
                _CALL.c.attempts >= MAX_ATTEMPTS,
                or_(
                    and_(_CALL.c.state == states.running, _CALL.c.lease_until < database_now()),
                    _CALL.c.state == states.ready,
                ),
            )
            .values(
                state="dead",
                lease_token=None,
                lease_until=None,
                hinted_at=0.0,
                failure=func.coalesce(_CALL.c.failure, reason),
            )
            .returning(_CALL.c.id)
        )
        buried.extend(rows)
    return buried


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
        update(_CALL)
        .where(
            _CALL.c.id == claim.call_id,
            _CALL.c.state == STEPS[claim.step].running,
            _CALL.c.lease_token == claim.token,
        )
        .values(**values)
        .returning(_CALL.c.id)
    )
    return changed is not None
