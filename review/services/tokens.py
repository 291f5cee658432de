"""API tokens: how another program reaches the API. Shown once when made; only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ApiToken, User, utc_now
from review.queries.viewer import Viewer
from review.services import audit

PREFIX: Final = "cc_"
SCOPES: Final = (
    "calls:write",
    "calls:read",
    "reviews:write",  # evaluations, disputes, calibration
    "reviews:read",
    "coaching:write",  # coaching, library, quizzes
    "coaching:read",
    "people:write",  # users, teams, performance, working time
    "people:read",
    "settings:write",  # webhooks
    "metrics:read",  # figures for operators; nothing of calls
)
FIRST_SCOPES: Final = ("calls:write", "calls:read")
"""What a token may do unless more is asked for: bring calls in and read them."""
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


class BadToken(ReviewError):
    """A token cannot be made as asked; the text says how to mend it."""

    code = "bad_token"


class NotYourToken(ReviewError):
    """There is no such token, or it is not for this person to revoke."""

    code = "not_your_token"

    def __init__(self, token_id: int) -> None:
        super().__init__(f"There is no token {token_id} of yours. Nothing was changed.")
        self.token_id = token_id


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `token` cannot be shown again."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who a token speaks for and what it may do."""

    token_id: int
    user_id: int
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """True when the token holds the scope."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One token in the settings list."""

    id: int
    name: str
    user_id: int
    user_name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def create_api_token(
    session: Session, user_id: int, name: str, scopes: Iterable[str], *, by: int | None = None
) -> NewToken:
    """Make a token that acts as the user. Raises BadToken. Does not commit."""
    wanted = set(scopes)
    unknown = sorted(wanted.difference(SCOPES))
    if unknown or not wanted:
        raise BadToken(
            f"Give one or more of the scopes {', '.join(SCOPES)}" + (f", not {', '.join(unknown)}." if unknown else ".")
        )
    shown = " ".join(name.split())
    if not shown or len(shown) > 120:
        raise BadToken("Give the token a name of at most 120 characters that says which program uses it.")
    if session.get(User, user_id) is None:
        raise BadToken(f"There is no user {user_id} for the token to act as.")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        name=shown, token_hash=_hash(token), user_id=user_id, scopes=[scope for scope in SCOPES if scope in wanted]
    )
    session.add(row)
    session.flush()
    audit.record(session, by, "token.created", "token", row.id, name=shown, scopes=row.scopes, user_id=user_id)
    return NewToken(row.id, token)


def find_api_token(session: Session, token: str) -> ApiCaller | None:
    """Who the token speaks for, by one statement; None when it is unknown or revoked, or its user is disabled."""
    if not token.startswith(PREFIX):
        return None
    row = session.execute(
        select(ApiToken.id, ApiToken.user_id, ApiToken.scopes)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None), User.disabled_at.is_(None))
    ).one_or_none()
    return None if row is None else ApiCaller(row.id, row.user_id, frozenset(row.scopes))


def note_use(session: Session, token_id: int) -> None:
    """Write down that the token was used, at most once a minute. Needs a session that may write."""
    now = utc_now()
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < now - _USE_NOTED_EVERY)
    session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=now))


def revoke_api_token(session: Session, token_id: int, *, by: int | None = None) -> bool:
    """Make the token useless at once; False when there is none or it was revoked before."""
    row = session.get(ApiToken, token_id)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at = utc_now()
    session.flush()
    audit.record(session, by, "token.revoked", "token", token_id, name=row.name)
    return True


def revoke_own_token(session: Session, token_id: int, viewer: Viewer) -> bool:
    """Revoke a token of one's own, an administrator anybody's; False when it was revoked before.

    Raises NotYourToken.
    """
    row = session.get(ApiToken, token_id)
    if row is None or (row.user_id != viewer.user_id and not viewer.has_role("admin")):
        raise NotYourToken(token_id)
    return revoke_api_token(session, token_id, by=viewer.user_id)


def list_api_tokens(session: Session) -> tuple[TokenRow, ...]:
    """All tokens ever made, newest first, without their secrets."""
    found = session.execute(
        select(ApiToken, User.name).join(User, User.id == ApiToken.user_id).order_by(ApiToken.id.desc())
    )
    return tuple(
        TokenRow(
            id=row.id,
            name=row.name,
            user_id=row.user_id,
            user_name=user_name,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )
        for row, user_name in found
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
