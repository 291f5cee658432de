"""Putting a CRM's neutral rows into our tables: the same page twice changes nothing, work by hand stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.crm.apply_clients import ClientRows
from review.crm.apply_deals import DealRows
from review.crm.applying import Applying, Counts
from review.crm.connector import Company, Contact, Deal, Email, Gone, Note, Person, Reason, Row, StageMove, Task
from review.models import CrmEmail, CrmNote, CrmTask, LossReason, Rep
from review.services.people import find_rep

__all__ = ["Counts", "absent_clients", "apply_rows"]


def apply_rows(session: Session, connection_id: int, rows: Sequence[Row], *, region: str) -> Counts:
    """Put rows in; what came of it. A row whose client is not known is counted and left out. Does not commit."""
    work = Applying(session, connection_id, region)
    work.known.look_up(_ids_in(rows))
    clients, deals = ClientRows(work), DealRows(work)
    takers: list[tuple[type, Callable[[Any], None]]] = [
        (Person, lambda row: _take_person(work, row)),
        (Reason, lambda row: _take_reason(work, row)),
        (Company, clients.take_company),
        (Contact, clients.take_contact),
        (Deal, deals.take_deal),
        (StageMove, deals.take_move),
        (Task, deals.take_task),
        (Note, deals.take_note),
        (Email, deals.take_email),
        (Gone, lambda row: _take_gone(work, row)),
    ]
    for kind, take in takers:
        for row in rows:
            if isinstance(row, kind):
                take(row)
        session.flush()
    deals.settle_closings()
    return work.counts


def absent_clients(session: Session, connection_id: int, rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """(contacts, companies) that rows speak of and that are neither known nor among the rows: ask for them first."""
    have = {("client", row.id) for row in rows if isinstance(row, Contact)}
    have |= {("company", row.id) for row in rows if isinstance(row, Company)}
    wanted = {
        key
        for row in rows
        if isinstance(row, (Deal, Task, Note, Email))
        for key in (("client", row.contact_id), ("company", row.company_id))
        if key[1] is not None
    }
    work = Applying(session, connection_id, "")
    work.known.look_up([(entity, str(remote)) for entity, remote in wanted])
    absent = sorted((e, str(r)) for e, r in wanted - have if work.known.get(e, r) is None)
    return [r for e, r in absent if e == "client"], [r for e, r in absent if e == "company"]


def _ids_in(rows: Sequence[Row]) -> set[tuple[str, str]]:
    wanted: set[tuple[str, str | None]] = set()
    for row in rows:
        if isinstance(row, Person):
            wanted.add(("rep", row.id))
        elif isinstance(row, Company):
            wanted.add(("company", row.id))
        elif isinstance(row, Contact):
            wanted |= {("client", row.id), ("company", row.company_id)}
        elif isinstance(row, StageMove):
            wanted |= {("deal", row.deal_id), ("rep", row.person_id)}
        elif isinstance(row, Deal):
            wanted |= {("deal", row.id), ("loss_reason", row.loss_reason), ("rep", row.closed_by_id)}
        elif isinstance(row, (Task, Note, Email)):
            name = {Task: "task", Note: "note", Email: "email"}[type(row)]
            wanted |= {(name, row.id), ("deal", row.deal_id)}
        elif isinstance(row, Gone):
            wanted.add((row.entity, row.id))
        if isinstance(row, (Deal, Task, Note, Email)):
            wanted |= {("client", row.contact_id), ("company", row.company_id), ("rep", row.person_id)}
    return {(entity, remote_id) for entity, remote_id in wanted if remote_id is not None}


def _take_person(work: Applying, person: Person) -> None:
    """Somebody of the CRM is the rep with the same address, extension or name; else they wait for a person to say."""
    label = f"{person.name} <{person.email}>" if person.email else person.name
    known = work.known.get("rep", person.id)
    if known is None:
        known = work.known.add("rep", person.id, None, label=label)
    known.label = label
    if known.row_id is not None and work.session.get(Rep, known.row_id) is None:
        known.row_id = None
    if known.row_id is None:
        for text in (person.email, person.extension, person.name):
            rep_id = find_rep(work.session, text)
            if rep_id is not None:
                known.row_id = rep_id
                break
    known.deleted = not person.active


def _take_reason(work: Applying, reason: Reason) -> None:
    code = f"{work.connection_id}:{reason.code}"
    row = work.session.get(LossReason, code)
    if row is None:
        work.session.add(LossReason(code=code, name=reason.name))
    else:
        row.name = reason.name
    if work.known.get("loss_reason", reason.code) is None:
        work.known.add("loss_reason", reason.code, None, label=reason.name)


def _take_gone(work: Applying, gone: Gone) -> None:
    """A deleted task, note or e-mail goes; of a client or deal only the fact is kept: calls hang on them."""
    known = work.known.get(gone.entity, gone.id)
    if known is None or known.deleted:
        return
    known.deleted = True
    work.counts.gone += 1
    tables: dict[str, Any] = {"task": CrmTask, "note": CrmNote, "email": CrmEmail}
    if gone.entity in tables and known.row_id is not None:
        table = tables[gone.entity]
        work.session.execute(delete(table).where(table.id.in_(select(table.id).where(table.id == known.row_id))))
        known.row_id = None
