"""Signing in and out: limited tries, server-side sessions of which only a hash is kept, ended when a user is disabled.

A refused try must be remembered, so the caller catches SignInRefused *inside* its session scope and lets the scope
commit; an error that leaves the scope would roll the count of tries back.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update
from sqlalchemy.orm import Session

from review.accounts.codes import next_step
from review.accounts.second_step import SecondStep, begin_second_step
from review.errors import ReviewError
from review.models import PendingSignIn, SignInAttempt, User, WebSession, utc_now
from review.services import audit
from review.services.passwords import hash_password, needs_new_hash, verify_password

# Failures within FAILURE_WINDOW after which nobody is let in. One guesser is stopped by the first, and neither the
# others of their office nor the owner of the account elsewhere are; the wider two stop many accounts tried from one
# address, and one account tried from many.
MOST_FAILURES: Final = 10  # for one account from one address
MOST_FROM_ADDRESS: Final = 100  # from one address, whatever the account
MOST_FOR_ACCOUNT: Final = 50  # for one account, from wherever
FAILURE_WINDOW: Final = timedelta(minutes=15)
IDLE: Final = timedelta(hours=12)  # a session nobody uses ends after this
ABSOLUTE: Final = timedelta(days=7)  # and any session after this
TOUCH_EVERY: Final = timedelta(minutes=1)  # how often "last seen" is written: not on every request
_ATTEMPTS_KEPT: Final = timedelta(days=1)


class SignInRefused(ReviewError):
    """The sign-in was refused. The text is the same for an unknown address, a wrong passphrase and a disabled user."""

    code = "sign_in_refused"

    def __init__(self, message: str = "The address or the passphrase is not right.") -> None:
        super().__init__(message)


class TooManyAttempts(SignInRefused):
    """Too many failures for this account, from this address or for both together; `retry_after` in seconds."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        super().__init__(f"Too many tries. Wait {minutes} min and try again, or ask an admin for a new passphrase.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class SessionToken:
    """A session just opened: `token` goes into the cookie and is kept nowhere else."""

    token: str
    user_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds; `due` is true when `touch_session` should be called in a writing scope."""

    user_id: int
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One running session as its owner sees it."""

    address: str
    user_agent: str
    created_at: datetime
    seen_at: datetime
    current: bool  # the one that asks


def sign_in(session: Session, email: str, password: str, address: str, user_agent: str) -> SessionToken | SecondStep:
    """Open a session for the person, or wait for their one-time code. Raises SignInRefused or TooManyAttempts.

    `address` is the network address the request came from. An unknown account costs as much time as a known one.
    """
    return go_on(session, check_passphrase(session, email, password, address), address, user_agent)


def go_on(
    session: Session, user_id: int, address: str, user_agent: str, *, how: str = "passphrase"
) -> SessionToken | SecondStep:
    """After a person was told by their passphrase or by a provider: the code where they use one, else the session."""
    need = next_step(session, user_id)
    if need is not None:
        return begin_second_step(session, user_id, need, address, user_agent)
    return open_session(session, user_id, address, user_agent, how=how)


def open_session(session: Session, user_id: int, address: str, user_agent: str, *, how: str) -> SessionToken:
    """Open a session for a person who has shown everything that is asked of them; `how` goes into the audit log."""
    now = utc_now()
    audit.record(session, user_id, "user.signed_in", "user", user_id, address=address[:64], how=how)
    session.execute(update(User).where(User.id == user_id).values(signed_in_at=now))
    _forget_old(session, now)
    return _open(session, user_id, address[:64], user_agent, now)


def check_passphrase(session: Session, email: str, password: str, address: str) -> int:
    """The id of the person with this address and passphrase; opens nothing. Raises as `sign_in`."""
    account = email.strip().casefold()[:254].replace("\x00", "")
    address = address[:64]
    now = utc_now()
    _one_at_a_time(session, account, address)
    _check_limits(session, account, address, now)
    user = session.scalar(select(User).where(User.email == account))
    fits = verify_password(user.password_hash if user else None, password)
    if user is None or not fits or user.disabled_at is not None:
        session.add(SignInAttempt(email=account, address=address, at=now, succeeded=False))
        audit.record(session, user.id if user else None, "user.sign_in_failed", "account", account, address=address)
        session.flush()
        raise SignInRefused
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)
    session.add(SignInAttempt(email=account, address=address, at=now, succeeded=True))
    session.flush()
    return user.id


