"""People who sign in: made, given roles, given a new passphrase, shut out. Every change is in the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from review.accounts.granting import check_admin_left
from review.accounts.leaving import end_links_of
from review.errors import ReviewError
from review.models import RIGHTS, ROLES, Rep, User, UserRight, UserRole, utc_now
from review.sampling.leaving import hand_on_all
from review.services import audit
from review.services.passwords import check_password, hash_password
from review.services.sessions import end_sessions

LONGEST_EMAIL: Final = 254
LONGEST_NAME: Final = 120
NO_PASSWORD: Final = "!"  # noqa: S105 (a hash that fits no passphrase)
_EMAIL: Final = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+")


class BadUser(ReviewError):
    """A user cannot be made or changed as asked; `field` names what is wrong, the text says how to mend it."""

    code = "bad_user"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UserExists(BadUser):
    """The address already signs somebody in."""

    def __init__(self, email: str) -> None:
        super().__init__("email", f"{email} already has a sign-in. Use another address, or change that person's roles.")
        self.email = email


class UnknownUser(BadUser):
    """Nobody has this id or address."""

    def __init__(self, who: object) -> None:
        super().__init__("user", f"There is no user {who}. `callcoach user list` shows who can sign in.")
        self.who = who


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """One person who can sign in, or could until `disabled_at`."""

    id: int
    email: str
    name: str
    language: str
    roles: tuple[str, ...]  # in the order of the product's list of roles
    rights: tuple[str, ...]  # granted to this person by name
    created_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None = None  # the last time


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | None,
    roles: Iterable[str],
    language: str = "en",
    by: int | None = None,
) -> int:
    """Make a sign-in and return its id; a rep with the same address is joined to it.

    Without a passphrase only another provider, or a reset, lets the person in.
    `by` is the acting user, None on the command line. Raises BadUser, UserExists, WeakPassword. Does not commit.
    """
    address = read_email(email)
    shown = read_name(name)
    wanted = read_roles(roles)
    if password is not None:
        check_password(password, address, shown)
    stored = NO_PASSWORD if password is None else hash_password(password)
    user = User(email=address, name=shown, password_hash=stored, language=language)
    user.roles = [UserRole(role=role) for role in wanted]
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise UserExists(address) from error
    join_rep(session, user.id, address)
    audit.record(session, by, "user.created", "user", user.id, email=address, roles=list(wanted))
    return user.id


def set_password(
    session: Session, user_id: int, password: str, *, by: int | None = None, keep: str | None = None
) -> None:
    """Give the person a new passphrase and end their sessions, but for the one with the token `keep`.

    Raises UnknownUser, WeakPassword.
    """
    user = _get(session, user_id)
    check_password(password, user.email, user.name)
    user.password_hash = hash_password(password)
    end_sessions(session, user_id, keep=keep, by=by)
    audit.record(session, by, "user.password_changed", "user", user_id)


def set_roles(session: Session, user_id: int, roles: Iterable[str], *, by: int | None = None) -> None:
    """Replace the person's roles; they hold from the next request on. Raises UnknownUser, BadUser, LastAdmin."""
    user = _get(session, user_id)
    before = _in_order(role.role for role in user.roles)
    after = read_roles(roles)
    if before == after:
        return
    if "admin" in before and "admin" not in after:
        check_admin_left(session, user_id)
    user.roles = [role for role in user.roles if role.role in after]
    user.roles += [UserRole(role=role) for role in after if role not in before]
    session.flush()
    audit.record(session, by, "user.roles_changed", "user", user_id, before=list(before), after=list(after))
    if set(before) - set(after):
        end_links_of(session, user_id, after, by=by)


def grant_right(session: Session, user_id: int, right: str, *, by: int | None = None) -> None:
    """Give the person a named right, from the next request on. Raises UnknownUser, BadUser."""
    _check_right(right)
    user = _get(session, user_id)
    if {role.role for role in user.roles} <= {"external_reviewer"}:
        raise BadUser("right", f"{user.email} is an external reviewer, and to them private data stays masked.")
    if session.get(UserRight, (user_id, right)) is not None:
        return
    session.add(UserRight(user_id=user_id, name=right))
    session.flush()
    audit.record(session, by, "user.right_granted", "user", user_id, right=right)


def revoke_right(session: Session, user_id: int, right: str, *, by: int | None = None) -> None:
    """Take a named right away, from the next request on. Raises UnknownUser, BadUser."""
    _check_right(right)
    _get(session, user_id)
    held = session.get(UserRight, (user_id, right))
    if held is None:
        return
    session.delete(held)
    session.flush()
    audit.record(session, by, "user.right_revoked", "user", user_id, right=right)


