"""Coaching that was carried through, for the part of a rep's page that comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import CoachingSession

MOST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedCoaching:
    """An agreed action that was done; `verdict` is what the follow-up on later calls found, where it was measured."""

    id: int
    action: str
    coach_name: str
    finished_at: datetime
    verdict: str | None


def finished_coaching(session: Session, rep_id: int, since: datetime) -> tuple[FinishedCoaching, ...]:
    """The newest actions done since then. One statement."""
    row = CoachingSession
    found = session.scalars(
        select(row)
        .where(row.rep_id == rep_id, row.finished_at >= since, row.state.in_(("done", "followed_up", "closed")))
        .order_by(row.finished_at.desc(), row.id.desc())
        .limit(MOST)
    )
    return tuple(
        FinishedCoaching(
            id=item.id,
            action=item.action,
            coach_name=item.coach_name,
            finished_at=item.finished_at,
            verdict=_verdict(item.measured),
        )
        for item in found
        if item.finished_at is not None
    )


def _verdict(measured: dict[str, object] | None) -> str | None:
    effect = (measured or {}).get("effect", measured) or {}
    own = effect.get("own") if isinstance(effect, dict) else None
    verdict = own.get("verdict") if isinstance(own, dict) else None
    return str(verdict) if verdict else None
