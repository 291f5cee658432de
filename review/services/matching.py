"""Which rep, client and deal a call belongs to; and the calls that find theirs only after a CRM import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from review.models import Call, Client, ClientPhone, CrmConnection, CrmId, Deal, Delivery, NumberChoice, UtcTime
from review.performance.results import follow_reps
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

    Where clients share a number, the one a person said is meant, else one that is still there in its CRM (who was
    merged into another is not), else the one with an open deal, else the one known longest.
    """
    if external_id:
        found = session.scalar(select(Client.id).where(Client.external_id == external_id))
        if found is None:
            found = _named_in_crm(session, "client", external_id)
        if found is not None:
            return found
    if not phone:
        return None
    chosen = session.scalar(select(NumberChoice.client_id).where(NumberChoice.e164 == phone))
    if chosen is not None:
        return chosen
    open_deals = (
        select(func.count()).where(Deal.client_id == ClientPhone.client_id, Deal.status == "open").scalar_subquery()
    )
    return session.scalar(
        select(ClientPhone.client_id)
        .where(ClientPhone.e164 == phone)
        .order_by(case((_gone(), 1), else_=0), case((open_deals > 0, 0), else_=1), ClientPhone.client_id)
        .limit(1)
    )


def _gone() -> ColumnElement[bool]:
    """A client's row whose every CRM has deleted it, or merged it into another."""
    known = select(CrmId.row_id).where(CrmId.entity.in_(("client", "company")), CrmId.row_id == ClientPhone.client_id)
    return and_(known.where(CrmId.deleted.is_(True)).exists(), ~known.where(CrmId.deleted.is_(False)).exists())


def _named_in_crm(session: Session, entity: str, remote_id: str) -> int | None:
    """Our row of what exactly one connected CRM calls so; a telephone system names clients by their ids there."""
    found = session.scalars(
        select(CrmId.row_id)
        .where(
            CrmId.connection_id.in_(select(CrmConnection.id)),
            CrmId.entity == entity,
            CrmId.remote_id == remote_id,
            CrmId.row_id.is_not(None),
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def find_deal(
    session: Session, *, external_id: str | None, client_id: int | None, at: datetime | None, phone: str | None = None
) -> tuple[int, int] | None:
    """(deal, its client): the deal with this CRM id, else the client's only deal that was open at that time.

    Of several open ones, the one a person said calls of this number are about.
    """
    if external_id:
        found = session.execute(select(Deal.id, Deal.client_id).where(Deal.external_id == external_id)).first()
        if found is not None:
            return found.id, found.client_id
        named = session.get(Deal, _named_in_crm(session, "deal", external_id) or 0)
        if named is not None:
            return named.id, named.client_id
    if client_id is None:
        return None
    was_open = Deal.status == "open" if at is None else _was_open(literal(at, UtcTime))
    deals = session.execute(select(Deal.id, Deal.client_id).where(Deal.client_id == client_id, was_open).limit(2)).all()
    if len(deals) == 1:
        return deals[0].id, deals[0].client_id
    if not deals or phone is None:
        return None
    said = select(Deal.id).join(NumberChoice, NumberChoice.deal_id == Deal.id)
    chosen = session.scalar(said.where(NumberChoice.e164 == phone, Deal.client_id == client_id, was_open))
    return None if chosen is None else (chosen, client_id)


def link_calls(session: Session) -> Linked:
    """Give calls that lack a rep, client or deal the one that is known by now. Run it after a CRM import."""
    deals, clients = _link_delivered_ids(session)
    reps = 0
    without_rep = select(Call.source, Call.rep_name).where(Call.rep_id.is_(None), Call.rep_name.is_not(None)).distinct()
    for source, name in session.execute(without_rep).all():
        rep_id = find_rep(session, name, source=source)
        if rep_id is not None:
            theirs = update(Call).where(Call.rep_id.is_(None), Call.rep_name == name, Call.source == source)
            reps += _count(session, theirs, rep_id=rep_id)
            follow_reps(session, rep_id)
    known_now = Call.client_phone.in_(select(ClientPhone.e164))
    for phone in session.scalars(select(Call.client_phone).where(Call.client_id.is_(None), known_now).distinct()).all():
        client_id = find_client(session, external_id=None, phone=phone)
        unlinked = update(Call).where(Call.client_id.is_(None), Call.client_phone == phone)
        clients += _count(session, unlinked, client_id=client_id)
    return Linked(reps, clients, deals + _link_only_deals(session))


def _link_delivered_ids(session: Session) -> tuple[int, int]:
    """(deals, clients) of calls whose sender named them by their CRM ids before the CRM had told us of them."""
    deals = clients = 0
    named_deal = Delivery.facts["deal"].as_string()
    for call_id, deal_id, client_id in session.execute(
        select(Call.id, Deal.id, Deal.client_id)
        .join(Delivery, Delivery.call_id == Call.id)
        .join(Deal, Deal.external_id == named_deal)
        .where(Call.deal_id.is_(None), or_(Call.client_id.is_(None), Call.client_id == Deal.client_id))
    ).all():
        unlinked = update(Call).where(Call.id == call_id, Call.client_id.is_(None))
        clients += _count(session, unlinked, client_id=client_id)
        deals += _count(session, update(Call).where(Call.id == call_id, Call.deal_id.is_(None)), deal_id=deal_id)
    named_client = Delivery.facts["client"].as_string()
    for call_id, client_id in session.execute(
        select(Call.id, Client.id)
        .join(Delivery, Delivery.call_id == Call.id)
        .join(Client, Client.external_id == named_client)
        .where(Call.client_id.is_(None))
    ).all():
        unlinked = update(Call).where(Call.id == call_id, Call.client_id.is_(None))
        clients += _count(session, unlinked, client_id=client_id)
    return deals, clients


def _link_only_deals(session: Session) -> int:
    """Calls of clients who had exactly one deal open at the time; one statement, however many calls there are."""
    was_open = case(
        (Call.started_at.is_(None), Deal.status == "open"),
        else_=_was_open(Call.__table__.c.started_at),
    )
    theirs = select(func.count(), func.min(Deal.id)).where(Deal.client_id == Call.client_id, was_open).correlate(Call)
    counted = theirs.with_only_columns(func.count()).scalar_subquery()
    the_one = theirs.with_only_columns(func.min(Deal.id)).scalar_subquery()
    alone = update(Call).where(Call.deal_id.is_(None), Call.client_id.is_not(None), counted == 1)
    return _count(session, alone, deal_id=the_one)


def _was_open(at: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(
        or_(Deal.opened_at.is_(None), Deal.opened_at <= at),
        or_(and_(Deal.closed_at.is_(None), Deal.status == "open"), Deal.closed_at >= at),
    )


def _count(session: Session, statement: Update, **values: object) -> int:
    done = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
