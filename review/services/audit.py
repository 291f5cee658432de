"""The audit log: who did what to which thing and when, written in the transaction of the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.audit_chain.sealing import note_new
from review.models import AuditEvent, User


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One event as the log shows it; `user_id` is None for acts of the command line and of the system."""

    id: int
    at: datetime
    user_id: int | None
    user_name: str | None
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]


def record(
    session: Session, user_id: int | None, action: str, subject_kind: str, subject_id: object, /, **details: Any
) -> None:
    """Add an event, e.g. `record(session, 3, "user.roles_changed", "user", 7, before=[...], after=[...])`.

    It is sealed onto the chain when the transaction commits. `details` must be plain JSON values, and never hold a
    password, a token or what a client said.
    """
    row = AuditEvent(
        user_id=user_id,
        actor=user_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        details=details,
    )
    session.add(row)
    note_new(session, row)


def read_events(session: Session, *, before_id: int | None = None, limit: int = 100) -> tuple[AuditRow, ...]:
    """The newest events first; `before_id` continues where a page ended."""
    query = (
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.user_id)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(AuditEvent.id < before_id)
    return tuple(
        AuditRow(
            id=event.id,
            at=event.at,
            user_id=event.user_id,
            user_name=name,
            action=event.action,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            details=event.details,
        )
        for event, name in session.execute(query)
    )
