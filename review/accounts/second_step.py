"""Between passphrase and session: a state that lives minutes and opens nothing but the page for the one-time code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.accounts.links import hash_token, new_token
from review.models import PendingSignIn, User, utc_now

LIVES: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A sign-in that waits for a code. `need`: code, or set_up where codes must be set up first."""

    token: str
    user_id: int
    need: str
    expires_at: datetime


def begin_second_step(session: Session, user_id: int, need: str, address: str, user_agent: str) -> SecondStep:
    """Remember that the first step was done. The token goes into the cookie and is kept nowhere else."""
    now = utc_now()
    session.execute(delete(PendingSignIn).where(PendingSignIn.expires_at < now))
    token = new_token()
    session.add(
        PendingSignIn(
            token_hash=hash_token(token),
            user_id=user_id,
            need=need,
            created_at=now,
            expires_at=now + LIVES,
            address=address[:64],
            user_agent="".join(c for c in user_agent[:200] if c.isprintable()),
        )
    )
    session.flush()
    return SecondStep(token, user_id, need, now + LIVES)


def find_second_step(session: Session, token: str | None) -> SecondStep | None:
    """What waits under this token; None when it is unknown, over, or the person was shut out meanwhile."""
    if not token:
        return None
    row = session.execute(
        select(PendingSignIn.user_id, PendingSignIn.need, PendingSignIn.expires_at)
        .join(User, User.id == PendingSignIn.user_id)
        .where(
            PendingSignIn.token_hash == hash_token(token),
            PendingSignIn.expires_at > utc_now(),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else SecondStep(token, row.user_id, row.need, row.expires_at)


def end_second_step(session: Session, token: str) -> None:
    """The step is done or given up: the token opens nothing any more."""
    session.execute(delete(PendingSignIn).where(PendingSignIn.token_hash == hash_token(token)))
