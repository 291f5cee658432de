"""Playlists of which nothing is left to hear: taken back with the reason, so that nobody owes what cannot be done.

A call that is deleted takes its clips along, a clip is thrown away or closed again, a rep moves out of sight, or the
sound of all that is left is no longer available.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.library.seeing import READERS, is_shared
from review.library.silent import is_asked_for
from review.models import Call, Clip, Playlist, PlaylistHeard, PlaylistItem, PlaylistTask, User, utc_now
from review.queries.viewer import Viewer, load_viewer
from review.queries.visibility import visible_calls
from review.services.audit import record

SETTLED: Final = timedelta(days=1)
"""A playlist may be given before its clips are in it: so long nothing is taken back."""


def take_back_unhearable(session: Session, *, now: datetime | None = None) -> int:
    """Take back what is open and holds no clip its person may hear; how many. What was heard is kept.

    A clip that only waits, for the person to judge its call or for its sound to be made anew, is still to be heard.
    Two statements for each person with work; two sweeps at once take each back once.
    """
    now = now or utc_now()
    waiting: dict[int, list[int]] = defaultdict(list)
    for task_id, user_id in session.execute(
        select(PlaylistTask.id, PlaylistTask.user_id)
        .join(User, User.id == PlaylistTask.user_id)
        .where(
            PlaylistTask.done_at.is_(None),
            PlaylistTask.withdrawn_at.is_(None),
            PlaylistTask.created_at <= now - SETTLED,
            User.disabled_at.is_(None),
        )
        .order_by(PlaylistTask.id)
    ):
        waiting[user_id].append(task_id)
    count = 0
    for user_id, task_ids in waiting.items():
        person = load_viewer(session, user_id)
        if person is None:
            continue
        left = set(task_ids) - _with_something(session, person, task_ids)
        for task_id in sorted(left):
            count += _take_back(session, person, task_id, now)
    return count


def _with_something(session: Session, person: Viewer, task_ids: list[int]) -> set[int]:
    """The tasks in which there is a clip the person may hear, now or once they have judged its call, or has heard."""
    open_to = or_(visible_calls(person), is_shared()) if person.has_role(*READERS) else visible_calls(person)
    return set(
        session.scalars(
            select(PlaylistTask.id)
            .join(PlaylistItem, PlaylistItem.playlist_id == PlaylistTask.playlist_id)
            .join(Clip, Clip.id == PlaylistItem.clip_id)
            .join(Call, Call.id == Clip.call_id)
            .outerjoin(PlaylistHeard, and_(PlaylistHeard.task_id == PlaylistTask.id, PlaylistHeard.clip_id == Clip.id))
            .where(PlaylistTask.id.in_(task_ids), open_to, is_asked_for())
            .distinct()
        )
    )


def _take_back(session: Session, person: Viewer, task_id: int, now: datetime) -> int:
    taken = session.execute(
        update(PlaylistTask)
        .where(PlaylistTask.id == task_id, PlaylistTask.withdrawn_at.is_(None), PlaylistTask.done_at.is_(None))
        .values(withdrawn_at=now)
        .returning(PlaylistTask.playlist_id, PlaylistTask.by_user_id)
    ).one_or_none()
    if taken is None:
        return 0
    playlist_id, giver = taken
    playlist = session.get_one(Playlist, playlist_id)
    record(session, None, "playlist.taken_back", "playlist", playlist_id, person=person.user_id, why="nothing_to_hear")
    # A playlist in which one hears nothing is a page of its author's alone.
    page = {
        who: f"/playlists/{playlist_id}" if who == playlist.user_id else "/clips" for who in (person.user_id, giver)
    }
    body = {"title": playlist.title, "url": page[person.user_id]}
    notify(session, person.user_id, "playlist_gone", body=body)
    if giver is not None and giver != person.user_id:
        body = {"title": playlist.title, "by": person.name, "url": page[giver]}
        notify(session, giver, "playlist_gone", body=body)
    return 1
