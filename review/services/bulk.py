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

    `left` is (call, reason): not_scored, gone, full, cannot_take, some_cannot_take. `rings` are to be rung for after
    the commit.
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
    user_ids: Sequence[int],
    *,
    due_at: datetime | None = None,
    why: str = "",
    blind: bool = False,
) -> BulkDone:
    """Give each call to every one of these reviewers, as a calibration needs it.

    A call is `same` when it waits for all of them already, and left when one of them may not score it: the others have
    it then, which `some_cannot_take` says where there are several.
    """
    before = {user_id: _waiting(session, call_ids, user_id) for user_id in user_ids}
    for user_id in user_ids:
        wanted = [call_id for call_id in call_ids if call_id not in before[user_id]]
        assign(session, wanted, user_id, due_at=due_at, by=viewer.user_id, why=why, blind=blind)
    now = {user_id: _waiting(session, call_ids, user_id) for user_id in user_ids}
    left = [
        (call_id, "some_cannot_take" if any(call_id in now[user_id] for user_id in user_ids) else "cannot_take")
        for call_id in call_ids
        if any(call_id not in now[user_id] for user_id in user_ids)
    ]
    same = sum(all(call_id in before[user_id] for user_id in user_ids) for call_id in call_ids)
    return BulkDone(done=len(call_ids) - same - len(left), same=same, left=tuple(left))


def _waiting(session: Session, call_ids: Sequence[int], user_id: int) -> set[int]:
    open_ones = select(Assignment.call_id).where(
        Assignment.call_id.in_(list(call_ids)), Assignment.user_id == user_id, Assignment.state == "open"
    )
    return set(session.scalars(open_ones))
