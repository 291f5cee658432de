"""Who can be given calls to score: people of a reviewing role who may see the call and did not hold it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from review.models import Assignment, Rep, User, UserRole
from review.queries.viewer import Viewer, load_viewer

SCORES: Final = ("manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer")
"""Roles that score calls. External reviewers see a call by its being given to them, and no other."""

LEADS: Final = ("quality_lead", "head_of_sales")
"""Roles that see everybody's queue and make the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRow:
    """Somebody who can be given calls, and how many wait for them."""

    id: int
    name: str
    roles: tuple[str, ...]
    open: int


def list_reviewers(session: Session) -> tuple[ReviewerRow, ...]:
    """Everybody who can be given calls, by name. Two statements."""
    roles: dict[int, list[str]] = {}
    for user_id, role in session.execute(
        select(UserRole.user_id, UserRole.role).where(UserRole.role.in_(SCORES)).order_by(UserRole.role)
    ):
        roles.setdefault(user_id, []).append(role)
    rows = session.execute(
        select(User.id, User.name, func.count(Assignment.id))
        .outerjoin(Assignment, (Assignment.user_id == User.id) & (Assignment.state == "open"))
        .where(User.disabled_at.is_(None), User.id.in_(sorted(roles)))
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return tuple(ReviewerRow(id=row[0], name=row[1], roles=tuple(roles[row[0]]), open=row[2]) for row in rows)


def can_score(session: Session, user_id: int) -> bool:
    """Whether the person can be given calls at all."""
    held = exists().where(UserRole.user_id == User.id, UserRole.role.in_(SCORES))
    return session.scalar(select(User.id).where(User.id == user_id, User.disabled_at.is_(None), held)) is not None


def is_lead(viewer: Viewer) -> bool:
    """Whether the person sees everybody's queue."""
    return viewer.has_role(*LEADS)


def who_may(session: Session, user_ids: Collection[int]) -> Callable[[int, int | None], bool]:
    """A function (user, rep) -> whether that person may score that rep's calls: sees them, and is not the rep."""
    viewers = {user_id: load_viewer(session, user_id) for user_id in sorted(set(user_ids))}
    teams = {row.id: row.team_id for row in session.execute(select(Rep.id, Rep.team_id))}

    def may(user_id: int, rep_id: int | None) -> bool:
        viewer = viewers.get(user_id)
        if viewer is None or not viewer.has_role(*SCORES) or (rep_id is not None and rep_id in viewer.rep_ids):
            return False
        if viewer.sees_all or viewer.has_role("external_reviewer"):
            return True
        return rep_id is not None and teams.get(rep_id) in viewer.managed_team_ids

    return may


def open_loads(session: Session, user_ids: Collection[int]) -> dict[int, int]:
    """How many assignments wait for each."""
    rows = session.execute(
        select(Assignment.user_id, func.count())
        .where(Assignment.state == "open", Assignment.user_id.in_(sorted(set(user_ids))))
        .group_by(Assignment.user_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
