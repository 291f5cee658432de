"""Letters taken one at a time: claimed for a while, fenced, given back, ended; and how sending goes as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from review.call_steps import new_token
from review.clock import database_now
from review.models import Letter, MailState, utc_now
from review.upsert import insert_new

LEASE_SECONDS: Final = 180.0  # three times what one mail may take
WAITS: Final = (60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0, 10_800.0)  # seconds after each try; the last from then on
PAUSES: Final = (30.0, 60.0, 120.0, 300.0, 600.0)  # seconds after each try that did not reach the server
TELL_AFTER: Final = 6  # tries in a row (a quarter of an hour) after which admins are told


@dataclass(frozen=True, slots=True)
class Taken:
    """The right to send one letter until its lease ends, and the letter."""

    id: int
    token: str
    kind: str
    address: str
    user_id: int | None
    language: str
    body: dict[str, Any]
    message_id: str
    attempts: int
    created_at: datetime
    expires_at: datetime


def due_letters(session: Session, limit: int = 500) -> list[int]:
    """The letters that may be tried now, the oldest first; none while the server is left alone."""
    pause = session.scalar(select(MailState.pause_until > database_now()).where(MailState.id == 1))
    if pause:
        return []
    return list(session.scalars(select(Letter.id).where(_due()).order_by(Letter.next_at, Letter.id).limit(limit)))


def take(session: Session, letter_id: int) -> Taken | None:
    """Claim a letter; None when it is somebody else's or has ended.

    Its next try is set beforehand: a letter that kills its sender does not come back at once.
    """
    attempts = session.scalar(select(Letter.attempts).where(Letter.id == letter_id)) or 0
    token = new_token()
    row = session.execute(
        update(Letter)
        .where(Letter.id == letter_id, _due(), Letter.attempts == attempts)
        .values(
            state="sending",
            lease_token=token,
            lease_until=database_now() + LEASE_SECONDS,
            attempts=attempts + 1,
            next_at=database_now() + _wait_after(attempts + 1),
        )
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        return None
    letter = session.scalars(
        select(Letter).where(Letter.id == letter_id).execution_options(populate_existing=True)
    ).one()
    return Taken(
        letter.id,
        token,
        letter.kind,
        letter.address,
        letter.user_id,
        letter.language,
        letter.body,
        letter.message_id,
        letter.attempts,
        letter.created_at,
        letter.expires_at,
    )


def give_back(session: Session, letter: Taken) -> bool:
    """Put a letter back that was not tried: the server could not be reached. It loses no try."""
    return _held(session, letter, state="waiting", attempts=letter.attempts - 1, next_at=0.0)


def try_later(session: Session, letter: Taken, error: str) -> bool:
    """A try failed; the letter waits for its next one."""
    return _held(session, letter, state="waiting", error=error[:500])


def end(session: Session, letter: Taken, state: str, error: str = "") -> bool:
    """The letter is sent, failed or dropped. What it said is forgotten: it may have held a link that opens doors."""
    return _held(session, letter, state=state, error=error[:500], ended_at=utc_now(), body={})


def note_reached(session: Session, *, sent: bool) -> None:
    """The server was reached, and a mail went out."""
    state = _state(session)
    state.error, state.tries, state.pause_until = "", 0, 0.0
    if sent:
        state.sent_at = utc_now()


def note_trouble(session: Session, error: str) -> bool:
    """The server was not reached; it is left alone for a while. True when it is time to tell admins."""
    state = _state(session)
    state.tries += 1
    state.error, state.error_at = error[:500], utc_now()
    pause = PAUSES[min(state.tries, len(PAUSES)) - 1]
    session.flush()
    session.execute(update(MailState).where(MailState.id == 1).values(pause_until=database_now() + pause))
    return state.tries == TELL_AFTER


def _state(session: Session) -> MailState:
    insert_new(session, MailState, ("id",), id=1, error="", tries=0, pause_until=0.0)
    return session.scalars(
        select(MailState).where(MailState.id == 1).with_for_update().execution_options(populate_existing=True)
    ).one()


def _held(session: Session, letter: Taken, **values: Any) -> bool:
    found = session.scalar(
        update(Letter)
        .where(Letter.id == letter.id, Letter.state == "sending", Letter.lease_token == letter.token)
        .values(lease_token=None, lease_until=None, **values)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


def _due() -> ColumnElement[bool]:
    lost = and_(Letter.state == "sending", Letter.lease_until < database_now())
    return and_(or_(Letter.state == "waiting", lost), Letter.next_at <= database_now())


def _wait_after(attempts: int) -> float:
    return WAITS[min(attempts, len(WAITS)) - 1]
