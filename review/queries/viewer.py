"""The signed-in person as every query sees them: roles, teams and which calls are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from review.models import RIGHTS, ROLES, Rep, TeamMember, User, UserRight, UserRole

__all__ = ["RIGHTS", "ROLES", "SEES_ALL_CALLS", "Viewer", "load_viewer"]

SEES_ALL_CALLS: Final = frozenset({"reviewer", "quality_lead", "head_of_sales"})
"""Roles that see every call. A reviewer's own scope narrows this once scopes exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking. Loaded for each request, so that a change of role works on the next one."""

    user_id: int
    name: str
    email: str
    language: str
    roles: frozenset[str]
    team_ids: frozenset[int]  # teams the person belongs to
    managed_team_ids: frozenset[int]  # teams the person manages
    rep_ids: frozenset[int]  # the reps this sign-in speaks as (one, or none)
    sees_all: bool  # every call is visible
    rights: frozenset[str] = frozenset()  # granted to this person by name, beside the roles

    def has_role(self, *roles: str) -> bool:
        """True when the person holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    def has_right(self, right: str) -> bool:
        """True when the person was given this right by name."""
        return right in self.rights

    @property
    def is_outsider(self) -> bool:
        """True for an external reviewer without another role that shows calls: to them people's names stay masked."""
        return self.has_role("external_reviewer") and not self.sees_calls

    @property
    def sees_calls(self) -> bool:
        """True when the person sees calls by role: an admin does not, an external reviewer only those assigned."""
        return self.sees_all or ("manager" in self.roles) or ("rep" in self.roles)


def load_viewer(session: Session, user_id: int) -> Viewer | None:
    """The person as they are now; None when there is no such user or they are disabled. Four statements."""
    user = session.execute(
        select(User.id, User.name, User.email, User.language).where(User.id == user_id, User.disabled_at.is_(None))
    ).one_or_none()
    if user is None:
        return None
    held = session.execute(
        union_all(
            select(UserRole.role.label("name"), literal(True).label("is_role")).where(UserRole.user_id == user_id),
            select(UserRight.name, literal(False)).where(UserRight.user_id == user_id),
        )
    ).all()
    roles = frozenset(row.name for row in held if row.is_role)
    teams = session.execute(
        select(TeamMember.team_id, TeamMember.is_manager).where(TeamMember.user_id == user_id)
    ).all()
    rep_ids = frozenset(session.scalars(select(Rep.id).where(Rep.user_id == user_id)))
    return Viewer(
        user_id=user.id,
        name=user.name,
        email=user.email,
        language=user.language,
        roles=roles,
        team_ids=frozenset(team.team_id for team in teams),
        managed_team_ids=frozenset(team.team_id for team in teams if team.is_manager),
        rep_ids=rep_ids,
        rights=frozenset(row.name for row in held if not row.is_role),
        sees_all=not roles.isdisjoint(SEES_ALL_CALLS),
    )