def set_name(session: Session, user_id: int, name: str, *, by: int | None = None) -> None:
    """The name colleagues know the person by. Raises UnknownUser, BadUser."""
    user = _get(session, user_id)
    before, after = user.name, read_name(name)
    if before == after:
        return
    user.name = after
    session.flush()
    audit.record(session, by, "user.renamed", "user", user_id, before=before, after=after)


def set_language(session: Session, user_id: int, language: str) -> None:
    """The language the person reads the pages in, e.g. `ru`. Raises UnknownUser."""
    _get(session, user_id).language = language


def disable_user(session: Session, user_id: int, *, by: int | None = None) -> None:
    """Shut the person out: sign-in, API tokens and links they gave out stop working, every session ends at once.

    Raises UnknownUser, LastAdmin.
    """
    user = _get(session, user_id)
    if user.disabled_at is not None:
        return
    check_admin_left(session, user_id)
    user.disabled_at = utc_now()
    end_sessions(session, user_id, by=by)
    audit.record(session, by, "user.disabled", "user", user_id)
    end_links_of(session, user_id, (), by=by)
    hand_on_all(session, user_id, by=by)


def enable_user(session: Session, user_id: int, *, by: int | None = None) -> None:
    """Let the person sign in again. Raises UnknownUser."""
    user = _get(session, user_id)
    if user.disabled_at is None:
        return
    user.disabled_at = None
    audit.record(session, by, "user.enabled", "user", user_id)


def get_user(session: Session, user_id: int) -> UserRow:
    """The person with this id. Raises UnknownUser."""
    return _row(_get(session, user_id), _rights(session).get(user_id, ()))


def find_user(session: Session, email: str) -> UserRow | None:
    """The person with this address, in any spelling of case; None when there is none."""
    user = session.scalar(select(User).where(User.email == email.strip().casefold()).options(selectinload(User.roles)))
    return None if user is None else _row(user, _rights(session).get(user.id, ()))


def list_users(session: Session) -> tuple[UserRow, ...]:
    """Everybody, by name."""
    users = session.scalars(select(User).order_by(User.name, User.id).options(selectinload(User.roles)))
    rights = _rights(session)
    return tuple(_row(user, rights.get(user.id, ())) for user in users)


def read_email(email: str) -> str:
    """The address as it is stored. Raises BadUser when it is none."""
    address = email.strip().casefold()
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise BadUser("email", f"{email.strip()!r} is not an e-mail address. Write it like name@example.com.")
    return address


def join_rep(session: Session, user_id: int, email: str) -> None:
    """Join the rep who has this address to the sign-in, unless either already belongs to another."""
    if session.scalar(select(Rep.id).where(Rep.user_id == user_id)) is not None:
        return
    rep = session.scalar(select(Rep).where(Rep.email == email, Rep.user_id.is_(None)).order_by(Rep.id).limit(1))
    if rep is not None:
        rep.user_id = user_id
        session.flush()


def _get(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise UnknownUser(user_id)
    return user


def read_name(name: str) -> str:
    """The name as it is stored. Raises BadUser."""
    shown = " ".join(name.split())
    if not any(character.isalnum() for character in shown):
        raise BadUser("name", "The name is empty. Write the name colleagues know the person by.")
    if len(shown) > LONGEST_NAME or not shown.isprintable():
        raise BadUser("name", f"The name must be plain text of at most {LONGEST_NAME} characters.")
    return shown


def read_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """The roles in the product's order. Raises BadUser for an unknown one, and for none."""
    wanted = set(roles)
    unknown = sorted(wanted.difference(ROLES))
    if unknown:
        raise BadUser("roles", f"There is no role {', '.join(unknown)}. The roles are: {', '.join(ROLES)}.")
    if not wanted:
        raise BadUser("roles", f"Give at least one role. The roles are: {', '.join(ROLES)}.")
    return _in_order(wanted)


def _in_order(roles: Iterable[str]) -> tuple[str, ...]:
    held = set(roles)
    return tuple(role for role in ROLES if role in held)


def _check_right(right: str) -> None:
    if right not in RIGHTS:
        raise BadUser("right", f"There is no right {right}. The rights are: {', '.join(RIGHTS)}.")


def _rights(session: Session) -> dict[int, tuple[str, ...]]:
    held: dict[int, tuple[str, ...]] = {}
    for row in session.execute(select(UserRight.user_id, UserRight.name).order_by(UserRight.name)):
        held[row.user_id] = (*held.get(row.user_id, ()), row.name)
    return held


def _row(user: User, rights: tuple[str, ...]) -> UserRow:
    return UserRow(
        id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        roles=_in_order(role.role for role in user.roles),
        rights=rights,
        created_at=user.created_at,
        disabled_at=user.disabled_at,
        signed_in_at=user.signed_in_at,
    )
