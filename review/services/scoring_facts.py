"""The facts a call is scored with, gathered from the call, its deal, its client, the client's tasks and other calls."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.accounts.installation import common_words
from review.accounts.installation import company_names as company_names_of
from review.models import Call, Client, CrmTask, Deal, LossReason, Rep, Source
from review.services.hints import names_of, products_of
from scoring.facts import Facts, Task


def gather_facts(session: Session, call: Call, *, company_names: Sequence[str] = ()) -> Facts:
    """What is known now; unknown stays None. `company_names` serve sources that name none of their own."""
    deal = session.get(Deal, call.deal_id) if call.deal_id is not None else None
    client = session.get(Client, call.client_id) if call.client_id is not None else None
    source = session.scalar(select(Source).where(Source.name == call.source))
    rep = session.get(Rep, call.rep_id) if call.rep_id is not None else None
    name = rep.name if rep else call.rep_name
    products, competitors = common_words(session)
    names = source.company_names if source and source.company_names else company_names_of(session, company_names)
    return Facts(
        direction=call.direction,
        started_at=call.started_at,
        rep=name,
        rep_names=names_of(name),
        company_names=tuple(names),
        products=tuple(dict.fromkeys((*products_of(source, client), *products))),
        competitors=competitors,
        disposition=call.disposition or (deal.status if deal else None),
        loss_reason=_loss_reason(session, call.loss_reason or (deal.loss_reason if deal else None)),
        closed_at=deal.closed_at if deal else None,
        deal_value=float(deal.amount) if deal and deal.amount is not None else None,
        currency=deal.currency if deal else None,
        tasks=_tasks(session, call),
        other_calls=_other_calls(session, call),
    )


def _loss_reason(session: Session, text: str | None) -> str | None:
    """The CRM's words for a code; free text stays as it is."""
    if not text:
        return None
    return session.scalar(select(LossReason.name).where(LossReason.code == text)) or text


def _tasks(session: Session, call: Call) -> tuple[Task, ...] | None:
    """The deal's tasks, else the client's; None while the client is unknown, which is not the same as no tasks."""
    if call.client_id is None:
        return None
    mine = CrmTask.deal_id == call.deal_id if call.deal_id is not None else CrmTask.client_id == call.client_id
    tasks = session.scalars(select(CrmTask).where(mine).order_by(CrmTask.due_at, CrmTask.id))
    return tuple(Task(due=task.due_at, done=task.done_at) for task in tasks)


def _other_calls(session: Session, call: Call) -> int | None:
    if call.client_id is None:
        return None
    others = select(func.count()).where(Call.client_id == call.client_id, Call.id != call.id)
    return session.scalar(others)
