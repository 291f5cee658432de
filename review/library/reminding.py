"""Reminders of playlists and quizzes: once a day before they are due, and once when the date has gone by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
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
    return _remind_of(session, PlaylistTask, now) + _remind_of(session, QuizTask, now)


def _remind_of(session: Session, table: type[PlaylistTask] | type[QuizTask], now: datetime) -> int:
    subject = table.playlist_id if table is PlaylistTask else table.quiz_id  # type: ignore[attr-defined]
    named = Playlist if table is PlaylistTask else Quiz
    waiting = (
        select(table, named.title, User.name)
        .join(named, named.id == subject)
        .join(User, User.id == table.user_id)
        .where(
            table.done_at.is_(None),
            table.withdrawn_at.is_(None),
            table.due_at <= now + SOON,
            table.told != "late",
            User.disabled_at.is_(None),
        )
        .order_by(table.id)
        .limit(AT_ONCE)
    )
    told = 0
    for task, title, name in session.execute(waiting).all():
        late = task.due_at <= now
        state = "late" if late else "soon"
        if task.told == state:
            continue
        won = session.execute(
            update(table).where(table.id == task.id, table.told == task.told).values(told=state)
        ).rowcount  # type: ignore[attr-defined]
        if won != 1:
            continue
        what = "playlist" if table is PlaylistTask else "quiz"
        number = task.playlist_id if table is PlaylistTask else task.quiz_id
        address = f"/playlists/{number}" if what == "playlist" else f"/quizzes/{number}"
        mine = address if what == "playlist" else f"{address}/take"
        body = {"title": title, "due": task.due_at.isoformat(), "by": task.by_name, "url": mine}
        notify(session, task.user_id, f"{what}_{state}", body=body)
        told += 1
        if late and task.by_user_id is not None and task.by_user_id != task.user_id:
            notify(session, task.by_user_id, f"{what}_not_done", body={"title": title, "by": name, "url": address})
            told += 1
    return told
