"""Everything that waits for one person, in one list: talks and actions, playlists, quizzes, scorecards, disputes.

Read from each area's own rows in one statement apiece; what has a date comes first, the nearest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.evaluations.counted import counts
from review.models import (
    Call,
    CoachingSession,
    Dispute,
    Evaluation,
    Playlist,
    PlaylistTask,
    Quiz,
    QuizTask,
    utc_now,
)
from review.queries.viewer import Viewer

Kind = Literal["talk", "action", "playlist", "quiz", "evaluation", "dispute"]
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedItem:
    """One thing to do. `id` is the row's of its kind; `call_id` where it is about one call; `by` who gave it.

    `title` is what it is called where people gave it a name: an agreed action, a playlist, a quiz.
    """

    kind: Kind
    id: int
    title: str
    by: str
    due_at: datetime | None
    call_id: int | None = None
    overdue: bool = False


def assigned_to(session: Session, user_id: int | None, rep_id: int | None) -> tuple[AssignedItem, ...]:
    """What waits for the person who signs in as `user_id` and speaks as `rep_id`. Five statements at most."""
    now = utc_now()
    items = [
        *_coaching(session, rep_id),
        *_playlists(session, user_id),
        *_quizzes(session, user_id),
        *_disputes(session, user_id, rep_id),
        *_evaluations(session, rep_id, now),
    ]
    late = (
        AssignedItem(
            kind=item.kind,
            id=item.id,
            title=item.title,
            by=item.by,
            due_at=item.due_at,
            call_id=item.call_id,
            overdue=item.due_at is not None and item.due_at < now,
        )
        for item in items
    )
    return tuple(sorted(late, key=lambda item: (item.due_at is None, item.due_at or now, item.kind, item.id)))


def assigned_of(session: Session, viewer: Viewer) -> tuple[AssignedItem, ...]:
    """What waits for the viewer."""
    rep_id = min(viewer.rep_ids) if viewer.rep_ids and viewer.has_role("rep", "manager") else None
    return assigned_to(session, viewer.user_id, rep_id)


def _coaching(session: Session, rep_id: int | None) -> list[AssignedItem]:
    """Talks that are planned, and actions agreed on that are the rep's to do."""
    row = CoachingSession
    to_do = and_(row.state == "held", row.action_by.in_(("rep", "both")))
    found = session.scalars(select(row).where(_of(row.rep_id, rep_id), or_(row.state == "planned", to_do)).limit(MOST))
    return [
        AssignedItem(
            kind="talk" if item.state == "planned" else "action",
            id=item.id,
            title=item.action,
            by=item.coach_name,
            due_at=(item.talk_at if item.state == "planned" else None) or item.due_at,
        )
        for item in found
    ]


def _playlists(session: Session, user_id: int | None) -> list[AssignedItem]:
    rows = session.execute(
        select(PlaylistTask.playlist_id, Playlist.title, PlaylistTask.by_name, PlaylistTask.due_at)
        .join(Playlist, Playlist.id == PlaylistTask.playlist_id)
        .where(_of(PlaylistTask.user_id, user_id), PlaylistTask.done_at.is_(None), PlaylistTask.withdrawn_at.is_(None))
        .limit(MOST)
    )
    return [AssignedItem(kind="playlist", id=row[0], title=row[1], by=row[2], due_at=row[3]) for row in rows]


def _quizzes(session: Session, user_id: int | None) -> list[AssignedItem]:
    rows = session.execute(
        select(QuizTask.quiz_id, Quiz.title, QuizTask.by_name, QuizTask.due_at)
        .join(Quiz, Quiz.id == QuizTask.quiz_id)
        .where(
            _of(QuizTask.user_id, user_id),
            QuizTask.done_at.is_(None),
            QuizTask.withdrawn_at.is_(None),
            Quiz.closed_at.is_(None),
        )
        .limit(MOST)
    )
    return [AssignedItem(kind="quiz", id=row[0], title=row[1], by=row[2], due_at=row[3]) for row in rows]


def _disputes(session: Session, user_id: int | None, rep_id: int | None) -> list[AssignedItem]:
    """Disputes that were answered: to agree, or to take to the quality lead until the date."""
    mine = or_(_of(Dispute.raised_by, user_id), _of(Call.rep_id, rep_id))
    rows = session.execute(
        select(Dispute.id, Dispute.raised_name, Dispute.due_at, Dispute.call_id)
        .join(Call, Call.id == Dispute.call_id)
        .where(Dispute.state == "answered", mine)
        .limit(MOST)
    )
    return [AssignedItem(kind="dispute", id=row[0], title="", by="", due_at=row[2], call_id=row[3]) for row in rows]


def _evaluations(session: Session, rep_id: int | None, now: datetime) -> list[AssignedItem]:
    """Scorecards the rep can read and has not answered, newest calls first."""
    shown = or_(Evaluation.state == "shown", and_(Evaluation.state == "submitted", Evaluation.show_at <= now))
    rows = session.execute(
        select(Evaluation.id, Evaluation.reviewer, Evaluation.call_id)
        .join(Call, Call.id == Evaluation.call_id)
        .where(_of(Call.rep_id, rep_id), shown, counts())
        .order_by(Evaluation.id.desc())
        .limit(MOST)
    )
    return [
        AssignedItem(kind="evaluation", id=row[0], title="", by=row[1], due_at=None, call_id=row[2]) for row in rows
    ]


def _of(column: InstrumentedAttribute[Any], wanted: int | None) -> ColumnElement[bool]:
    """Nothing is a nobody's: without an id the condition would meet rows whose rep or person is not known."""
    return column == wanted if wanted is not None else false()
