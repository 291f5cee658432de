"""The audit log as its page shows it: filtered, the newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from review.models import AuditEvent, User

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which events; None and "" leave a part open. `area` is what stands before the point of an action."""

    actor: int | None = None
    area: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One event; `name` is None for the system and for people whose account is gone (`actor` is their number still)."""

    id: int
    number: int | None
    at: datetime
    actor: int | None
    name: str | None
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    previous: str | None
    seal: str | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events, and the id the next page goes on below; None on the last one."""

    rows: tuple[LogRow, ...]
    before: int | None


def read_log(session: Session, chosen: LogFilter, *, before: int | None = None, limit: int = 100) -> LogPage:
    """A page of the log, the newest first."""
    rows = _rows(session, chosen, before, limit + 1)
    return LogPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def all_rows(session: Session, chosen: LogFilter) -> Iterator[LogRow]:
    """Every chosen event, the newest first, read in batches."""
    before: int | None = None
    while True:
        rows = _rows(session, chosen, before, BATCH)
        yield from rows
        if len(rows) < BATCH:
            return
        before = rows[-1].id


@dataclass(frozen=True, slots=True)
class LogChoices:
    """What the log can be narrowed to: the people in it, and the actions that occur."""

    people: tuple[tuple[int, str], ...]
    actions: tuple[str, ...]


def log_choices(session: Session) -> LogChoices:
    """Everybody who can have acted, and each kind of act there is."""
    people = session.execute(select(User.id, User.name).order_by(User.name, User.id)).all()
    actions = session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)).all()
    return LogChoices(tuple((row.id, row.name) for row in people), tuple(actions))


def _rows(session: Session, chosen: LogFilter, before: int | None, limit: int) -> tuple[LogRow, ...]:
    found = session.execute(
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.actor)
        .where(*_conditions(chosen, before))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    return tuple(
        LogRow(
            id=event.id,
            number=event.number,
            at=event.at,
            actor=event.actor,
            name=name,
            action=event.action,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            details=event.details,
            previous=event.previous,
            seal=event.seal,
        )
        for event, name in found
    )


def _conditions(chosen: LogFilter, before: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if before is not None:
        conditions.append(AuditEvent.id < before)
    if chosen.actor is not None:
        conditions.append(AuditEvent.actor == chosen.actor)
    if chosen.action:
        conditions.append(AuditEvent.action == chosen.action)
    elif chosen.area:
        conditions += [AuditEvent.action >= f"{chosen.area}.", AuditEvent.action < f"{chosen.area}/"]
    if chosen.subject_kind:
        conditions.append(AuditEvent.subject_kind == chosen.subject_kind)
    if chosen.subject_id:
        conditions.append(AuditEvent.subject_id == chosen.subject_id)
    if chosen.since is not None:
        conditions.append(AuditEvent.at >= chosen.since)
    if chosen.until is not None:
        conditions.append(AuditEvent.at < chosen.until)
    return conditions


def count_events(session: Session) -> int:
    """How many events there are, about: by the highest number, which costs nothing."""
    return int(session.scalar(select(func.max(AuditEvent.id))) or 0)
