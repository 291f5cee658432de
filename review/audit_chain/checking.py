"""Checking the chain: every event read again, its seal made again, and the end held against what was written outside.

| Fault | What was done to the log |
|---|---|
| `edited` | the event is not the one that was sealed: changed, or changed places with another |
| `missing` | one or more numbers are not there: events were deleted |
| `unlinked` | the event does not follow on the one before it |
| `unsealed` | the event was put in by something else than Callcoach, or its seal was taken away |
| `cut` | the log ends before the last event that is known of |
| `rewritten` | an event has another seal than was written down outside |
| `earlier` | something from before there was a chain is not as it was |
| `other_key` | no event at all has the seal this installation would give it: another secret, or another log |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from review.audit_chain.anchors import Anchor
from review.audit_chain.links import digest_earlier, seal
from review.audit_chain.sealing import link_of
from review.models import AuditEvent, AuditHead

MOST_FAULTS: Final = 200
BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: at a place of the chain (`until`: to this one), in the row `event`, where there is one."""

    kind: str
    number: int | None = None
    until: int | None = None
    event: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: `events` sealed ones read, `earlier` older than the chain; at most MOST_FAULTS faults."""

    events: int
    earlier: int
    last: int
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def check_chain(session: Session, key: bytes, anchors: Sequence[Anchor] = ()) -> Checked:
    """Read the whole log in the order of the chain. Its time grows with the events: some ten thousand a second.

    What people do meanwhile is read as well, or not at all; it is no fault.
    """
    head = _head(session)
    faults: list[Fault] = []
    if head is None:
        faults.append(Fault("cut", 0))
    first = "" if head is None else head.earlier_digest
    limit = 0 if head is None else head.earlier_id
    # Every line counts: an end that was cut off is overgrown, and then written down anew under the same number.
    known: dict[int, set[str]] = {}
    for anchor in anchors:
        known.setdefault(anchor.number, set()).add(anchor.seal)
    number, before, last, at_head = 0, first, 0, first
    ends: list[Fault] = []
    for row in _sealed(session):
        last = row.number
        if head is not None and row.number == head.number:
            at_head = row.seal or ""
        if row.number > number + 1:
            faults.append(Fault("missing", number + 1, row.number - 1))
        elif row.previous != before:
            faults.append(Fault("unlinked", row.number, event=row.id, at=row.at))
        if seal(key, row.number, row.previous or "", link_of(row)) != row.seal or row.user_id not in (None, row.actor):
            faults.append(Fault("edited", row.number, event=row.id, at=row.at))
        if any(written != row.seal for written in known.get(row.number, ())):
            faults.append(Fault("rewritten", row.number, event=row.id, at=row.at))
        number, before = row.number, row.seal or ""
        if len(faults) >= MOST_FAULTS:
            break
    else:
        ends = _ends(head, _head(session), last, at_head, anchors)
    edited = sum(fault.kind == "edited" for fault in faults)
    if edited > 1 and edited == number:
        faults = [Fault("other_key")]
    events = int(session.scalar(select(func.count()).where(AuditEvent.number.is_not(None))) or 0)
    faults += ends
    faults += _unsealed(session, limit)
    earlier = 0 if head is None else head.earlier_events
    if head is not None and digest_earlier(map(link_of, _earlier(session, limit))) != head.earlier_digest:
        faults.append(Fault("earlier", until=limit))
    return Checked(events, earlier, last, tuple(faults[:MOST_FAULTS]))


def _head(session: Session) -> Any:
    """The chain's end as the database has it now, whatever the session remembers of it."""
    return session.execute(select(*AuditHead.__table__.c)).one_or_none()


def _ends(head: Any, head_after: Any, last: int, at_head: str, anchors: Sequence[Anchor]) -> list[Fault]:
    """How the chain ends: `head` was read before its events and `head_after` behind them, for people go on acting."""
    furthest = max((anchor.number for anchor in anchors), default=0)
    if head is not None and head.number > last:
        furthest = max(furthest, head.number)
    if furthest > last:
        return [Fault("cut", last + 1, furthest)]
    if head is not None and (head.seal != at_head or head_after is None or head_after.number < last):
        return [Fault("rewritten", head.number)]
    return []


def _sealed(session: Session) -> Iterator[Any]:
    """The sealed events by their place in the chain, in batches so that memory stays small."""
    place = 0
    while True:
        rows = session.execute(
            select(*AuditEvent.__table__.c).where(AuditEvent.number > place).order_by(AuditEvent.number).limit(BATCH)
        ).all()
        yield from rows
        if len(rows) < BATCH:
            return
        place = rows[-1].number


def _unsealed(session: Session, limit: int) -> list[Fault]:
    """Events that have no place in the chain: none at all, or one before its first."""
    rows = session.execute(
        select(AuditEvent.id, AuditEvent.at)
        .where(or_(and_(AuditEvent.number.is_(None), AuditEvent.id > limit), AuditEvent.number < 1))
        .order_by(AuditEvent.id)
        .limit(MOST_FAULTS)
    )
    return [Fault("unsealed", event=row.id, at=row.at) for row in rows]


def _earlier(session: Session, limit: int) -> Iterator[Any]:
    place = 0
    while True:
        rows = session.execute(
            select(*AuditEvent.__table__.c)
            .where(AuditEvent.number.is_(None), AuditEvent.id > place, AuditEvent.id <= limit)
            .order_by(AuditEvent.id)
            .limit(BATCH)
        ).all()
        yield from rows
        if len(rows) < BATCH:
            return
        place = rows[-1].id
