"""Reopening a lead: to another owner, with a brief, a quote and a due date; told to them and to the CRM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.crm.outbox import enqueue
from review.learning.verdicts import without_numbers
from review.models import Call, Client, ClientPhone, Deal, Rep, Team, WinBackEvent, WinBackLead, utc_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_reps
from review.services.audit import record
from review.win_back.deciding import DECIDABLE, LeadMoved, LeadRefused, NoSuchLead, find_lead
from review.win_back.do_not_call import refused_numbers
from review.win_back.outcomes import end, mark_returned

LONGEST_BRIEF: Final = 4000  # characters
LONGEST_QUOTE: Final = 500
FURTHEST: Final = timedelta(days=400)  # a client may say "in a year"
BY_HAND: Final = ("reached", "reopened", "won", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChoice:
    """A rep a lead may be given to. `load`: leads in their hands and open deals; `speaks`: has talked the language."""

    rep_id: int
    name: str
    team: str | None
    load: int
    speaks: bool


def owner_choices(session: Session, viewer: Viewer, lead: WinBackLead, language: str | None) -> tuple[OwnerChoice, ...]:
    """Who may get the lead, the one to suggest first: who has talked its language, then who has least in hand.

    Never the rep who closed it, nor the one who held it; a manager hands on within the own teams.
    """
    theirs = func.count(WinBackLead.id.distinct()).label("leads")
    handed = select(theirs).where(WinBackLead.new_owner_id == Rep.id, WinBackLead.state == "reopened").scalar_subquery()
    selling = select(func.count()).where(Deal.rep_id == Rep.id, Deal.status == "open").scalar_subquery()
    talked = select(func.count()).where(Call.rep_id == Rep.id, Call.language == language).scalar_subquery()
    rows = session.execute(
        select(Rep.id, Rep.name, Team.name, handed, selling, talked)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(Rep.active.is_(True), visible_reps(viewer), Rep.id.not_in(_former(lead)))
    ).all()
    found = [
        OwnerChoice(rep_id=rep_id, name=name, team=team, load=leads + deals, speaks=bool(calls) or language is None)
        for rep_id, name, team, leads, deals, calls in rows
    ]
    return tuple(sorted(found, key=lambda one: (not one.speaks, one.load, one.name)))


def reopen(
    session: Session,
    viewer: Viewer,
    lead_id: int,
    *,
    owner_id: int,
    brief: str,
    quote: str = "",
    due_at: datetime | None = None,
    now: datetime | None = None,
) -> bool:
    """Hand a lead to another owner; whether a CRM is told of it. Counts as agreeing that it was closed wrongly.

    Two at once: the second finds it handed out. Raises NoSuchLead, LeadMoved, LeadRefused (`lead`: excluded or
    do_not_call; `owner`: same_rep or unknown; `brief`, `due`).
    """
    now = now or utc_now()
    lead = find_lead(session, viewer, lead_id, now)
    if lead.excluded is not None:
        raise LeadRefused("lead", "excluded")
    if refused_numbers(session, lead):
        raise LeadRefused("lead", "do_not_call")
    if lead.state == "rejected":
        raise LeadRefused("lead", "right")
    if owner_id in _former(lead):
        raise LeadRefused("owner", "same_rep")
    owner = session.scalar(select(Rep).where(Rep.id == owner_id, Rep.active.is_(True), visible_reps(viewer)))
    if owner is None:
        raise LeadRefused("owner", "unknown")
    brief, quote = brief.strip(), " ".join(quote.split())
    if not brief or len(brief) > LONGEST_BRIEF or len(quote) > LONGEST_QUOTE or "\x00" in brief + quote:
        raise LeadRefused("brief", "length")
    if due_at is None or not now - timedelta(days=1) <= due_at <= now + FURTHEST:
        raise LeadRefused("due", "range")
    brief, quote = without_numbers(brief, None), without_numbers(quote, None)
    key = f"reopen:{lead.deal_id}:{lead_id}" if lead.deal_id is not None else None
    values: dict[str, Any] = {
        "state": "reopened",
        "new_owner_id": owner_id,
        "reopened_by": viewer.user_id,
        "reopened_at": now,
        "brief": brief,
        "quote": quote,
        "due_at": due_at,
        "push_key": key,
    }
    if lead.verdict != "wrong":
        values |= {"verdict": "wrong", "verdict_by": viewer.user_id, "verdict_at": now}
    done = session.execute(
        update(WinBackLead)
        .where(WinBackLead.id == lead_id, WinBackLead.state.in_(DECIDABLE))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire(lead)
    if not done.rowcount:  # type: ignore[attr-defined]
        raise LeadMoved(lead.state)
    if key is not None:
        text = f"{brief}\n\n“{quote}”" if quote else brief
        payload = {"deal_id": lead.deal_id, "rep_id": owner_id, "text": text, "due_at": due_at.isoformat()}
        enqueue(session, "crm.reopen", key, payload)
    details = {"owner": owner_id, "due": due_at.isoformat()}
    session.add(WinBackEvent(lead_id=lead_id, at=now, user_id=viewer.user_id, event="reopened", details=details))
    record(session, viewer.user_id, "win_back.reopened", "win_back_lead", lead_id, **details)
    if owner.user_id is not None:
        client = session.scalar(select(Client.name).where(Client.id == lead.client_id))
        body = {"by": viewer.name, "client": client, "url": f"/win-back/mine#lead{lead_id}"}
        notify(session, owner.user_id, "win_back_handed", body=body)
    return key is not None


def set_outcome(
    session: Session, viewer: Viewer, lead_id: int, outcome: str, *, amount: str = "", now: datetime | None = None
) -> None:
    """What came of a reopened lead, by hand: the new owner's word, or that of who sees the lead.

    Raises NoSuchLead, LeadMoved when it is over, LeadRefused (`outcome`, `sum`).
    """
    now = now or utc_now()
    if outcome not in BY_HAND:
        raise LeadRefused("outcome", "unknown")
    lead = session.scalar(
        select(WinBackLead)
        .where(WinBackLead.id == lead_id, WinBackLead.reopened_at.is_not(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if lead is None:
        raise NoSuchLead(f"there is no lead {lead_id}")
    if lead.new_owner_id not in viewer.rep_ids:
        find_lead(session, viewer, lead_id, now)
    if lead.state != "reopened":
        raise LeadMoved(lead.state)
    by = viewer.user_id
    if outcome == "reached":
        lead.reached_at = lead.reached_at or now
        if lead.outcome == "none":
            lead.outcome, lead.outcome_by, lead.outcome_at = "reached", "hand", now
        session.add(WinBackEvent(lead_id=lead_id, at=now, user_id=by, event="reached", details={"by": "hand"}))
    elif outcome == "reopened":
        lead.reached_at = lead.reached_at or now
        mark_returned(session, lead, by="hand", at=now, now=now, user=by)
    else:
        won = outcome == "won"
        end(session, lead, outcome, by="hand", at=now, amount=_amount(amount) if won else None, now=now, user=by)
    session.flush()
    record(session, by, "win_back.outcome", "win_back_lead", lead_id, outcome=outcome)


def phones_of(session: Session, lead_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The numbers of each lead's client (else of its last call), for who is to call there."""
    found: dict[int, tuple[str, ...]] = {}
    leads = session.scalars(select(WinBackLead).where(WinBackLead.id.in_(lead_ids))).all()
    for lead in leads:
        numbers = session.scalars(select(ClientPhone.e164).where(ClientPhone.client_id == lead.client_id)).all()
        if not numbers:
            calls = [call_id for call_id in (lead.last_call_id, lead.call_id) if call_id is not None]
            wanted = select(Call.client_phone).where(Call.id.in_(calls), Call.client_phone.is_not(None)).distinct()
            numbers = [number for number in session.scalars(wanted) if number]
        found[lead.id] = tuple(sorted(set(numbers)))
    return found


def _former(lead: WinBackLead) -> list[int]:
    return [rep_id for rep_id in (lead.closed_by_id, lead.owner_id) if rep_id is not None]


def _amount(text: str) -> Decimal | None:
    """A sum as people type it; None for none. Raises LeadRefused."""
    plain = "".join(text.split()).replace(",", ".")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise LeadRefused("sum", "number") from error
    if not amount.is_finite() or not 0 <= amount < 10**12:
        raise LeadRefused("sum", "number")
    return amount.quantize(Decimal("0.01"))
