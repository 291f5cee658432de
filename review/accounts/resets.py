"""New passphrases by a link: asked for by the person (an hour, by letter) or made by an admin (a day, to hand over)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review.accounts.links import hash_token, new_token
from review.errors import ReviewError
from review.models import PasswordReset, User, utc_now
from review.notices.letters import post
from review.services import audit
from review.services.users import UnknownUser, set_password

ASKED_LIVES: Final = timedelta(hours=1)
MADE_LIVES: Final = timedelta(days=1)
MOST_ASKED: Final = 3  # letters an hour to one person, whoever asks for them


class ResetClosed(ReviewError):
    """The link is unknown, was used, or its time is over."""

    code = "reset_closed"

    def __init__(self) -> None:
        super().__init__("This link does not work any more: it works once and for a limited time. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class ResetFor:
    """Whose passphrase a link sets."""

    user_id: int
    email: str
    name: str


def ask_reset(session: Session, email: str, make_url: Callable[[str], str]) -> bool:
    """Send a letter with a link when the address is somebody's; whether one went out (never told to who asks)."""
    address = email.strip().casefold()[:254].replace("\x00", "")
    user = session.execute(
        select(User.id, User.name, User.language).where(User.email == address, User.disabled_at.is_(None))
    ).one_or_none()
    if user is None:
        return False
    recent = select(func.count()).where(
        PasswordReset.user_id == user.id,
        PasswordReset.made_by.is_(None),
        PasswordReset.created_at > utc_now() - timedelta(hours=1),
    )
    if (session.scalar(recent) or 0) >= MOST_ASKED:
        return False
    row, token = _make(session, user.id, ASKED_LIVES, by=None)
    hours = ASKED_LIVES.total_seconds() / 3600
    body = {"name": user.name, "by": "", "url": make_url(token), "hours": hours}
    post(session, address, "password_reset", body, language=user.language, key=f"reset {row.id}")
    audit.record(session, None, "user.reset_asked", "user", user.id)
    return True


def make_reset(session: Session, user_id: int, make_url: Callable[[str], str], *, by: int | None) -> str:
    """A link for an admin to hand to the person, in place of all earlier ones. Raises UnknownUser."""
    if session.get(User, user_id) is None:
        raise UnknownUser(user_id)
    _row, token = _make(session, user_id, MADE_LIVES, by=by)
    audit.record(session, by, "user.reset_made", "user", user_id)
    return make_url(token)


def read_reset(session: Session, token: str) -> ResetFor:
    """Whose passphrase the link sets. Raises ResetClosed."""
    found = session.execute(
        select(User.id, User.email, User.name)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(
            PasswordReset.token_hash == hash_token(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > utc_now(),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise ResetClosed
    return ResetFor(found.id, found.email, found.name)


def use_reset(session: Session, token: str, password: str) -> int:
    """Set the passphrase and end all sessions; whose it is. Raises ResetClosed, WeakPassword (the link still works)."""
    person = read_reset(session, token)
    set_password(session, person.user_id, password, by=person.user_id)
    used = session.execute(
        update(PasswordReset)
        .where(PasswordReset.token_hash == hash_token(token), PasswordReset.used_at.is_(None))
        .values(used_at=utc_now())
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise ResetClosed
    _end_others(session, person.user_id)
    audit.record(session, person.user_id, "user.reset_used", "user", person.user_id)
    return person.user_id


def _make(session: Session, user_id: int, lives: timedelta, *, by: int | None) -> tuple[PasswordReset, str]:
    if by is not None:
        _end_others(session, user_id)
    token, now = new_token(), utc_now()
    row = PasswordReset(
        user_id=user_id, token_hash=hash_token(token), made_by=by, created_at=now, expires_at=now + lives
    )
    session.add(row)
    session.flush()
    return row, token


def _end_others(session: Session, user_id: int) -> None:
    """Links that are still open end with the newest, and once one was used."""
    session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
        .values(used_at=utc_now())
    )
