"""Which rep, client and deal a call belongs to; and the calls that find theirs only after a CRM import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from review.models import Call, Client, ClientPhone, Deal, Delivery
from review.services.people import find_rep

__all__ = ["Linked", "find_client", "find_deal", "find_rep", "link_calls"]


@dataclass(frozen=True, slots=True)
class Linked:
    """How many calls found their rep, client or deal in a pass."""

    reps: int
    clients: int
    deals: int


def find_client(session: Session, *, external_id: str | None, phone: str | None) -> int | None:
    """The client with this CRM id, else with this number (E.164); None when unknown.

    Where clients share a number, the one with an open deal is meant, else the one known longest.
    """
    if external_id:
        found = session.scalar(select(Client.id).where(Client.external_id == external_id))
        if found is not None:
            return found
    if not phone:
        return None
    open_deals = (
        select(func.count()).where(Deal.client_id == ClientPhone.client_id, Deal.status == "open").scalar_subquery()
    )
    return session.scalar(
        select(ClientPhone.client_id)
        .where(ClientPhone.e164 == phone)
        .order_by(case((open_deals > 0, 0), else_=1), ClientPhone.client_id)
        .limit(1)
    )


def find_deal(
    session: Session, *, external_id: str | None, client_id: int | None, at: datetime | None
) -> tuple[int, int] | None:
    """(deal, its client): the deal with this CRM id, else the client's only deal that was open at that time."""
    if external_id:
        found = session.execute(select(Deal.id, Deal.client_id).where(Deal.external_id == external_id)).first()
        if found is not None:
            return found.id, found.client_id
    if client_id is None:
        return None
    wanted = [Deal.client_id == client_id]
    if at is None:
        wanted.append(Deal.status == "open")
    else:
        wanted.append(or_(Deal.opened_at.is_(None), Deal.opened_at <= at))
        wanted.append(or_(and_(Deal.closed_at.is_(None), Deal.status == "open"), Deal.closed_at >= at))
    deals = session.execute(select(Deal.id, Deal.client_id).where(*wanted).limit(2)).all()
    return (deals[0].id, deals[0].client_id) if len(deals) == 1 else None


def link_calls(session: Session) -> Linked:
    """Give calls that lack a rep, client or deal the one that is known by now. Run it after a CRM import."""
    reps = clients = deals = 0
    without_rep = select(Call.rep_name).where(Call.rep_id.is_(None), Call.rep_name.is_not(None)).distinct()
    for name in session.scalars(without_rep).all():
        rep_id = find_rep(session, name)
        if rep_id is not None:
            reps += _count(session, update(Call).where(Call.rep_id.is_(None), Call.rep_name == name), rep_id=rep_id)
    by_phone = select(Call.client_phone).where(
        Call.client_id.is_(None), Call.client_phone.in_(select(ClientPhone.e164))
    )
    for phone in session.scalars(by_phone.distinct()).all():
        client_id = find_client(session, external_id=None, phone=phone)
        unlinked = update(Call).where(Call.client_id.is_(None), Call.client_phone == phone)
        clients += _count(session, unlinked, client_id=client_id)
    clients += _link_delivered_ids(session)
    for call_id, client_id, at in session.execute(
        select(Call.id, Call.client_id, Call.started_at).where(
            Call.deal_id.is_(None), Call.client_id.in_(select(Deal.client_id))
        )
    ).all():
        found = find_deal(session, external_id=None, client_id=client_id, at=at)
        if found is not None:
            deals += _count(session, update(Call).where(Call.id == call_id), deal_id=found[0])
    return Linked(reps, clients, deals)


def _link_delivered_ids(session: Session) -> int:
    """Calls whose sender named the client or deal by its CRM id before the CRM had told us of it."""
    linked = 0
    client_name, deal_name = Delivery.facts["client"].as_string(), Delivery.facts["deal"].as_string()
    named = select(Call.id, client_name.label("client"), deal_name.label("deal"), Call.started_at)
    named = named.join(Delivery, Delivery.call_id == Call.id).where(
        or_(Call.client_id.is_(None), Call.deal_id.is_(None)), or_(client_name.is_not(None), deal_name.is_not(None))
    )
    for call_id, client, deal, at in session.execute(named).all():
        found = find_deal(session, external_id=deal, client_id=None, at=at) if deal else None
        client_id = find_client(session, external_id=client, phone=None) if client else None
        client_id = client_id if client_id is not None else (found[1] if found else None)
        if client_id is not None:
            unlinked = update(Call).where(Call.id == call_id, Call.client_id.is_(None))
            linked += _count(session, unlinked, client_id=client_id)
        if found is not None:
            _count(session, update(Call).where(Call.id == call_id, Call.deal_id.is_(None)), deal_id=found[0])
    return linked


def _count(session: Session, statement: Update, **values: object) -> int:
    done = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
