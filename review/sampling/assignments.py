"""Assignments: a call given to somebody to score; done, skipped with a reason, handed on or taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.errors import ReviewError
from review.models import Assignment, Call, User, utc_now
from review.queries.viewer import Viewer
from review.sampling.handing import put, tell_assigned
from review.sampling.reviewers import is_lead, who_may
from review.services import audit

LONGEST_REASON: Final = 500


class NoSuchAssignment(ReviewError):
    """There is no such assignment, or it is not this person's to see."""

    code = "no_such_assignment"

    def __init__(self, assignment_id: int) -> None:
        super().__init__(f"There is no assignment {assignment_id} that you may see.")
        self.assignment_id = assignment_id


class NotOpen(ReviewError):
    """The assignment was done, skipped or taken back meanwhile; carries its `state`."""

    code = "assignment_not_open"

    def __init__(self, assignment_id: int, state: str) -> None:
        super().__init__(f"Assignment {assignment_id} is {state} by now; it was left as it is.")
        self.assignment_id = assignment_id
        self.state = state


class ReasonNeeded(ReviewError):
    """A call is skipped only with a reason of 3 to 500 characters: it leaves a gap in what was drawn."""

    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__(f"Say in a few words why (at most {LONGEST_REASON} characters). Nothing was changed.")


class CannotTake(ReviewError):
    """The person a call was to go to cannot score it: own call, not theirs to see, shut out, or has it already."""

    code = "cannot_take"

    def __init__(self, user_id: int, call_id: int) -> None:
        super().__init__(f"User {user_id} cannot score call {call_id}; it stays where it is.")
        self.user_id = user_id
        self.call_id = call_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRow:
    """One assignment. `probability` is the chance of the lot, 0..1; `why` the reasons, each with its `kind`."""

    id: int
    call_id: int
    user_id: int | None
    rule_id: int | None
    part: str
    probability: float | None
    why: tuple[Mapping[str, Any], ...]
    blind: bool
    standard: str | None
    due_at: datetime | None
    state: str
    evaluation_id: int | None
    created_at: datetime

    def overdue(self, now: datetime) -> bool:
        """Whether it should be done by now."""
        return self.state == "open" and self.due_at is not None and self.due_at < now


def assign(
    session: Session,
    call_ids: Collection[int],
    user_id: int,
    *,
    due_at: datetime | None,
    by: int | None,
    why: str | Sequence[Mapping[str, Any]] = "",
    part: str = "chosen",
    blind: bool = False,
    standard: str | None = None,
) -> int:
    """Give calls to somebody by hand; how many were given.

    Left out are calls that are gone, that the person held or may not see, and those that wait for them already. `why`
    is a sentence, or reasons as stored.
    """
    may = who_may(session, [user_id])
    reasons = [{"kind": "chosen", "text": why.strip()[:LONGEST_REASON]}] if isinstance(why, str) else [*map(dict, why)]
    made = []
    wanted = sorted(set(call_ids))
    for start in range(0, len(wanted), 500):
        rows = session.execute(select(Call.id, Call.rep_id).where(Call.id.in_(wanted[start : start + 500])))
        for call_id, rep_id in sorted((row[0], row[1]) for row in rows):
            if not may(user_id, rep_id):
                continue
            values = {
                "call_id": call_id,
                "user_id": user_id,
                "part": part,
                "why": reasons,
                "blind": blind,
                "standard": standard,
                "due_at": due_at,
                "assigned_by": by,
            }
            if put(session, values) is not None:
                made.append(call_id)
    if made:
        audit.record(session, by, "assignment.made", "user", user_id, calls=made[:200], count=len(made))
        tell_assigned(session, {user_id: len(made)}, by=by)
    return len(made)


def get_assignment(session: Session, viewer: Viewer, assignment_id: int) -> AssignmentRow:
    """The viewer's assignment, or anybody's for a lead. Raises NoSuchAssignment."""
    return assignment_row(_get(session, viewer, assignment_id))


def find(session: Session, assignment_id: int, user_id: int) -> AssignmentRow | None:
    """The assignment a person scores a call by, `part` as `drawn_by` says; None when it is not theirs or taken back."""
    row = session.get(Assignment, assignment_id)
    if row is None or row.user_id != user_id or row.state not in ("open", "done"):
        return None
    found = assignment_row(row)
    return replace(found, part="random") if drawn_by(session, assignment_id) == "random" else found


def find_open(session: Session, call_id: int, user_id: int) -> AssignmentRow | None:
    """The assignment by which a call waits for a person; None when it does not."""
    wanted = (Assignment.call_id == call_id, Assignment.user_id == user_id, Assignment.state == "open")
    row = session.scalar(select(Assignment).where(*wanted))
    return None if row is None else assignment_row(row)


def find_mine(session: Session, call_id: int, user_id: int) -> AssignmentRow | None:
    """Why a person has a call: the assignment it waits for them by, else the last one they finished; else None."""
    wanted = (Assignment.call_id == call_id, Assignment.user_id == user_id, Assignment.state.in_(("open", "done")))
    newest = select(Assignment).where(*wanted).order_by(Assignment.state != "open", Assignment.id.desc()).limit(1)
    row = session.scalar(newest)
    return None if row is None else assignment_row(row)


