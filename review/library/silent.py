"""Clips whose sound is no longer available: nobody need hear them, and who gave them to others is told which they are.

A call without a playable copy is silent once no step is to come that would make one: it came without a recording, its
recording could not be read for good, or its copy was taken away. A step that is still to come, or is tried again after
a failure, makes nothing silent; when somebody has the call worked on once more, its clips are to be heard again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.library.seeing import hearable
from review.models import Call, Clip, Playlist, PlaylistHeard, PlaylistItem, PlaylistTask, User, WebAudio
from review.queries.viewer import load_viewer


def is_silent() -> ColumnElement[bool]:
    """The condition rows of (clip joined with call) meet whose sound is no longer available."""
    waits_for_a_person = and_(Call.state == "transcribed", Call.partial.is_(True), Call.score_partial.is_(False))
    nothing_comes = or_(Call.state.in_(("scored", "no_audio", "dead")), waits_for_a_person)
    return and_(~exists().where(WebAudio.call_id == Call.id), nothing_comes)


def is_asked_for() -> ColumnElement[bool]:
    """The condition of a clip that counts for a task, where `PlaylistHeard` is joined: it sounds, or was heard."""
    return or_(PlaylistHeard.done_at.is_not(None), ~is_silent())


def tell_silent(session: Session) -> int:
    """Tell givers which clips of playlists under way lost their sound before they were heard; how many were told.

    Each is told once for each playlist and clip, also with two sweeps at once: the row of the task keeps that it was.
    """
    told: set[tuple[int, int, int]] = set()
    for row in session.execute(
        select(
            PlaylistTask.id.label("task"),
            PlaylistTask.user_id,
            PlaylistTask.by_user_id,
            PlaylistTask.playlist_id,
            Playlist.title.label("playlist"),
            Clip.id.label("clip"),
            Clip.title,
            PlaylistHeard.heard,
        )
        .join(Playlist, Playlist.id == PlaylistTask.playlist_id)
        .join(PlaylistItem, PlaylistItem.playlist_id == Playlist.id)
        .join(Clip, Clip.id == PlaylistItem.clip_id)
        .join(Call, Call.id == Clip.call_id)
        .join(User, User.id == PlaylistTask.user_id)
        .outerjoin(PlaylistHeard, and_(PlaylistHeard.task_id == PlaylistTask.id, PlaylistHeard.clip_id == Clip.id))
        .where(
            PlaylistTask.done_at.is_(None),
            PlaylistTask.withdrawn_at.is_(None),
            PlaylistTask.by_user_id != PlaylistTask.user_id,
            User.disabled_at.is_(None),
            PlaylistHeard.done_at.is_(None),
            is_silent(),
        )
        .order_by(PlaylistTask.id, Clip.id)
    ).all():
        if row.heard is not None and row.heard.get("silent"):
            continue
        if not (_hears_of(session, row.user_id, row.clip) and _hears_of(session, row.by_user_id, row.clip)):
            continue
        given = (row.by_user_id, row.playlist_id, row.clip)
        if _note(session, row.task, row.clip) and given not in told:
            told.add(given)
            _tell(session, row)
    return len(told)


def _hears_of(session: Session, user_id: int, clip_id: int) -> bool:
    """Whether the clip is anything to this person, as far as their rights go."""
    person = load_viewer(session, user_id)
    if person is None:
        return False
    wanted = select(Clip.id).join(Call, Call.id == Clip.call_id).where(Clip.id == clip_id, hearable(person))
    return session.scalar(wanted) is not None


def _note(session: Session, task_id: int, clip_id: int) -> bool:
    """Write down that the giver was told; False when that stands there already."""
    task = session.scalars(select(PlaylistTask).where(PlaylistTask.id == task_id).with_for_update()).one_or_none()
    if task is None:
        return False
    kept = session.scalar(
        select(PlaylistHeard)
        .where(PlaylistHeard.task_id == task_id, PlaylistHeard.clip_id == clip_id)
        .execution_options(populate_existing=True)
    )
    if kept is None:
        kept = PlaylistHeard(task_id=task_id, clip_id=clip_id, heard={"spans": []}, reported_at=task.created_at)
        session.add(kept)
    elif kept.heard.get("silent"):
        return False
    kept.heard = {**kept.heard, "silent": True}
    session.flush()
    return True


def _tell(session: Session, row: Any) -> None:
    body = {"title": row.playlist, "clip": row.title, "url": f"/playlists/{row.playlist_id}"}
    notify(session, row.by_user_id, "playlist_gone", body=body)
