"""Sessions and plans whose coach has left: which they are, and who is told in the coach's place meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.coaching.rights import COACHES_ALL
from review.disputes.people import holders_of, managers_of
from review.models import Rep, User


def working_coaches(session: Session, ids: Iterable[int | None]) -> frozenset[int]:
    """Those of these accounts that are there and not disabled. One statement."""
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return frozenset()
    return frozenset(session.scalars(select(User.id).where(User.id.in_(wanted), User.disabled_at.is_(None))))


def has_left(session: Session, coach_id: int | None) -> bool:
    """Whether this coach's account is gone or disabled."""
    return not working_coaches(session, [coach_id])


def stand_ins(session: Session, rep_id: int | None) -> tuple[int, ...]:
    """Who is told in place of a coach who left: the managers of the rep's team, else those who coach everybody.

    The rep is never told as their own coach.
    """
    rep = session.execute(select(Rep.team_id, Rep.user_id).where(Rep.id == rep_id)).one_or_none()
    if rep is None:
        return ()
    managers = tuple(one for one in managers_of(session, rep.team_id) if one != rep.user_id)
    return managers or tuple(one for one in holders_of(session, *COACHES_ALL) if one != rep.user_id)
