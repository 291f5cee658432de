"""How mail is doing: what waits, how long, the last trouble, the last mail; for the health page and the commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review.clock import database_now
from review.models import Letter, MailState, Notification, RefusedAddress, User

OPEN: Final = ("waiting", "sending")
SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class MailStatus:
    """Figures of the whole installation; no names and no addresses."""

    waiting: int  # letters to be sent
    oldest: datetime | None  # when the oldest of them was put down
    later: int  # notifications whose mail waits for its hour
    refused: int  # addresses that take no mail
    sent_at: datetime | None  # the last mail that went out
    error: str  # why the server cannot be used; empty when the last try reached it
    error_at: datetime | None
    paused_seconds: float  # until the server is tried again


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter that waits or ended badly, for administrators: never what it says."""

    id: int
    kind: str
    address: str
    state: str
    attempts: int
    error: str
    created_at: datetime
    ended_at: datetime | None


def read_mail_status(session: Session) -> MailStatus:
    """The figures as they are now. Three statements."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(Letter.created_at)).where(Letter.state.in_(OPEN))
    ).one()
    later, refused, now = session.execute(
        select(
            select(func.count()).where(Notification.mail_at.is_not(None)).scalar_subquery(),
            select(func.count()).select_from(RefusedAddress).scalar_subquery(),
            database_now(),
        )
    ).one()
    state = session.get(MailState, 1)
    return MailStatus(
        waiting=waiting,
        oldest=oldest,
        later=later,
        refused=refused,
        sent_at=state.sent_at if state else None,
        error=state.error if state else "",
        error_at=state.error_at if state else None,
        paused_seconds=max(0.0, state.pause_until - now) if state else 0.0,
    )


def list_letters(session: Session) -> tuple[LetterRow, ...]:
    """The letters that wait or failed, the newest first."""
    rows = session.scalars(
        select(Letter).where(Letter.state.in_((*OPEN, "failed"))).order_by(Letter.id.desc()).limit(SHOWN)
    )
    return tuple(
        LetterRow(row.id, row.kind, row.address, row.state, row.attempts, row.error, row.created_at, row.ended_at)
        for row in rows
    )


def address_of(session: Session, user_id: int) -> str | None:
    """A person's address; None for nobody."""
    return session.scalar(select(User.email).where(User.id == user_id))


def try_now(session: Session) -> None:
    """Try the server now, and every letter that waits: somebody has mended something."""
    session.execute(update(MailState).where(MailState.id == 1).values(pause_until=0.0))
    session.execute(update(Letter).where(Letter.state == "waiting").values(next_at=0.0))
