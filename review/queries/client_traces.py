"""What a promise is held against: the promises as said, and what followed with the client by phone and in the CRM."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.client_card.promises import Known, Said, Trace
from review.models import Call, CallPromise, CrmEmail, CrmNote, CrmTask, Deal, DealStage


def read_said(session: Session, client_ids: Collection[int], since: datetime) -> Mapping[int, tuple[Said, ...]]:
    """All promises of reps to these clients since then, in calls of anybody, oldest first. One statement."""
    rows = session.execute(
        select(CallPromise, Call.client_id, Call.happened_at, Call.duration)
        .join(Call, Call.id == CallPromise.call_id)
        .where(Call.client_id.in_(client_ids), Call.happened_at >= since, CallPromise.said_by == "rep")
        .order_by(Call.happened_at, CallPromise.id)
    )
    found: dict[int, list[Said]] = {}
    for promise, client_id, at, duration in rows:
        if client_id is None:
            continue
        said = Said(
            id=promise.id,
            call_id=promise.call_id,
            what=promise.what,
            due_on=promise.due_on,
            began_at=at,
            ended_at=at + timedelta(seconds=duration or 0.0),
        )
        found.setdefault(client_id, []).append(said)
    return {client_id: tuple(promises) for client_id, promises in found.items()}


def read_traces(session: Session, client_ids: Collection[int], since: datetime) -> Mapping[int, list[Trace]]:
    """What happened with each of these clients since then, whoever did it. Six statements."""
    found: dict[int, list[Trace]] = {}

    def add(client_id: int, trace: Trace) -> None:
        found.setdefault(client_id, []).append(trace)

    emails = select(CrmEmail.client_id, CrmEmail.at, CrmEmail.id, CrmEmail.subject).where(
        CrmEmail.client_id.in_(client_ids), CrmEmail.at >= since, CrmEmail.direction == "outbound"
    )
    for client_id, at, row_id, subject in session.execute(emails):
        add(client_id, Trace(kind="email", at=at, id=row_id, text=subject))
    notes = select(CrmNote.client_id, CrmNote.at, CrmNote.id, CrmNote.body).where(
        CrmNote.client_id.in_(client_ids), CrmNote.at >= since
    )
    for client_id, at, row_id, body in session.execute(notes):
        add(client_id, Trace(kind="note", at=at, id=row_id, text=body))
    tasks = select(CrmTask.client_id, CrmTask.done_at, CrmTask.due_at, CrmTask.id, CrmTask.title).where(
        CrmTask.client_id.in_(client_ids)
    )
    for client_id, done_at, due_at, row_id, title in session.execute(tasks):
        if done_at is not None:
            add(client_id, Trace(kind="task", at=done_at, id=row_id, text=title))
        elif due_at is not None:
            add(client_id, Trace(kind="task_open", at=due_at, id=row_id, text=title))
    gone_through = (
        select(Deal.client_id, DealStage.at, DealStage.id, DealStage.stage)
        .join(Deal, Deal.id == DealStage.deal_id)
        .where(Deal.client_id.in_(client_ids), DealStage.at >= since)
    )
    for client_id, at, row_id, stage in session.execute(gone_through):
        add(client_id, Trace(kind="stage", at=at, id=row_id, text=stage))
    now_in = select(Deal.client_id, Deal.stage_since, Deal.id, Deal.stage).where(
        Deal.client_id.in_(client_ids), Deal.stage_since >= since, Deal.stage.is_not(None)
    )
    for deal in session.execute(now_in):
        if deal.stage_since is not None:  # a CRM without a history of stages still says since when it is in this one
            add(deal.client_id, Trace(kind="stage", at=deal.stage_since, id=deal.id, text=deal.stage or ""))
    calls = select(Call.client_id, Call.happened_at, Call.id, Call.direction, Call.result, Call.state).where(
        Call.client_id.in_(client_ids), Call.happened_at >= since, Call.direction.is_not(None)
    )
    for call in session.execute(calls):
        if call.client_id is not None:
            reached = call.result == "answered" if call.result is not None else call.state != "no_audio"
            kind = "call_in" if call.direction == "inbound" else "call_out"
            add(call.client_id, Trace(kind=kind, at=call.happened_at, id=call.id, reached=reached))
    return found


def read_known(session: Session) -> Known:
    """Since when the CRM tells of e-mails at all. One statement."""
    return Known(emails_since=session.scalar(select(func.min(CrmEmail.at))))
