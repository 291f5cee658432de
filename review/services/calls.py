"""What a person may do to a call's place in the work: start it again, let a partial recording be scored, score anew."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review import states
from review.errors import NoSuchCall, NotRetried
from review.models import CALL_STATES, Call
from review.states import Step

__all__ = ["CALL_STATES", "retry_call", "score_again", "score_partial_call"]


def retry_call(session: Session, call_id: int) -> Step:
    """Start a failed call, or one that waits for a speech model, again; the step to ring for after the commit.

    Raises NoSuchCall, NotRetried.
    """
    step = states.retry_call(session, call_id)
    if step is None:
        raise NotRetried(call_id, _state(session, call_id))
    return step


def score_partial_call(session: Session, call_id: int) -> Step | None:
    """A person says: score this call although part of its audio is missing. The step to ring for, if any."""
    _state(session, call_id)
    session.execute(
        update(Call).where(Call.id == call_id).values(score_partial=True).execution_options(synchronize_session=False)
    )
    return "score" if states.make_ready(session, call_id, "score", when=("scored",)) else None


def score_again(session: Session, call_id: int) -> Step:
    """Make a new assessment beside the old one; the step to ring for. Raises NoSuchCall, NotRetried."""
    if not states.make_ready(session, call_id, "score", when=("scored",)):
        raise NotRetried(call_id, _state(session, call_id))
    return "score"


def _state(session: Session, call_id: int) -> str:
    state = session.scalar(select(Call.state).where(Call.id == call_id))
    if state is None:
        raise NoSuchCall(call_id)
    return state
