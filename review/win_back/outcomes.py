"""What became of the leads, watched the same way whether they were worked or left alone: by calls and by deals.

A worked lead has *returned* when, after it was reopened, somebody spoke with the client and the deal moved on, or it
was won, or the client has a new deal. One left alone has returned when its deal is open again or won, or the client has
a new deal: we ask more of our own work than of chance.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from review.models import Call, Deal, Segment, WinBackEvent, WinBackLead
from review.win_back.candidates import CLOSED
from review.win_back.gather import LEAST_TURNS

OPEN_STATES: Final = ("found", "confirmed", "rejected", "not_sure", "reopened")


def watch_outcomes(session: Session, now: datetime) -> int:
    """Look at every lead that is worked or whose client has a deal; how many changed. Does not commit.

    Statements do not grow with the leads.
    """
    back = exists().where(Deal.id == WinBackLead.deal_id, Deal.status.not_in(CLOSED))
    newer_deal = exists().where(
        Deal.client_id == WinBackLead.client_id,
        Deal.status.in_(("open", "won")),
        Deal.opened_at > WinBackLead.found_at,
    )
    rows = session.scalars(
        select(WinBackLead)
        .where(WinBackLead.state.in_(OPEN_STATES), or_(WinBackLead.state == "reopened", back, newer_deal))
        .order_by(WinBackLead.id)
    ).all()
    deals = _deals(session, rows)
    newer = _newer_deals(session, rows)
    spoken = _conversations(session, [row for row in rows if row.state == "reopened"])
    changed = 0
    for row in rows:
        deal = deals.get(row.deal_id) if row.deal_id is not None else None
        new = newer.get(row.id)
        if row.state == "reopened":
            changed += _watch_worked(session, row, deal, new, spoken.get(row.id), now)
        else:
            changed += _watch_alone(session, row, deal, new, now)
    session.flush()
    return changed


def _watch_alone(session: Session, row: WinBackLead, deal: Deal | None, new: Deal | None, now: datetime) -> bool:
    """A lead nobody reopened: it may come back by itself."""
    back = deal if deal is not None and deal.status not in CLOSED else new
    if back is None:
        return False
    won = back.status == "won"
    at = (back.closed_at if won else back.stage_since or back.opened_at) or now
    at = min(max(at, row.found_at), now)
    row.state, row.ended = "closed", "came_back"
    row.outcome, row.outcome_by, row.outcome_at = ("won" if won else "reopened"), "deal", at
    row.outcome_sum = back.amount if won else None
    row.returned_at = at
    _note(session, row, "came_back", now, deal=back.id, won=won)
    return True


def _watch_worked(
    session: Session, row: WinBackLead, deal: Deal | None, new: Deal | None, spoke: datetime | None, now: datetime
) -> bool:
    since = row.reopened_at or now
    changed = False
    if row.reached_at is None and spoke is not None:
        row.reached_at = spoke
        if row.outcome == "none":
            row.outcome, row.outcome_by, row.outcome_at = "reached", "calls", spoke
        _note(session, row, "reached", now)
        changed = True
    sold = new if new is not None and new.status == "won" else deal
    if sold is not None and sold.status == "won" and (sold.closed_at is None or sold.closed_at >= since):
        end(session, row, "won", by="deal", at=sold.closed_at or now, amount=sold.amount, now=now)
        return True
    moved = deal is not None and deal.status == "open" and row.reached_at is not None
    moved = moved and deal is not None and deal.stage_since is not None and deal.stage_since > (row.reached_at or now)
    if row.returned_at is None and (moved or (new is not None and new.status == "open")):
        mark_returned(session, row, by="deal", at=now, now=now)
        changed = True
    if deal is not None and deal.status in CLOSED and deal.closed_at is not None and deal.closed_at > since:
        end(session, row, "lost", by="deal", at=deal.closed_at, amount=None, now=now)
        changed = True
    return changed


def mark_returned(
    session: Session, row: WinBackLead, *, by: str, at: datetime, now: datetime, user: int | None = None
) -> None:
    """The lead is in the funnel again."""
    row.returned_at = row.returned_at or at
    row.outcome, row.outcome_by, row.outcome_at = "reopened", by, at
    _note(session, row, "returned", now, user=user, by=by)


def end(
    session: Session,
    row: WinBackLead,
    outcome: str,
    *,
    by: str,
    at: datetime,
    amount: Decimal | None,
    now: datetime,
    user: int | None = None,
) -> None:
    """Won or lost: the work on the lead is over."""
    row.state, row.ended = "closed", outcome
    row.outcome, row.outcome_by, row.outcome_at = outcome, by, at
    if outcome == "won":
        row.outcome_sum, row.returned_at = amount, row.returned_at or at
    _note(session, row, outcome, now, user=user, by=by)


def _note(
    session: Session, row: WinBackLead, event: str, now: datetime, user: int | None = None, **details: Any
) -> None:
    session.add(WinBackEvent(lead_id=row.id, at=now, user_id=user, event=event, details=details))


def _deals(session: Session, rows: Any) -> dict[int, Deal]:
    ids = sorted({row.deal_id for row in rows if row.deal_id is not None})
    return {deal.id: deal for deal in session.scalars(select(Deal).where(Deal.id.in_(ids)))}


def _newer_deals(session: Session, rows: Any) -> dict[int, Deal]:
    """By lead: a deal of the client that was opened after the lead was found and is open or won; a won one first."""
    clients = sorted({row.client_id for row in rows if row.client_id is not None})
    deals: dict[int, list[Deal]] = defaultdict(list)
    for deal in session.scalars(
        select(Deal).where(Deal.client_id.in_(clients), Deal.status.in_(("open", "won"))).order_by(Deal.id)
    ):
        deals[deal.client_id].append(deal)
    found = {}
    for row in rows:
        after = [
            deal
            for deal in deals.get(row.client_id, ())
            if deal.id != row.deal_id and deal.opened_at is not None and deal.opened_at > row.found_at
        ]
        if after:
            found[row.id] = next((deal for deal in after if deal.status == "won"), after[0])
    return found


def _conversations(session: Session, rows: Any) -> dict[int, datetime]:
    """By lead: when both spoke first after it was reopened."""
    if not rows:
        return {}
    deals = sorted({row.deal_id for row in rows if row.deal_id is not None})
    clients = sorted({row.client_id for row in rows if row.client_id is not None})
    since = min(row.reopened_at for row in rows)
    spoke = (
        select(Segment.call_id)
        .where(Segment.call_id == Call.id, Segment.role.not_in(("rep", "system")))
        .group_by(Segment.call_id)
        .having(func.count() >= LEAST_TURNS)
        .exists()
    )
    calls = session.execute(
        select(Call.deal_id, Call.client_id, Call.happened_at)
        .where(or_(Call.deal_id.in_(deals), Call.client_id.in_(clients)), Call.happened_at > since, spoke)
        .order_by(Call.happened_at)
    ).all()
    found: dict[int, datetime] = {}
    for row in rows:
        for call in calls:
            mine = call.deal_id == row.deal_id if row.deal_id is not None and call.deal_id is not None else False
            mine = mine or (call.client_id is not None and call.client_id == row.client_id)
            if mine and call.happened_at > row.reopened_at:
                found[row.id] = call.happened_at
                break
    return found
