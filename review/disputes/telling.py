"""Who hears of a step of a dispute: in the app (mails follow from there), and other systems once it is decided."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.disputes.people import Around, deciders_of, holders_of
from review.models import Dispute, DisputeItem, UserRole
from review.webhooks.events import tell

_READS: Final = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales")


def tell_people(
    session: Session, dispute: Dispute, people: Collection[int | None], kind: str, *, by: int | None = None, **body: Any
) -> int:
    """Tell each of them once, but not the one who did it; how many were told."""
    wanted = sorted({person for person in people if person is not None and person != by})
    if not wanted:
        return 0
    reads = set(
        session.scalars(select(UserRole.user_id).where(UserRole.user_id.in_(wanted), UserRole.role.in_(_READS)))
    )
    for person in wanted:
        # An external reviewer has no page of disputes, and reads nobody's name: the call tells them what stands.
        facts = {**body, "dispute": dispute.id, "url": f"/disputes/{dispute.id}"}
        if person not in reads:
            facts = {name: value for name, value in facts.items() if name not in ("url", "who")}
        notify(session, person, kind, call_id=dispute.call_id, body=facts)
    return len(wanted)


def tell_deciders(
    session: Session, dispute: Dispute, there: Around, kind: str, *, by: int | None = None, **body: Any
) -> int:
    """Tell those who are to decide now; with nobody there, those who can find somebody. How many may decide."""
    who = deciders_of(session, dispute, there)
    due = dispute.due_at.isoformat() if dispute.due_at else None
    if who:
        tell_people(session, dispute, who, kind, by=by, due=due, **body)
        dispute.stranded_at = None
    elif dispute.stranded_at is None:
        helpers = holders_of(session, "admin", "head_of_sales")
        tell_people(session, dispute, helpers, "dispute_stranded", by=by)
        dispute.stranded_at = dispute.since
    return len(who)


def tell_decided(
    session: Session, dispute: Dispute, rep_id: int | None, before: float | None, after: float | None
) -> None:
    """Other systems, once the dispute is closed by a decision. Scores are 0..100."""
    said = list(session.scalars(select(DisputeItem.decision).where(DisputeItem.dispute_id == dispute.id)))
    granted = sum(decision in ("accepted", "other") for decision in said)
    tell(
        session,
        "dispute.decided",
        dispute.id,
        {
            "call_id": dispute.call_id,
            "evaluation_id": dispute.evaluation_id,
            "decision": "rejected" if not granted else "accepted" if granted == len(said) else "partly_accepted",
            "score_before": before,
            "score_after": after,
            "rep_id": rep_id,
        },
    )
