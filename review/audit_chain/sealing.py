"""Sealing: in the last moment before a commit, each new audit event gets its number and its seal.

The head is locked only then, so that acts of other people wait for one short write and never for each other's work;
nothing is locked after it, so two of them cannot hold each other up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, sessionmaker

from review.audit_chain.links import Link, derive_key, seal

NEW: Final = "new_audit_events"


def seal_events(sessions: sessionmaker[Session], secret: Callable[[], str]) -> None:
    """Seal whatever sessions of this maker record; `secret` is asked for at the first event."""
    kept: list[bytes] = []

    @event.listens_for(sessions, "before_commit")
    def seal_new(session: Session) -> None:
        if session.in_nested_transaction() or not session.info.get(NEW):
            return
        if not kept:
            kept.append(derive_key(secret()))
        _seal(session, kept[0])


def note_new(session: Session, row: Any) -> None:
    """Remember that this event has to be sealed when the transaction ends."""
    session.info.setdefault(NEW, []).append(row)


def link_of(row: Any) -> Link:
    """What the seal of a row covers."""
    return Link(
        id=row.id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        details=row.details,
    )


def _seal(session: Session, key: bytes) -> None:

    session.flush()
    rows = [row for row in session.info.pop(NEW) if inspect(row).persistent]  # not those of a savepoint taken back
    if not rows:
        return
    head = _locked_head(session)
    for row in sorted(rows, key=lambda row: int(row.id)):
        row.number, row.previous = head.number + 1, head.seal
        row.seal = seal(key, row.number, row.previous, link_of(row))
        head.number, head.seal = row.number, row.seal
    session.flush()


def _locked_head(session: Session) -> Any:
    """The chain's end, held until the commit. Taken out by somebody, it is made again from the last sealed event."""
    from review.models import AuditEvent, AuditHead
    from review.upsert import insert_new

    find = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.execute(find).scalar_one_or_none()
    if head is not None:
        return head
    last = session.execute(
        select(AuditEvent.number, AuditEvent.seal)
        .where(AuditEvent.number.is_not(None))
        .order_by(AuditEvent.number.desc())
        .limit(1)
    ).first()
    number, text = (last.number, last.seal) if last else (0, "")
    ends = {"number": number, "seal": text, "earlier_id": 0, "earlier_events": 0, "earlier_digest": ""}
    insert_new(session, AuditHead, ("id",), id=1, **ends)
    return session.execute(find).scalar_one()
