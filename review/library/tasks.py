"""Playlists given to people: to be heard through and answered by "do I do this on my calls?", with a due date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from review.comments.playlists import get_playlist
from review.library.giving import managed_people, may_follow
from review.library.handing_out import PLAYLISTS, hand_back, hand_out
from review.library.seeing import hearable
from review.library.silent import is_asked_for
from review.models import Call, Clip, Playlist, PlaylistHeard, PlaylistItem, PlaylistTask, User, utc_now
from review.queries.viewer import Viewer, load_viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """How far one person is with one playlist; counts are of the clips that person may hear and that still sound."""

    id: int
    playlist_id: int
    title: str
    user_id: int
    name: str
    by: str
    own_choice: bool
    due_at: datetime | None
    late: bool
    created_at: datetime
    clips: int
    heard: int
    done_at: datetime | None
    rating: int | None
    words: str

    @property
    def left(self) -> int:
        """How many clips are still to be heard."""
        return max(0, self.clips - self.heard)


def give_playlist(
    session: Session,
    viewer: Viewer,
    playlist_id: int,
    *,
    user_ids: Collection[int] = (),
    team_id: int | None = None,
    due_on: date | None = None,
) -> int:
    """Give a playlist to people, to a team, or take it on oneself; how many have it now that had it not.

    Who has it already keeps what they heard and gets the new due date. Raises Gone, NotYourChoice, NobodyThere and
    PastDue.
    """
    playlist = get_playlist(session, viewer, playlist_id).row
    return hand_out(
        session,
        viewer,
        PLAYLISTS,
        playlist_id,
        title=playlist.title,
        url=f"/playlists/{playlist_id}",
        user_ids=user_ids,
        team_id=team_id,
        due_on=due_on,
    )


def take_back(session: Session, viewer: Viewer, task_id: int) -> None:
    """Take a playlist back from somebody; what they heard is kept. Raises Gone and NotYours."""
    hand_back(session, viewer, PLAYLISTS, task_id)


def own_task(session: Session, viewer: Viewer, playlist_id: int) -> TaskRow | None:
    """The viewer's own task with this playlist; None when they have none."""
    return next((task for task in own_tasks(session, viewer) if task.playlist_id == playlist_id), None)


def own_tasks(session: Session, viewer: Viewer) -> tuple[TaskRow, ...]:
    """The playlists the viewer is to hear, those due first first; done ones last. Two statements."""
    found = session.execute(
        _tasks().where(PlaylistTask.user_id == viewer.user_id, PlaylistTask.withdrawn_at.is_(None))
    ).all()
    counts = count_heard(session, viewer, [row[0] for row in found])
    rows = [_row(row, counts.get(row[0].id, (0, 0))) for row in found]
    return tuple(sorted(rows, key=lambda row: (row.done_at is not None, row.due_at is None, row.due_at, -row.id)))


def tasks_of(session: Session, viewer: Viewer, playlist_id: int) -> tuple[TaskRow, ...]:
    """Who was given the playlist and how far they are, of those this viewer follows. Two statements for each person."""
    managed = managed_people(session, viewer)
    found = [
        row
        for row in session.execute(
            _tasks().where(PlaylistTask.playlist_id == playlist_id, PlaylistTask.withdrawn_at.is_(None))
        ).all()
        if may_follow(viewer, row[0], managed)
    ]
    rows = []
    for row in found:
        person = load_viewer(session, row[0].user_id)
        counts = {} if person is None else count_heard(session, person, [row[0]])
        rows.append(_row(row, counts.get(row[0].id, (0, 0))))
    return tuple(sorted(rows, key=lambda row: (row.done_at is None, row.name.casefold(), row.id)))


def count_people(session: Session, playlist_id: int) -> int:
    """How many people besides its author have the playlist to hear, or have heard it."""
    found = session.scalar(
        select(func.count())
        .select_from(PlaylistTask)
        .join(Playlist, Playlist.id == PlaylistTask.playlist_id)
        .where(
            PlaylistTask.playlist_id == playlist_id,
            PlaylistTask.withdrawn_at.is_(None),
            or_(Playlist.user_id.is_(None), PlaylistTask.user_id != Playlist.user_id),
        )
    )
    return int(found or 0)


def _tasks() -> Select[*tuple[Any, ...]]:
    return (
        select(PlaylistTask, Playlist.title, User.name)
        .join(Playlist, Playlist.id == PlaylistTask.playlist_id)
        .join(User, User.id == PlaylistTask.user_id)
    )


def count_heard(session: Session, person: Viewer, tasks: Collection[PlaylistTask]) -> dict[int, tuple[int, int]]:
    """How many clips of each task the person is to hear, and how many of them they heard. One statement.

    One whose sound is no longer available counts only where it was heard before.
    """
    if not tasks:
        return {}
    found = session.execute(
        select(PlaylistTask.id, func.count(), func.count(PlaylistHeard.done_at))
        .select_from(PlaylistTask)
        .join(PlaylistItem, PlaylistItem.playlist_id == PlaylistTask.playlist_id)
        .join(Clip, Clip.id == PlaylistItem.clip_id)
        .join(Call, Call.id == Clip.call_id)
        .outerjoin(
            PlaylistHeard, and_(PlaylistHeard.task_id == PlaylistTask.id, PlaylistHeard.clip_id == PlaylistItem.clip_id)
        )
        .where(PlaylistTask.id.in_([task.id for task in tasks]), hearable(person), is_asked_for())
        .group_by(PlaylistTask.id)
    )
    return {task_id: (clips, heard) for task_id, clips, heard in found}


def _row(row: Any, counts: tuple[int, int]) -> TaskRow:
    task, title, name = row
    return TaskRow(
        id=task.id,
        playlist_id=task.playlist_id,
        title=title,
        user_id=task.user_id,
        name=name,
        by=task.by_name,
        own_choice=task.by_user_id == task.user_id,
        due_at=task.due_at,
        late=task.done_at is None and task.due_at is not None and task.due_at < utc_now(),
        created_at=task.created_at,
        clips=counts[0],
        heard=counts[1],
        done_at=task.done_at,
        rating=task.rating,
        words=task.words,
    )
