"""What is already being done about a rep and a criterion, so that nobody plans it a second time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import CoachingSession


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCoaching:
    """A coaching session that is not closed."""

    id: int
    state: str
    due_at: datetime
    coach_name: str


def open_coaching(session: Session, rep_ids: Collection[int]) -> Mapping[tuple[int, str], OpenCoaching]:
    """By rep and criterion the newest coaching session that is not closed. One statement."""
    if not rep_ids:
        return {}
    row = CoachingSession
    found = session.execute(
        select(row.id, row.rep_id, row.criterion, row.state, row.due_at, row.coach_name)
        .where(row.rep_id.in_(sorted(rep_ids)), row.state != "closed")
        .order_by(row.id)
    )
    return {
        (rep_id, criterion): OpenCoaching(id=number, state=state, due_at=due_at, coach_name=coach)
        for number, rep_id, criterion, state, due_at, coach in found
        if rep_id is not None
    }
