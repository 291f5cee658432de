"""Telling the people of a session or plan that something of it is theirs to know or to do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.coaching.without_coach import stand_ins
from review.comments.notices import notify
from review.models import CoachingPlan, CoachingSession, Rep, User
from review.queries.viewer import Viewer


def tell_rep(
    session: Session, row: CoachingSession | CoachingPlan, kind: str, *, by: Viewer | None, **more: Any
) -> None:
    """Tell the rep, if they sign in here and are not who did it."""
    user_id = rep_user(session, row.rep_id)
    if user_id is not None and (by is None or by.user_id != user_id):
        notify(session, user_id, kind, body=_body(row, by, more))


def tell_coach(
    session: Session, row: CoachingSession | CoachingPlan, kind: str, *, by: Viewer | None, **more: Any
) -> None:
    """Tell the coach, unless they did it; where the coach has left, those who can take it over."""
    coach = working_user(session, row.coach_id)
    for user_id in stand_ins(session, row.rep_id) if coach is None else (coach,):
        if by is None or by.user_id != user_id:
            notify(session, user_id, kind, body=_body(row, by, more))


def rep_user(session: Session, rep_id: int | None) -> int | None:
    """The account of a rep who can sign in."""
    return session.scalar(
        select(User.id).join(Rep, Rep.user_id == User.id).where(Rep.id == rep_id, User.disabled_at.is_(None))
    )


def working_user(session: Session, user_id: int | None) -> int | None:
    """The account, unless it is gone or disabled."""
    return session.scalar(select(User.id).where(User.id == user_id, User.disabled_at.is_(None)))


def _body(row: CoachingSession | CoachingPlan, by: Viewer | None, more: dict[str, Any]) -> dict[str, Any]:
    page = f"/coaching/{row.id}" if isinstance(row, CoachingSession) else f"/coaching/plans/{row.id}"
    return {"url": page, "rep": row.rep_name, **({"by": by.name} if by is not None else {}), **more}
