"""Whose call it is where a number is shared, and what about where several deals are open: one click, remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review.errors import NoSuchCall, ReviewError
from review.models import Call, Client, ClientPhone, Deal, NumberChoice, utc_now
from review.services import audit
from review.states import Step, make_ready

MOST_SHOWN: Final = 12


class BadChoice(ReviewError):
    """What was chosen is none of what could be meant."""

    code = "bad_choice"

    def __init__(self, call_id: int) -> None:
        super().__init__(f"The client or deal chosen for call {call_id} is none of those its number belongs to.")
        self.call_id = call_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """One client (and one of the open deals) a call may belong to; `chosen` is the one it belongs to now."""

    client_id: int
    client_name: str
    company: str | None
    deal_id: int | None
    deal_title: str | None
    deal_kind: str | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguity:
    """What a call may be about; empty when there is nothing to choose. `said`: a person chose for this number."""

    options: tuple[Meant, ...] = ()
    said: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody should choose."""
        return bool(self.options) and not self.said


def who_is_meant(session: Session, call_id: int) -> Ambiguity:
    """The clients and open deals the call's number may mean; empty unless there are several."""
    call = session.get(Call, call_id)
    if call is None or not call.client_phone:
        return Ambiguity()
    clients = session.execute(
        select(Client.id, Client.name, Client.company)
        .join(ClientPhone, ClientPhone.client_id == Client.id)
        .where(ClientPhone.e164 == call.client_phone)
        .order_by(Client.id)
        .limit(MOST_SHOWN)
    ).all()
    if not clients:
        return Ambiguity()
    options: list[Meant] = []
    deals = _open_deals(session, [client.id for client in clients])
    for client in clients:
        for deal in deals.get(client.id) or [None]:
            options.append(
                Meant(
                    client_id=client.id,
                    client_name=client.name,
                    company=client.company,
                    deal_id=deal.id if deal else None,
                    deal_title=deal.title if deal else None,
                    deal_kind=deal.kind if deal else None,
                    chosen=client.id == call.client_id and (deal.id if deal else None) == call.deal_id,
                )
            )
    if len(options) < 2 or (len(clients) == 1 and call.deal_id is not None and not _is_chosen(options)):
        return Ambiguity()
    said = session.get(NumberChoice, call.client_phone) is not None
    return Ambiguity(options=tuple(options[:MOST_SHOWN]), said=said and _is_chosen(options))


def choose_meant(
    session: Session, call_id: int, *, client_id: int, deal_id: int | None, by: int | None
) -> list[tuple[int, Step]]:
    """Give the call to this client and deal, and remember it for its number; other calls of it that have none follow.

    Ring for what comes back, after the commit: a call that has another deal now is judged again. Raises NoSuchCall,
    BadChoice. Does not commit.
    """
    call = session.scalar(select(Call).where(Call.id == call_id).with_for_update())
    if call is None:
        raise NoSuchCall(call_id)
    phone = call.client_phone
    if not any((m.client_id, m.deal_id) == (client_id, deal_id) for m in who_is_meant(session, call_id).options):
        raise BadChoice(call_id)
    before = {"client_id": call.client_id, "deal_id": call.deal_id}
    row = session.get(NumberChoice, phone)
    if row is None:
        session.add(NumberChoice(e164=str(phone), client_id=client_id, deal_id=deal_id, user_id=by))
    else:
        row.client_id, row.deal_id, row.user_id, row.at = client_id, deal_id, by, utc_now()
    changed = before["deal_id"] != deal_id
    call.client_id, call.deal_id = client_id, deal_id
    session.flush()
    unlinked = update(Call).where(Call.client_phone == phone, Call.client_id.is_(None), Call.id != call_id)
    session.execute(unlinked.values(client_id=client_id).execution_options(synchronize_session=False))
    audit.record(
        session, by, "call.client_chosen", "call", call_id, before=before, client_id=client_id, deal_id=deal_id
    )
    held_back = call.partial and not call.score_partial
    if changed and not held_back and make_ready(session, call_id, "score", when=("scored",)):
        return [(call_id, "score")]
    return []


def _open_deals(session: Session, clients: list[int]) -> dict[int, list[Any]]:
    rows = session.execute(
        select(Deal.id, Deal.client_id, Deal.title, Deal.kind)
        .where(Deal.client_id.in_(clients), Deal.status == "open")
        .order_by(func.coalesce(Deal.opened_at, Deal.stage_since).desc(), Deal.id)
        .limit(MOST_SHOWN * 4)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.client_id, []).append(row)
    return found


def _is_chosen(options: list[Meant]) -> bool:
    return any(option.chosen for option in options)
