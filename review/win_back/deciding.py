"""What people decide of a closed lead: a verdict with one key, and taking it back; appended, audited, learned from."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.learning.verdicts import LONGEST_REASON, VerdictRefused, record_verdict, without_numbers
from review.models import Call, WinBackEvent, WinBackLead, utc_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.audit import record
from review.win_back.states import visible_leads

ANSWERS: Final = {"wrong": "confirmed", "right": "rejected", "not_sure": "not_sure"}
"""Each verdict and the state it gives."""

DECIDABLE: Final = ("found", "confirmed", "rejected", "not_sure")


class NoSuchLead(ReviewError):
    """There is no such lead, or it is not this person's to see."""

    code = "no_such_lead"


class LeadMoved(ReviewError):
    """Somebody else dealt with the lead meanwhile; nothing was changed. `state` is how it stands."""

    code = "lead_moved"

    def __init__(self, state: str) -> None:
        super().__init__(f"The lead is {state} by now.")
        self.state = state


class LeadRefused(ReviewError):
    """The act cannot be done; nothing was changed. `field` is the part that is wrong, `why` its code."""

    code = "lead_refused"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def decide(
    session: Session, viewer: Viewer, lead_id: int, answer: str, *, reason: str = "", now: datetime | None = None
) -> str:
    """Keep a verdict (`wrong`, `right` or `not_sure`); the state it gives. The newest stands, all are kept.

    It becomes a label of the call in which the lead was spoken about last. Raises NoSuchLead, LeadMoved, LeadRefused.
    """
    now = now or utc_now()
    if answer not in ANSWERS:
        raise LeadRefused("answer", "unknown")
    lead = find_lead(session, viewer, lead_id, now)
    if lead.excluded is not None:
        raise LeadRefused("lead", "excluded")
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise LeadRefused("reason", "too_long")
    reason = without_numbers(reason, None)
    state = ANSWERS[answer]
    done = session.execute(
        update(WinBackLead)
        .where(WinBackLead.id == lead_id, WinBackLead.state.in_(DECIDABLE))
        .values(state=state, verdict=answer, verdict_by=viewer.user_id, verdict_at=now, verdict_reason=reason)
        .execution_options(synchronize_session=False)
    )
    session.expire(lead)
    if not done.rowcount:  # type: ignore[attr-defined]
        raise LeadMoved(lead.state)
    taught = _teach(session, viewer, lead.last_call_id, answer, reason, lead.band)
    details = {"band": lead.band, "label": taught}
    session.add(WinBackEvent(lead_id=lead_id, at=now, user_id=viewer.user_id, event=answer, details=details))
    record(session, viewer.user_id, "win_back.decided", "win_back_lead", lead_id, answer=answer, band=lead.band)
    return state


def find_lead(session: Session, viewer: Viewer, lead_id: int, now: datetime) -> WinBackLead:
    """The row, if it is this person's to see. Raises NoSuchLead."""
    lead = session.scalar(select(WinBackLead).where(WinBackLead.id == lead_id, visible_leads(viewer, now)))
    if lead is None:
        raise NoSuchLead(f"there is no lead {lead_id}")
    return lead


def _teach(session: Session, viewer: Viewer, call_id: int | None, answer: str, reason: str, band: str) -> int | None:
    """Keep the verdict as a label of the call; its id, or None where no call can hold one."""
    if call_id is None or session.scalar(select(Call.id).where(Call.id == call_id, visible_calls(viewer))) is None:
        return None
    try:
        kept = record_verdict(
            session,
            call_id,
            viewer.user_id,
            target="rejection",
            answer=answer,
            kind="rejection",
            reason=reason,
            closing_band=band,
        )
    except VerdictRefused:  # no assessment yet: the lead's own verdict stands all the same
        return None
    return kept.verdict.id
