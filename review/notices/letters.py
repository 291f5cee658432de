"""Letters: e-mails put down in the transaction of the act itself and sent later, at least once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Letter, User, utc_now
from review.upsert import insert_new

KINDS: Final = ("invitation", "password_reset", "address_changed", "mail_test", "notices", "digest")
LONGEST_ADDRESS: Final = 320  # characters: RFC 5321's 64 before the @ and 255 after it
KEPT_TRYING: Final = timedelta(days=4)  # a weekend with the mail server down loses nothing
SHORTEST_LIFE: Final = timedelta(minutes=10)


class BadAddress(ValueError):
    """What was given is no e-mail address."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address[:80]!r} is no e-mail address")
        self.address = address


@dataclass(frozen=True, slots=True)
class Posted:
    """How far one letter is: `state` is waiting, sending, sent, failed or dropped; `error` says why of the last two."""

    id: int
    state: str
    error: str
    attempts: int
    created_at: datetime
    ended_at: datetime | None


def post(session: Session, to: str, kind: str, body: Mapping[str, Any], *, language: str, key: str) -> int:
    """Put down a letter to an address, to be sent now whatever the hour; its id, the old one's when `key` was used.

    `body` holds plain JSON facts for the kind's template: `name` (whom it greets), `by`, `url` (whole, or a path of
    ours) and `hours` (how long the link works, after which the letter is not sent any more). Nothing is committed.
    Raises ValueError for an unknown kind, BadAddress for what is no address.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no letter of the kind {kind!r}")
    hours = body.get("hours")
    life = max(SHORTEST_LIFE, timedelta(hours=float(hours))) if isinstance(hours, int | float) else KEPT_TRYING
    address = check_address(to)
    owner = session.scalar(select(User.id).where(User.email == address.casefold()))
    return put_down(
        session, address, kind, body, language=language, key=key, user_id=owner, life=min(life, 8 * KEPT_TRYING)
    )


def put_down(
    session: Session,
    address: str,
    kind: str,
    body: Mapping[str, Any],
    *,
    language: str,
    key: str,
    user_id: int | None,
    life: timedelta = KEPT_TRYING,
) -> int:
    """The row of a letter; the id of the one with this key when there is one already."""
    now = utc_now()
    made = insert_new(
        session,
        Letter,
        ("key",),
        key=key,
        kind=kind,
        address=address,
        user_id=user_id,
        language=language,
        body=dict(body),
        message_id=secrets.token_hex(16),
        state="waiting",
        attempts=0,
        next_at=0.0,
        error="",
        created_at=now,
        expires_at=now + life,
    )
    if made is None:
        made = session.scalar(select(Letter.id).where(Letter.key == key))
    return int(made or 0)


def posted(session: Session, key: str) -> Posted | None:
    """How far the letter with this key is; None when there is none."""
    row = session.scalar(select(Letter).where(Letter.key == key))
    if row is None:
        return None
    return Posted(row.id, row.state, row.error, row.attempts, row.created_at, row.ended_at)


def check_address(text: str) -> str:
    """The address without the spaces around it. Raises BadAddress for what no server could take."""
    address = text.strip()
    name, at, domain = address.rpartition("@")
    broken = any(not character.isprintable() or character in ' <>,;:"()[]\\' for character in address)
    if not (at and name and domain) or broken or "@" in name or len(address) > LONGEST_ADDRESS:
        raise BadAddress(text)
    if domain.startswith((".", "-")) or domain.endswith(".") or ".." in domain:
        raise BadAddress(text)
    return address
