"""Acting on many calls at once, a slice at a time: what was done to each, and what could not be and why.

Who may see the calls is settled before: `call_ids` come from review.queries.selection. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import NoSuchCall, NotRetried
from review.models import Assignment
from review.queries.viewer import Viewer
from review.sampling.assignments import assign
from review.services.audit import record
from review.services.calls import score_again
from review.services.tags import tag_calls, untag_calls
from review.states import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDone:
    """What came of one slice: how many calls were changed, how many were so already, why others could not be.

    `left` is (call, reason): not_scored, gone, full, cannot_take. `rings` are to be rung for after the commit.
    """

    done: int
    same: int = 0
    left: tuple[tuple[int, str], ...] = ()
    rings: tuple[tuple[int, Step], ...] = ()


def tag_many(session: Session, viewer: Viewer, call_ids: Sequence[int], name: str) -> BulkDone:
    """Put a tag on calls. Raises TagRefused."""
    made = tag_calls(session, viewer.user_id, call_ids, name)
    return BulkDone(done=len(made.changed), same=len(made.same), left=tuple((one, "full") for one in made.full))


def untag_many(session: Session, viewer: Viewer, call_ids: Sequence[int], name: str) -> BulkDone:
    """Take a tag off calls. Raises TagRefused."""
    made = untag_calls(session, viewer.user_id, call_ids, name)
    return BulkDone(done=len(made.changed), same=len(made.same))


def rescore_many(session: Session, viewer: Viewer, call_ids: Sequence[int]) -> BulkDone:
    """Send calls to be scored anew by the workers; the new assessments will stand beside the old ones."""
    rings: list[tuple[int, Step]] = []
    left: list[tuple[int, str]] = []
    for call_id in call_ids:
        try:
            rings.append((call_id, score_again(session, call_id)))
        except NotRetried:
            left.append((call_id, "not_scored"))
            continue
        except NoSuchCall:
            left.append((call_id, "gone"))
            continue
        record(session, viewer.user_id, "call.score_again", "call", call_id, many=True)
    return BulkDone(done=len(rings), left=tuple(left), rings=tuple(rings))


def assign_many(
    session: Session,
    viewer: Viewer,
    call_ids: Sequence[int],
    user_id: int,
    *,
    due_at: datetime | None = None,
    why: str = "",
) -> BulkDone:
    """Give calls to a reviewer. Those who have it waiting already, and calls the person may not score, are left."""
    waiting = _waiting(session, call_ids, user_id)
    wanted = [call_id for call_id in call_ids if call_id not in waiting]
    made = assign(session, wanted, user_id, due_at=due_at, by=viewer.user_id, why=why)
    now = _waiting(session, wanted, user_id)
    left = tuple((call_id, "cannot_take") for call_id in wanted if call_id not in now)
    return BulkDone(done=made, same=len(waiting), left=left)


def _waiting(session: Session, call_ids: Sequence[int], user_id: int) -> set[int]:
    open_ones = select(Assignment.call_id).where(
        Assignment.call_id.in_(list(call_ids)), Assignment.user_id == user_id, Assignment.state == "open"
    )
    return set(session.scalars(open_ones))
