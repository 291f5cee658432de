"""Addresses that the mail server refuses for good: marked, told to the person and to admins, tried again on request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.models import RefusedAddress, User, utc_now
from review.notices.telling import tell_admins
from review.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Refused:
    """One address that takes no mail, and whose it is (None: nobody's who signs in)."""

    address: str
    error: str
    since: datetime
    user_id: int | None
    name: str | None


def refuse_address(session: Session, address: str, user_id: int | None, error: str) -> None:
    """Mark an address; the first time, tell the person in the application, and every administrator."""
    made = insert_new(
        session, RefusedAddress, ("address",), address=address.casefold(), error=error[:500], since=utc_now()
    )
    if made is None:
        return
    name = session.scalar(select(User.name).where(User.id == user_id)) if user_id is not None else None
    if user_id is not None:
        notify(session, user_id, "mail_refused", body={"address": address, "url": "/notifications/choices"})
    tell_admins(session, "mail_refused_person", {"address": address, "name": name or "", "url": "/mail"})


def list_refused(session: Session) -> tuple[Refused, ...]:
    """The addresses that take no mail, the newest first."""
    rows = session.execute(
        select(RefusedAddress, User.id, User.name)
        .outerjoin(User, User.email == RefusedAddress.address)
        .order_by(RefusedAddress.since.desc(), RefusedAddress.address)
        .limit(200)
    )
    return tuple(Refused(row.address, row.error, row.since, user_id, name) for row, user_id, name in rows)


def is_refused(session: Session, address: str) -> Refused | None:
    """Whether an address is marked, and why."""
    row = session.get(RefusedAddress, address.casefold())
    return None if row is None else Refused(row.address, row.error, row.since, None, None)


def try_again(session: Session, address: str) -> bool:
    """Let mails go to an address again; False when it was not marked."""
    return bool(
        session.scalar(
            delete(RefusedAddress).where(RefusedAddress.address == address.casefold()).returning(RefusedAddress.address)
        )
    )