def find_session(session: Session, token: str) -> int | None:
    """The id of the user this session belongs to; None when it is unknown, ended, or the user is disabled."""
    live = read_session(session, token)
    return None if live is None else live.user_id


def read_session(session: Session, token: str) -> LiveSession | None:
    """The live session of this token, by one statement and without writing; None as for `find_session`."""
    now = utc_now()
    found = session.execute(
        select(WebSession.user_id, WebSession.seen_at)
        .join(User, User.id == WebSession.user_id)
        .where(
            WebSession.token_hash == _hash(token),
            WebSession.expires_at > now,
            WebSession.seen_at > now - IDLE,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if found is None else LiveSession(found.user_id, found.seen_at < now - TOUCH_EVERY)


def touch_session(session: Session, token: str) -> None:
    """Note that the session is in use, so that it does not end as idle. Writes."""
    session.execute(update(WebSession).where(WebSession.token_hash == _hash(token)).values(seen_at=utc_now()))


def sign_out(session: Session, token: str) -> None:
    """End this session; a token that is none is no error."""
    row = session.get(WebSession, _hash(token))
    if row is not None:
        audit.record(session, row.user_id, "user.signed_out", "user", row.user_id)
        session.delete(row)
        session.flush()


def list_sessions(session: Session, user_id: int, token: str | None = None) -> tuple[SessionRow, ...]:
    """The person's running sessions, the last used first; `token` is that of the one who asks."""
    now = utc_now()
    own = _hash(token) if token else None
    rows = session.scalars(
        select(WebSession)
        .where(WebSession.user_id == user_id, WebSession.expires_at > now, WebSession.seen_at > now - IDLE)
        .order_by(WebSession.seen_at.desc())
    )
    return tuple(
        SessionRow(
            address=row.address,
            user_agent=row.user_agent,
            created_at=row.created_at,
            seen_at=row.seen_at,
            current=row.token_hash == own,
        )
        for row in rows
    )


def end_sessions(session: Session, user_id: int, *, keep: str | None = None, by: int | None = None) -> int:
    """End the person's sessions and half-done sign-ins, but for the one with the token `keep`; how many ended."""
    mine = WebSession.user_id == user_id
    others = mine if keep is None else and_(mine, WebSession.token_hash != _hash(keep))
    ended = len(session.scalars(delete(WebSession).where(others).returning(WebSession.token_hash)).all())
    session.execute(delete(PendingSignIn).where(PendingSignIn.user_id == user_id))
    if ended:
        audit.record(session, by, "user.sessions_ended", "user", user_id, count=ended)
    return ended


def _open(session: Session, user_id: int, address: str, user_agent: str, now: datetime) -> SessionToken:
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=_hash(token),
        user_id=user_id,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
        address=address,
        user_agent="".join(c for c in user_agent[:200] if c.isprintable()),
    )
    session.add(row)
    session.flush()
    return SessionToken(token, user_id, row.expires_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _one_at_a_time(session: Session, account: str, address: str) -> None:
    """Tries for one account or from one address wait for each other, or a hundred at once would each count none.

    SQLite's write transactions do so already.
    """
    if session.get_bind().dialect.name == "postgresql":
        keys = sorted(int(_hash(key)[:15], 16) for key in (f"account {account}", f"address {address}"))
        for key in keys:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _check_limits(session: Session, account: str, address: str, now: datetime) -> None:
    of_account, from_address = SignInAttempt.email == account, SignInAttempt.address == address
    for condition, most in (
        (and_(of_account, from_address), MOST_FAILURES),
        (of_account, MOST_FOR_ACCOUNT),
        (from_address, MOST_FROM_ADDRESS),
    ):
        oldest = _oldest_counted(session, condition, most, now)
        if oldest is not None:
            raise TooManyAttempts(max(1, int((oldest + FAILURE_WINDOW - now).total_seconds())))


def _oldest_counted(session: Session, condition: ColumnElement[bool], most: int, now: datetime) -> datetime | None:
    """When the oldest of the last `most` failures was; None when there were fewer within the window."""
    recent = (
        select(SignInAttempt.at)
        .where(condition, SignInAttempt.succeeded.is_(False), SignInAttempt.at > now - FAILURE_WINDOW)
        .order_by(SignInAttempt.at.desc())
        .limit(most)
        .subquery()
    )
    count, oldest = session.execute(select(func.count(), func.min(recent.c.at))).one()
    return oldest if count >= most else None


def _forget_old(session: Session, now: datetime) -> None:
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - _ATTEMPTS_KEPT))
    session.execute(delete(WebSession).where(WebSession.expires_at < now))
