"""What people are reminded of: actions that fall due, that are late, follow-ups that can be read, steps left behind.

Each deadline is told once: the row that was told it keeps the deadline, and of two sweeps at once only the one whose
UPDATE finds it untold tells it. A deadline that is moved is a new one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from review.coaching.follow_up import measure
from review.coaching.progress import read_steps
from review.coaching.telling import tell_coach, tell_rep
from review.models import CoachingPlan, CoachingSession, CoachingStep

SOON: Final = timedelta(hours=24)
ROUND: Final = 200
"""Rows looked at in one round; the rest come in the next."""
_UNTOLD_READY: Final = CoachingSession.told_ready.is_(None)


def remind(session: Session, now: datetime) -> int:
    """One round over the deadlines; how many were told something. Does not commit."""
    return _due_soon(session, now) + _late(session, now) + _steps(session, now)


def unread_follow_ups(session: Session) -> tuple[int, ...]:
    """Sessions whose follow-up nobody was told of yet: for `is_ready` and `tell_ready`, one transaction each."""
    query = select(CoachingSession.id).where(_UNTOLD_READY, CoachingSession.state.in_(("done", "not_done")))
    return tuple(session.scalars(query.order_by(CoachingSession.due_at, CoachingSession.id)))


def is_ready(session: Session, session_id: int, now: datetime) -> bool:
    """Whether there is something to say of a session, or nothing more can come. Reads only."""
    row = session.get(CoachingSession, session_id)
    if row is None:
        return False
    found = measure(session, row, now)
    return found.state in ("ready", "rep_gone") or found.over


def tell_ready(session: Session, session_id: int, now: datetime) -> bool:
    """Tell the coach once `is_ready`. Does not commit."""
    row = session.get(CoachingSession, session_id)
    if row is None or not is_ready(session, session_id, now):
        return False
    if not _claim(session, CoachingSession, row.id, _UNTOLD_READY, told_ready=now):
        return False
    tell_coach(session, row, "coaching_ready", by=None)
    return True


def _due_soon(session: Session, now: datetime) -> int:
    told = 0
    untold = _untold(CoachingSession.told_soon, CoachingSession.due_at)
    for row in _sessions(
        session,
        CoachingSession.state == "held",
        CoachingSession.due_at > now,
        CoachingSession.due_at <= now + SOON,
        untold,
    ):
        if _claim(session, CoachingSession, row.id, untold, told_soon=row.due_at):
            _tell_doer(session, row, "coaching_due")
            told += 1
    return told


def _late(session: Session, now: datetime) -> int:
    told = 0
    untold = _untold(CoachingSession.told_late, CoachingSession.due_at)
    for row in _sessions(
        session, CoachingSession.state.in_(("planned", "held")), CoachingSession.due_at <= now, untold
    ):
        if _claim(session, CoachingSession, row.id, untold, told_late=row.due_at):
            if row.state == "held":
                tell_rep(session, row, "coaching_late", by=None)
            tell_coach(session, row, "coaching_late", by=None)
            told += 1
    return told


def _steps(session: Session, now: datetime) -> int:
    told = 0
    untold = _untold(CoachingStep.told_late, CoachingStep.due_at)
    late = select(CoachingStep.plan_id).where(CoachingStep.done_at.is_(None), CoachingStep.due_at <= now, untold)
    plans = session.scalars(
        select(CoachingPlan)
        .where(CoachingPlan.state == "active", CoachingPlan.id.in_(late))
        .order_by(CoachingPlan.id)
        .limit(ROUND)
    ).all()
    for plan, steps in ((plan, read_steps(session, [plan])[plan.id]) for plan in plans):
        behind = []
        for step in steps:
            passed = step.due_at <= now and (step.done_at is None or step.by_itself)
            # What was done by itself is marked too: plans with nothing to tell would fill every round otherwise.
            if passed and _claim(session, CoachingStep, step.id, untold, told_late=step.due_at) and step.late(now):
                behind.append(step)
        if behind:
            tell_rep(session, plan, "coaching_steps_late", by=None, steps=len(behind))
            tell_coach(session, plan, "coaching_steps_late", by=None, steps=len(behind))
            told += 1
    return told


def _tell_doer(session: Session, row: CoachingSession, kind: str) -> None:
    if row.action_by in ("rep", "both"):
        tell_rep(session, row, kind, by=None)
    if row.action_by in ("coach", "both"):
        tell_coach(session, row, kind, by=None)


def _sessions(session: Session, *conditions: ColumnElement[bool]) -> list[CoachingSession]:
    query = select(CoachingSession).where(and_(*conditions)).order_by(CoachingSession.due_at, CoachingSession.id)
    return list(session.scalars(query.limit(ROUND)))


def _untold(mark: Any, deadline: Any) -> ColumnElement[bool]:
    return or_(mark.is_(None), mark != deadline)


def _claim(session: Session, table: Any, row_id: int, untold: ColumnElement[bool], **marks: datetime) -> bool:
    """Write down that it was told; False when another sweep did so first."""
    done = session.execute(
        update(table).where(table.id == row_id, untold).values(**marks).execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