def drawn_by(session: Session, assignment_id: int | None) -> str:
    """How a call came to be scored, for its verdicts: random, risk or chosen. The lot counts wherever it fell."""
    row = None if assignment_id is None else session.get(Assignment, assignment_id)
    if row is None:
        return "chosen"
    if row.part == "random" or any(reason.get("kind") == "random" for reason in row.why):
        return "random"
    return "risk" if row.part == "risk" else "chosen"


def finish(session: Session, assignment_id: int | None, evaluation_id: int) -> bool:
    """The call was scored; False when there was nothing open to finish (done twice does no harm)."""
    if assignment_id is None:
        return False
    done = session.scalar(
        update(Assignment)
        .where(Assignment.id == assignment_id, Assignment.state == "open")
        .values(state="done", evaluation_id=evaluation_id, finished_at=utc_now())
        .returning(Assignment.id)
        .execution_options(synchronize_session="fetch")
    )
    return done is not None


def skip(session: Session, viewer: Viewer, assignment_id: int, reason: str) -> None:
    """Leave the call out, with a reason its lead reads. Raises NoSuchAssignment, NotOpen, ReasonNeeded."""
    _close(session, viewer, assignment_id, "skipped", reason)


def withdraw(session: Session, viewer: Viewer, assignment_id: int, reason: str) -> None:
    """Take the call back; leads only. Raises NoSuchAssignment, NotOpen, ReasonNeeded."""
    if not is_lead(viewer):
        raise NoSuchAssignment(assignment_id)
    row = _close(session, viewer, assignment_id, "withdrawn", reason)
    if row.user_id is not None and row.user_id != viewer.user_id:
        notify(session, row.user_id, "withdrawn", call_id=row.call_id, body={"by": viewer.name})


def hand_on(session: Session, viewer: Viewer, assignment_id: int, to_user: int) -> None:
    """Give an open call to somebody else. Raises NoSuchAssignment, NotOpen, CannotTake."""
    row = _open(session, viewer, assignment_id)
    if row.user_id == to_user:
        return
    if row.part == "calibration" and row.draw_id is None:  # a session compares its own people
        raise CannotTake(to_user, row.call_id)
    rep_id = session.scalar(select(Call.rep_id).where(Call.id == row.call_id))
    if not who_may(session, [to_user])(to_user, rep_id) or _has(session, row.call_id, to_user):
        raise CannotTake(to_user, row.call_id)
    move(session, row, to_user, by=viewer.user_id, because="handed_on", said_by=viewer.name)


def move(session: Session, row: Assignment, to_user: int, *, by: int | None, because: str, said_by: str | None) -> None:
    """Put an open assignment into another queue, say so on it and in the audit log, and tell the person."""
    before = session.get(User, row.user_id) if row.user_id is not None else None
    note = {"kind": "handed_on", "from": before.name if before else None, "because": because}
    row.why = [*(reason for reason in row.why if reason.get("kind") != "handed_on"), note]
    old, row.user_id = row.user_id, to_user
    session.flush()
    audit.record(session, by, "assignment.handed_on", "assignment", row.id, before=old, after=to_user, because=because)
    if to_user != by:
        body = {"from": note["from"], "because": because, "by": said_by}
        notify(session, to_user, "handed_on", call_id=row.call_id, body=body)


def assignment_row(row: Assignment) -> AssignmentRow:
    """A row as a frozen object."""
    return AssignmentRow(
        id=row.id,
        call_id=row.call_id,
        user_id=row.user_id,
        rule_id=row.rule_id,
        part=row.part,
        probability=row.probability,
        why=tuple(row.why),
        blind=row.blind,
        standard=row.standard,
        due_at=row.due_at,
        state=row.state,
        evaluation_id=row.evaluation_id,
        created_at=row.created_at,
    )


def _get(session: Session, viewer: Viewer, assignment_id: int, *, lock: bool = False) -> Assignment:
    row = session.get(Assignment, assignment_id, populate_existing=True, with_for_update=lock or None)
    if row is None or (row.user_id != viewer.user_id and not is_lead(viewer)):
        raise NoSuchAssignment(assignment_id)
    return row


def _open(session: Session, viewer: Viewer, assignment_id: int) -> Assignment:
    row = _get(session, viewer, assignment_id, lock=True)
    if row.state != "open":
        raise NotOpen(assignment_id, row.state)
    return row


def _close(session: Session, viewer: Viewer, assignment_id: int, state: str, reason: str) -> Assignment:
    words = " ".join(reason.replace("\x00", "").split())
    if not 3 <= len(words) <= LONGEST_REASON:
        raise ReasonNeeded
    row = _open(session, viewer, assignment_id)
    row.state, row.reason, row.finished_at = state, words, utc_now()
    session.flush()
    audit.record(session, viewer.user_id, f"assignment.{state}", "assignment", row.id, call=row.call_id, part=row.part)
    return row


def _has(session: Session, call_id: int, user_id: int) -> bool:
    wanted = (Assignment.call_id == call_id, Assignment.user_id == user_id, Assignment.state.in_(("open", "done")))
    return session.scalar(select(Assignment.id).where(*wanted).limit(1)) is not None
