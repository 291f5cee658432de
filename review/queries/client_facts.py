"""Reading what the CRM says about one client, for the client card and for the card beside a call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, select
from sqlalchemy.orm import Session, aliased

from review.client_card.fields import own_texts
from review.models import Client, ClientPhone, CrmTask, Deal, LossReason, Rep, utc_now
from review.queries.call_rows import CallRow
from review.queries.crm_rows import ClientSummary, DealRow, TaskRow, TimelineItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """A client with deals (open first, then newest) and tasks (not done first, by due date)."""

    client: ClientSummary
    deals: tuple[DealRow, ...]
    tasks: tuple[TaskRow, ...]


def read_client_facts(session: Session, client_id: int) -> ClientFacts | None:
    """What is known of the client; None when there is none. The caller has checked who is asking. Four statements."""
    client = session.execute(
        select(
            Client.id,
            Client.external_id,
            Client.name,
            Client.company,
            Client.email,
            Client.potential,
            Client.client_group,
            Client.product_group,
            Client.note,
            Client.created_at,
            Client.custom,
            Client.hot,
            Client.hot_note,
            Client.revision,
        ).where(Client.id == client_id)
    ).one_or_none()
    if client is None:
        return None
    phones = session.scalars(
        select(ClientPhone.e164).where(ClientPhone.client_id == client_id).order_by(ClientPhone.e164)
    )
    now = utc_now()
    return ClientFacts(
        client=ClientSummary(**{**client._mapping, "custom": own_texts(client.custom or {})}, phones=tuple(phones)),
        deals=_read_deals(session, client_id, now),
        tasks=_read_tasks(session, client_id, now),
    )


def make_timeline(
    client: ClientSummary, deals: Iterable[DealRow], tasks: Iterable[TaskRow], calls: Iterable[CallRow]
) -> tuple[TimelineItem, ...]:
    """The client's story, newest first: calls, what happened to deals, tasks done and still to do."""
    items = [TimelineItem(at=client.created_at, kind="client_created")]
    items += [TimelineItem(at=call.started_at, kind="call", call=call) for call in calls]
    for deal in deals:
        if deal.opened_at is not None:
            items.append(TimelineItem(at=deal.opened_at, kind="deal_opened", deal=deal))
        if deal.closed_at is not None:
            items.append(TimelineItem(at=deal.closed_at, kind="deal_closed", deal=deal))
        elif deal.stage_since is not None and deal.stage_since != deal.opened_at:
            items.append(TimelineItem(at=deal.stage_since, kind="deal_stage", deal=deal))
    for task in tasks:
        if task.done_at is not None:
            items.append(TimelineItem(at=task.done_at, kind="task_done", task=task))
        elif task.due_at is not None:
            items.append(TimelineItem(at=task.due_at, kind="task_due", task=task))
    return tuple(sorted(items, key=lambda item: item.at, reverse=True))


def select_deals() -> Select[*tuple[Any, ...]]:
    """A statement giving what `read_deal` needs; add conditions and an order."""
    closer = aliased(Rep)
    return (
        select(Deal, Rep.name.label("rep_name"), LossReason.name.label("reason_name"), closer.name.label("closed_by"))
        .outerjoin(Rep, Rep.id == Deal.rep_id)
        .outerjoin(closer, closer.id == Deal.closed_by_id)
        .outerjoin(LossReason, LossReason.code == Deal.loss_reason)
    )


def read_deal(row: Row[*tuple[Any, ...]], now: datetime) -> DealRow:
    """One deal from one line of `select_deals`."""
    deal: Deal = row[0]
    since = deal.stage_since or deal.opened_at
    return DealRow(
        id=deal.id,
        external_id=deal.external_id,
        client_id=deal.client_id,
        title=deal.title,
        stage=deal.stage,
        stage_since=deal.stage_since,
        days_in_stage=max(0, (now - since).days) if deal.status == "open" and since is not None else None,
        amount=deal.amount,
        currency=deal.currency,
        rep_id=deal.rep_id,
        rep_name=row.rep_name,
        status=deal.status,
        loss_reason=row.reason_name or deal.loss_reason,
        opened_at=deal.opened_at,
        closed_at=deal.closed_at,
        kind=deal.kind,
        closed_by_name=row.closed_by,
        url=deal.url,
    )


def select_tasks() -> Select[*tuple[Any, ...]]:
    """A statement giving what `read_task` needs; add conditions and an order."""
    return (
        select(CrmTask, Deal.title.label("deal_title"), Rep.name.label("rep_name"))
        .outerjoin(Deal, Deal.id == CrmTask.deal_id)
        .outerjoin(Rep, Rep.id == CrmTask.rep_id)
    )


def read_task(row: Row[*tuple[Any, ...]], now: datetime) -> TaskRow:
    """One task from one line of `select_tasks`."""
    task: CrmTask = row[0]
    return TaskRow(
        id=task.id,
        client_id=task.client_id,
        deal_id=task.deal_id,
        deal_title=row.deal_title,
        rep_id=task.rep_id,
        rep_name=row.rep_name,
        title=task.title,
        due_at=task.due_at,
        done_at=task.done_at,
        overdue=task.done_at is None and task.due_at is not None and task.due_at < now,
    )


def _read_deals(session: Session, client_id: int, now: datetime) -> tuple[DealRow, ...]:
    rows = session.execute(
        select_deals()
        .where(Deal.client_id == client_id)
        .order_by(case((Deal.status == "open", 0), else_=1), Deal.opened_at.desc().nulls_last(), Deal.id.desc())
    )
    return tuple(read_deal(row, now) for row in rows)


def _read_tasks(session: Session, client_id: int, now: datetime) -> tuple[TaskRow, ...]:
    rows = session.execute(
        select_tasks()
        .where(CrmTask.client_id == client_id)
        .order_by(case((CrmTask.done_at.is_(None), 0), else_=1), CrmTask.due_at.asc().nulls_last(), CrmTask.id)
    )
    return tuple(read_task(row, now) for row in rows)
