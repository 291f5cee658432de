"""Tasks in a CRM to call somebody whose number was barred after the CRM was told: they are withdrawn, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from review.crm.outbox import enqueue
from review.models import Call, ClientPhone, DoNotCall, OutboxItem, WinBackLead
from review.win_back.states import callable_leads


def anything_to_withdraw(session: Session) -> bool:
    """Whether a lead that was handed out has a number on the list by now, and its CRM was not told. Reads only."""
    return session.scalar(_barred().with_only_columns(WinBackLead.id).limit(1)) is not None


def withdraw_barred(session: Session) -> int:
    """Put down for the CRMs that these tasks are off, with the reason the list gives; how many. Does not commit."""
    leads = session.scalars(_barred()).all()
    for lead in leads:
        key = str(lead.push_key)
        payload = {"deal_id": lead.deal_id, "of": key, "reason": _reason(session, lead)}
        enqueue(session, "crm.withdraw", withdrawal_key(key), payload)
    return len(leads)


def withdrawal_key(push_key: str) -> str:
    """The key of the item that takes a reopening's task back."""
    return f"{push_key}:withdrawn"


def _barred() -> Any:
    """Leads in a rep's hands whose CRM got the task, and one of whose numbers is on the list now."""
    told, taken_back = aliased(OutboxItem), aliased(OutboxItem)
    withdrawn = select(taken_back.id).where(taken_back.key == WinBackLead.push_key.concat(":withdrawn")).exists()
    return (
        select(WinBackLead)
        .join(told, told.key == WinBackLead.push_key)
        .where(
            WinBackLead.state == "reopened",
            WinBackLead.deal_id.is_not(None),
            told.state == "sent",
            ~callable_leads(),
            ~withdrawn,
        )
        .order_by(WinBackLead.id)
    )


def _reason(session: Session, lead: WinBackLead) -> str:
    theirs = select(ClientPhone.e164).where(ClientPhone.client_id == lead.client_id)
    held = select(Call.client_phone).where(Call.id.in_((lead.call_id, lead.last_call_id)))
    listed = select(DoNotCall.reason).where(or_(DoNotCall.e164.in_(theirs), DoNotCall.e164.in_(held)))
    return session.scalar(listed.where(DoNotCall.reason != "").order_by(DoNotCall.at.desc()).limit(1)) or ""
