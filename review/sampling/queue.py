"""The review queue: what somebody has to score, why each call, what comes next; and everybody's load for a lead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from review.models import Assignment, Call, SamplingRule, User
from review.outside.hiding import reasons_of
from review.queries.call_rows import CallRow, read_call_row, select_calls
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.sampling.assignments import AssignmentRow, assignment_row
from review.sampling.reviewers import list_reviewers

SHOWN: Final = 200  # of a queue; nobody scores more before looking again


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """A call to score. `reviewer` is None where nobody has it (the person is gone)."""

    assignment: AssignmentRow
    call: CallRow
    rule: str | None  # the rule's name
    reviewer: str | None
    assigned_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far somebody is: done since midnight UTC, and of what waits, how much is due today or overdue."""

    done_today: int
    open: int
    due_today: int
    overdue: int

    @property
    def share(self) -> float:
        """Of what was to be done today, what is done, 0..1."""
        whole = self.done_today + self.due_today + self.overdue
        return self.done_today / whole if whole else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One reviewer's work as a lead sees it; `able` is False for somebody who cannot score any more."""

    user_id: int | None
    name: str | None
    able: bool
    open: int
    overdue: int
    done_week: int  # in the last seven days
    skipped_week: int


def read_queue(session: Session, viewer: Viewer, user_id: int | None) -> tuple[QueueItem, ...]:
    """The open calls of one person (None: of nobody) that the viewer may see, those due first first."""
    return _items(session, viewer, _of(user_id))


def read_team_queue(session: Session, viewer: Viewer) -> tuple[QueueItem, ...]:
    """Everybody's open calls, those due first first."""
    return _items(session, viewer, Assignment.state == "open")


def next_assignment(session: Session, viewer: Viewer, after: int | None = None) -> AssignmentRow | None:
    """What the viewer scores next: the one due first, leaving out `after`, the one now before them."""
    row = session.scalar(
        select(Assignment)
        .join(Call, Call.id == Assignment.call_id)
        .where(_of(viewer.user_id), visible_calls(viewer), Assignment.id != (after or 0))
        .order_by(*_order())
        .limit(1)
    )
    return None if row is None else assignment_row(row)


def count_open(session: Session, viewer: Viewer) -> int:
    """How many calls wait for the viewer."""
    wanted = (_of(viewer.user_id), visible_calls(viewer))
    found = session.scalar(
        select(func.count()).select_from(Assignment).join(Call, Call.id == Assignment.call_id).where(*wanted)
    )
    return int(found or 0)


def read_progress(session: Session, user_id: int, *, now: datetime) -> Progress:
    """How far the person is today. One statement."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    is_open = Assignment.state == "open"
    row = session.execute(
        select(
            _count(and_(Assignment.state == "done", Assignment.finished_at >= midnight)),
            _count(is_open),
            _count(and_(is_open, Assignment.due_at >= now, Assignment.due_at < tomorrow)),
            _count(and_(is_open, Assignment.due_at < now)),
        ).where(Assignment.user_id == user_id, or_(is_open, Assignment.finished_at >= midnight))
    ).one()
    return Progress(done_today=row[0], open=row[1], due_today=row[2], overdue=row[3])


def read_loads(session: Session, *, now: datetime) -> tuple[Load, ...]:
    """Everybody who has or had calls lately, those who cannot score first, then the most overdue. Three statements."""
    week = now - timedelta(days=7)
    able = {reviewer.id for reviewer in list_reviewers(session)}
    is_open = Assignment.state == "open"
    late = _count(and_(is_open, Assignment.due_at < now))
    rows = session.execute(
        select(
            Assignment.user_id,
            User.name,
            _count(is_open),
            late,
            _count(and_(Assignment.state == "done", Assignment.finished_at >= week)),
            _count(and_(Assignment.state == "skipped", Assignment.finished_at >= week)),
        )
        .outerjoin(User, User.id == Assignment.user_id)
        .where(or_(is_open, Assignment.finished_at >= week))
        .group_by(Assignment.user_id, User.name)
    )
    loads = [
        Load(
            user_id=row[0],
            name=row[1],
            able=row[0] in able,
            open=row[2],
            overdue=row[3],
            done_week=row[4],
            skipped_week=row[5],
        )
        for row in rows
    ]
    return tuple(
        sorted(loads, key=lambda load: (load.able or not load.open, -load.overdue, -load.open, load.name or ""))
    )


def _items(session: Session, viewer: Viewer, wanted: ColumnElement[bool]) -> tuple[QueueItem, ...]:
    rows = session.execute(
        select(Assignment, SamplingRule.name, User.name)
        .join(Call, Call.id == Assignment.call_id)
        .outerjoin(SamplingRule, SamplingRule.id == Assignment.rule_id)
        .outerjoin(User, User.id == Assignment.user_id)
        .where(wanted, visible_calls(viewer))
        .order_by(*_order())
        .limit(SHOWN)
    ).all()
    ids = sorted({row.call_id for row, _rule, _name in rows})
    calls = {row.id: read_call_row(row) for row in session.execute(select_calls(viewer).where(Call.id.in_(ids)))}
    givers = sorted({row.assigned_by for row, _rule, _name in rows if row.assigned_by is not None})
    names = {row[0]: row[1] for row in session.execute(select(User.id, User.name).where(User.id.in_(givers)))}
    return tuple(
        QueueItem(
            assignment=_told(session, viewer, assignment_row(row)),
            call=calls[row.call_id],
            rule=rule,
            reviewer=name,
            assigned_by=names.get(row.assigned_by or 0),
        )
        for row, rule, name in rows
        if row.call_id in calls
    )


def _told(session: Session, viewer: Viewer, row: AssignmentRow) -> AssignmentRow:
    return replace(row, why=reasons_of(session, row.call_id, row.why)) if viewer.is_outsider else row


def _of(user_id: int | None) -> ColumnElement[bool]:
    mine = Assignment.user_id.is_(None) if user_id is None else Assignment.user_id == user_id
    return and_(Assignment.state == "open", mine)


def _order() -> tuple[Any, ...]:
    return (Assignment.due_at.is_(None), Assignment.due_at, Assignment.id)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
