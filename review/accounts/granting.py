"""Who may give which roles to whom: one place for invitations, the pages of people, and programs.

An admin gives every role. A quality lead brings reviewers in, a head of sales sellers and their managers; neither
touches a person who holds any other role. Nobody gives themselves anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ROLES, User, UserRole
from review.queries.viewer import Viewer

GRANTS: Final[Mapping[str, frozenset[str]]] = {
    "admin": frozenset(ROLES),
    "quality_lead": frozenset({"reviewer", "external_reviewer"}),
    "head_of_sales": frozenset({"rep", "manager"}),
}
"""Role held -> roles it may give and take."""


class MayNotGrant(ReviewError):
    """The acting person may not give or take these roles."""

    code = "may_not_grant"

    def __init__(self, roles: Iterable[str]) -> None:
        self.roles = tuple(role for role in ROLES if role in set(roles))
        super().__init__(f"You may not give or take: {', '.join(self.roles)}. An admin may.")


class NotYours(ReviewError):
    """The person holds a role the acting person has no say over, so their account is not theirs to change."""

    code = "not_yours"

    def __init__(self, user_id: int) -> None:
        super().__init__("This account is not yours to change: it holds a role that only an admin gives.")
        self.user_id = user_id


class OwnRoles(ReviewError):
    """Somebody tried to change their own roles or rights, or to shut themselves out."""

    code = "own_roles"

    def __init__(self) -> None:
        super().__init__("Nobody changes their own roles and rights. Ask another admin.")


class LastAdmin(ReviewError):
    """The change would leave nobody who can administer the installation."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the last admin. Make somebody else an admin first.")


def grantable(roles: Iterable[str]) -> tuple[str, ...]:
    """The roles that a person with these roles may give, in the product's order."""
    given = frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))
    return tuple(role for role in ROLES if role in given)


def check_grant(actor: Viewer | None, roles: Iterable[str]) -> None:
    """Raise MayNotGrant unless the actor may give all of them; the command line (None) may."""
    if actor is not None and (beyond := set(roles) - set(grantable(actor.roles))):
        raise MayNotGrant(beyond)


def may_manage(actor: Viewer | None, held: Iterable[str]) -> bool:
    """True when the actor may change the account of a person with these roles."""
    return actor is None or set(held) <= set(grantable(actor.roles))


def check_admin_left(session: Session, without: int) -> None:
    """Raise LastAdmin unless an enabled admin other than this person remains.

    The admins' rows are locked: two admins who shut each other out at once do not both succeed.
    """
    admins = session.scalars(
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == "admin", User.disabled_at.is_(None))
        .order_by(UserRole.user_id)
        .with_for_update()
    ).all()
    if without in admins and len(admins) == 1:
        raise LastAdmin
