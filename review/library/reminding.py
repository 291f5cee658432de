"""Reminders of playlists and quizzes: once a day before they are due, and once when the date has gone by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.models import Playlist, PlaylistTask, Quiz, QuizTask, User, utc_now

SOON: Final = timedelta(hours=24)
AT_ONCE: Final = 200  # tasks in one round; the rest are there in the next


def remind(session: Session, *, now: datetime | None = None) -> int:
    """Tell people of what is due, and those who gave it of what is late; how many notifications.

    Each reminder goes out once, also with two sweeps at once: the row says which one was told.
    """
    now = now or utc_now()
    told = _remind(session, now, PlaylistTask, Playlist, PlaylistTask.playlist_id, "playlist", true())
    return told + _remind(session, now, QuizTask, Quiz, QuizTask.quiz_id, "quiz", Quiz.closed_at.is_(None))


def _remind(
    session: Session, now: datetime, table: Any, named: Any, subject: Any, what: str, is_open: ColumnElement[bool]
) -> int:
    waiting = (
        select(table, subject, named.title, User.name)
        .join(named, named.id == subject)
        .join(User, User.id == table.user_id)
        .where(
            table.done_at.is_(None),
            table.withdrawn_at.is_(None),
            table.due_at <= now + SOON,
            or_(table.told == "", and_(table.told == "soon", table.due_at <= now)),
            User.disabled_at.is_(None),
            is_open,  # nobody can take a closed quiz any more
        )
        .order_by(table.id)
        .limit(AT_ONCE)
    )
    told = 0
    for task, number, title, name in session.execute(waiting).all():
        state = "late" if task.due_at <= now else "soon"
        claim = update(table).where(table.id == task.id, table.told == task.told).values(told=state)
        if session.execute(claim).rowcount != 1:  # type: ignore[attr-defined]
            continue
        address = f"/playlists/{number}" if what == "playlist" else f"/quizzes/{number}"
        mine = address if what == "playlist" else f"{address}/take"
        body = {"title": title, "due": task.due_at.isoformat(), "by": task.by_name, "url": mine}
        notify(session, task.user_id, f"{what}_{state}", body=body)
        told += 1
        if state == "late" and task.by_user_id is not None and task.by_user_id != task.user_id:
            notify(session, task.by_user_id, f"{what}_not_done", body={"title": title, "by": name, "url": address})
            told += 1
    return told
