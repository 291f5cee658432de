"""The people around a dispute as they are now: who decides it, who has a part in it, who is told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from review.disputes.levels import Level, Parties, deciders
from review.models import Call, Dispute, Rep, TeamMember, User, UserRole
from review.queries.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Around:
    """The rep's side of the call: their sign-in and team, None where there is none."""

    rep_id: int | None
    rep_user: int | None
    team_id: int | None


def around(session: Session, call_id: int) -> Around:
    """Who the rep of a call is. One statement."""
    row = session.execute(
        select(Call.rep_id, Rep.user_id, Rep.team_id).outerjoin(Rep, Rep.id == Call.rep_id).where(Call.id == call_id)
    ).one()
    return Around(row.rep_id, row.user_id, row.team_id)


def managers_of(session: Session, team_id: int | None) -> tuple[int, ...]:
    """The managers of a team who can sign in and hold the role, by id."""
    if team_id is None:
        return ()
    return tuple(
        session.scalars(
            select(User.id)
            .join(TeamMember, TeamMember.user_id == User.id)
            .where(
                TeamMember.team_id == team_id,
                TeamMember.is_manager.is_(True),
                User.disabled_at.is_(None),
                exists().where(UserRole.user_id == User.id, UserRole.role == "manager"),
            )
            .order_by(User.id)
        )
    )


def holders_of(session: Session, *roles: str) -> tuple[int, ...]:
    """Those who can sign in and hold one of the roles, by id."""
    return tuple(
        session.scalars(
            select(User.id)
            .where(User.disabled_at.is_(None), exists().where(UserRole.user_id == User.id, UserRole.role.in_(roles)))
            .order_by(User.id)
        )
    )


def parties_of(dispute: Dispute, rep_user: int | None) -> Parties:
    """Those who have a part in it."""
    return Parties(dispute.scorer_id, dispute.raised_by, rep_user, dispute.first_decider_id)


def deciders_of(session: Session, dispute: Dispute, there: Around, level: Level | None = None) -> tuple[int, ...]:
    """Who may decide it now, or at this level: the people of today, so somebody who left is replaced by who came."""
    level = level or ("first" if dispute.state == "first" else "lead")
    holders = managers_of(session, there.team_id) if level == "first" else holders_of(session, "quality_lead")
    return deciders(level, holders, parties_of(dispute, there.rep_user))


def side_of(viewer: Viewer, there: Around, scorer_id: int | None) -> str:
    """As whom this person may raise a dispute or take it further: rep, manager, or '' for neither."""
    if there.rep_id is not None and there.rep_id in viewer.rep_ids:
        return "rep"
    manages = viewer.has_role("manager") and there.team_id in viewer.managed_team_ids
    return "manager" if manages and viewer.user_id != scorer_id else ""
