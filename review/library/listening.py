"""Listening through a playlist one was given: what was heard of each clip, and the answer at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.comments.refusals import Gone, read_text
from review.library.heard import allowed, believe, go_on_at, is_heard, lay_together
from review.library.refusals import NotHeardYet, OutOfRange
from review.library.seeing import hearable
from review.library.tasks import count_heard
from review.models import Call, Clip, Playlist, PlaylistHeard, PlaylistItem, PlaylistTask, utc_now
from review.queries.viewer import Viewer

LONGEST_WORDS: Final = 1_000
RATINGS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class ClipHeard:
    """How far one clip is: where it was left off (seconds of the clip), and whether it counts as heard."""

    place: float
    done: bool


def read_heard(session: Session, task_id: int) -> dict[int, ClipHeard]:
    """How far each clip is for a task, by the clip's id; `place` is where to go on. One statement."""
    rows = session.execute(
        select(PlaylistHeard, Clip.end - Clip.start)
        .join(Clip, Clip.id == PlaylistHeard.clip_id)
        .where(PlaylistHeard.task_id == task_id)
    ).all()
    return {
        row.clip_id: ClipHeard(go_on_at(row.heard["spans"], row.place, length), row.done_at is not None)
        for row, length in rows
    }


def report_heard(
    session: Session,
    viewer: Viewer,
    task_id: int,
    clip_id: int,
    start: float,
    end: float,
    *,
    now: datetime | None = None,
) -> ClipHeard:
    """Note that a piece of a clip was played, in seconds of the clip. Raises Gone.

    Believed as `review.library.heard` says; two tabs reporting at once lose nothing.
    """
    now = now or utc_now()
    found = session.execute(
        select(PlaylistTask, Clip)
        .join(PlaylistItem, PlaylistItem.playlist_id == PlaylistTask.playlist_id)
        .join(Clip, Clip.id == PlaylistItem.clip_id)
        .join(Call, Call.id == Clip.call_id)
        .where(
            PlaylistTask.id == task_id,
            PlaylistTask.user_id == viewer.user_id,
            PlaylistTask.withdrawn_at.is_(None),
            Clip.id == clip_id,
            hearable(viewer),
        )
        .with_for_update(of=PlaylistTask)
    ).one_or_none()
    if found is None:
        raise Gone("clip")
    length = found[1].end - found[1].start
    kept = session.scalar(
        select(PlaylistHeard).where(PlaylistHeard.task_id == task_id, PlaylistHeard.clip_id == clip_id)
    )
    last = session.scalar(
        select(PlaylistHeard)
        .where(PlaylistHeard.task_id == task_id)
        .order_by(PlaylistHeard.reported_at.desc(), PlaylistHeard.id.desc())
        .limit(1)
    )
    most = allowed(None, 0.0)
    if last is not None:
        most = allowed(last.heard.get("left"), (now - last.reported_at).total_seconds())
    piece = believe(start, end, most)
    left = most - (piece[1] - piece[0] if piece else 0.0)
    if kept is None:
        kept = PlaylistHeard(task_id=task_id, clip_id=clip_id, heard={"spans": []}, reported_at=now, place=0.0)
        session.add(kept)
    spans = lay_together(kept.heard["spans"], piece, length)
    kept.heard = {"spans": [list(span) for span in spans], "left": round(left, 2)}
    kept.place = round(min(length, piece[1]), 2) if piece else kept.place
    kept.reported_at = now
    if kept.done_at is None and is_heard(spans, length):
        kept.done_at = now
    session.flush()
    return ClipHeard(kept.place, kept.done_at is not None)


def assess_oneself(session: Session, viewer: Viewer, task_id: int, rating: int, words: str = "") -> None:
    """The person's own answer, 1..5: "I do this on my calls"; it may be changed later.

    Who gave the playlist is told, once.     Raises Gone, NotHeardYet, OutOfRange and TooLong.
    """
    task = session.scalar(
        select(PlaylistTask).where(
            PlaylistTask.id == task_id, PlaylistTask.user_id == viewer.user_id, PlaylistTask.withdrawn_at.is_(None)
        )
    )
    if task is None:
        raise Gone("task")
    if rating not in RATINGS:
        raise OutOfRange("rating")
    clips, heard = count_heard(session, viewer, [task]).get(task.id, (0, 0))
    if task.done_at is None and (heard < clips or clips == 0):
        raise NotHeardYet(max(1, clips - heard))
    task.words = read_text("words", words, LONGEST_WORDS, needed=False)
    task.rating, task.rated_at = rating, utc_now()
    if task.done_at is None:
        task.done_at = task.rated_at
        if task.by_user_id is not None and task.by_user_id != viewer.user_id:
            title = session.scalar(select(Playlist.title).where(Playlist.id == task.playlist_id))
            body = {"by": viewer.name, "title": title, "rating": rating, "url": f"/playlists/{task.playlist_id}"}
            notify(session, task.by_user_id, "playlist_done", body=body)
    session.flush()
