"""The numbers nobody may be sent to call: the list, adding and removing, and which of them a lead has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Call, Client, ClientPhone, DoNotCall, User, WinBackLead, utc_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_clients
from review.services.audit import record
from review.text.phones import read_phone
from review.upsert import insert_new

PAGE: Final = 50
LONGEST: Final = 300  # characters of a reason
SHORTEST: Final = 3


class NumberRefused(ReviewError):
    """The number cannot be put on the list or taken off; nothing was changed. `field`: number or reason."""

    code = "number_refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedNumber:
    """One number of the list, with who is known to have it; `source` is person, crm or call."""

    e164: str
    reason: str
    source: str
    by: str | None
    at: datetime
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberPage:
    """A page of the list; `next` is the last number of it, None on the last page."""

    rows: tuple[RefusedNumber, ...]
    next: str | None


def list_numbers(session: Session, viewer: Viewer, *, search: str = "", after: str | None = None) -> NumberPage:
    """The list by number, with names of clients this viewer sees; `search` is part of a number or a name."""
    wanted = select(DoNotCall, User.name).outerjoin(User, User.id == DoNotCall.user_id).order_by(DoNotCall.e164)
    text = search.strip()
    digits = "".join(sign for sign in text if sign.isdigit())
    if text:
        named = select(ClientPhone.e164).join(Client, Client.id == ClientPhone.client_id)
        like = f"%{_plain(text)}%"
        of_name = named.where(
            visible_clients(viewer), or_(Client.name.ilike(like, escape="\\"), Client.company.ilike(like, escape="\\"))
        )
        found: list[ColumnElement[bool]] = [DoNotCall.e164.in_(of_name)]
        if digits:
            found.append(DoNotCall.e164.contains(digits, autoescape=True))
        wanted = wanted.where(or_(*found))
    if after:
        wanted = wanted.where(DoNotCall.e164 > after)
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    names: dict[str, list[str]] = {}
    for e164, client in session.execute(
        select(ClientPhone.e164, Client.name)
        .join(Client, Client.id == ClientPhone.client_id)
        .where(ClientPhone.e164.in_([row.DoNotCall.e164 for row in shown]), visible_clients(viewer))
        .order_by(Client.name)
    ):
        names.setdefault(e164, []).append(client)
    return NumberPage(
        tuple(
            RefusedNumber(
                e164=number.e164,
                reason=number.reason,
                source=number.source,
                by=by,
                at=number.at,
                clients=tuple(names.get(number.e164, ())),
            )
            for number, by in shown
        ),
        shown[-1].DoNotCall.e164 if len(rows) > PAGE else None,
    )


def add_number(session: Session, user_id: int, number: str, reason: str, *, region: str) -> bool:
    """Put a number on the list; False when it is there already. Audited. Raises NumberRefused."""
    e164 = read_phone(number, region)
    if e164 is None:
        raise NumberRefused("number", "This is no telephone number.")
    reason = _reason(reason)
    made = insert_new(
        session, DoNotCall, ("e164",), e164=e164, reason=reason, source="person", user_id=user_id, at=utc_now()
    )
    if made is None:
        return False
    record(session, user_id, "do_not_call.added", "do_not_call", e164)
    return True


def remove_number(session: Session, user_id: int, e164: str, reason: str) -> None:
    """Take a number off the list, saying why. Audited. Raises NumberRefused."""
    reason = _reason(reason)
    gone = session.execute(delete(DoNotCall).where(DoNotCall.e164 == e164))
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise NumberRefused("number", "This number is not on the list.")
    record(session, user_id, "do_not_call.removed", "do_not_call", e164, reason=reason)


def refused_numbers(session: Session, lead: WinBackLead) -> tuple[str, ...]:
    """Which of the lead's numbers are on the list now: the client's, and those its calls were held with."""
    theirs = select(ClientPhone.e164).where(ClientPhone.client_id == lead.client_id)
    calls = [call_id for call_id in (lead.call_id, lead.last_call_id) if call_id is not None]
    held = select(Call.client_phone).where(Call.id.in_(calls), Call.client_phone.is_not(None))
    found = select(DoNotCall.e164).where(or_(DoNotCall.e164.in_(theirs), DoNotCall.e164.in_(held)))
    return tuple(session.scalars(found.order_by(DoNotCall.e164)))


def _reason(text: str) -> str:
    plain = " ".join(text.split())
    if not SHORTEST <= len(plain) <= LONGEST or "\x00" in plain:
        raise NumberRefused("reason", f"A reason has {SHORTEST} to {LONGEST} characters.")
    return plain


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
