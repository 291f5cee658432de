"""Playlists: clips in an order. Each viewer finds in one only the clips of calls they may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from review.comments.clips import LONGEST_NOTE, LONGEST_TITLE
from review.comments.refusals import Gone, NotYours, read_text
from review.library.refusals import StillWorkedOn
from review.library.rows import ClipRow, read_rows
from review.library.seeing import hearable
from review.models import Call, Clip, Playlist, PlaylistItem, PlaylistTask
from review.queries.viewer import Viewer
from review.services.audit import record


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistRow:
    """One playlist in a list; `count` and `seconds` are of the clips this viewer may hear."""

    id: int
    title: str
    note: str
    author: str
    created_at: datetime
    count: int
    seconds: float
    may_change: bool


@dataclass(frozen=True, slots=True)
class PlaylistDetail:
    """One playlist with its clips in order; `hidden` says how many belong to calls this viewer may not see."""

    row: PlaylistRow
    clips: tuple[ClipRow, ...]
    hidden: int


def make_playlist(session: Session, viewer: Viewer, title: str, *, note: str = "") -> int:
    """A new, empty playlist; its id. Raises Empty and TooLong."""
    made = Playlist(
        user_id=viewer.user_id,
        author=viewer.name,
        title=read_text("title", title, LONGEST_TITLE),
        note=read_text("note", note, LONGEST_NOTE, needed=False),
    )
    session.add(made)
    session.flush()
    return int(made.id)


def change_playlist(session: Session, viewer: Viewer, playlist_id: int, *, title: str, note: str) -> None:
    """Name a playlist anew. Raises Gone, NotYours, Empty and TooLong."""
    playlist = _own(session, viewer, playlist_id)
    playlist.title = read_text("title", title, LONGEST_TITLE)
    playlist.note = read_text("note", note, LONGEST_NOTE, needed=False)
    session.flush()


def delete_playlist(session: Session, viewer: Viewer, playlist_id: int) -> None:
    """Throw a playlist away; its clips stay. Raises Gone, NotYours and StillWorkedOn while others have it to hear."""
    playlist = _own(session, viewer, playlist_id)
    given = session.scalar(
        select(func.count())
        .select_from(PlaylistTask)
        .where(
            PlaylistTask.playlist_id == playlist.id,
            PlaylistTask.withdrawn_at.is_(None),
            PlaylistTask.user_id != viewer.user_id,
        )
    )
    if given:
        raise StillWorkedOn(given)
    record(session, viewer.user_id, "playlist.deleted", "playlist", playlist.id, author=playlist.author)
    session.execute(delete(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id))
    session.delete(playlist)
    session.flush()


def add_to_playlist(session: Session, viewer: Viewer, playlist_id: int, clip_id: int) -> bool:
    """Put a clip at the end; False when it is in there already. Raises Gone and NotYours."""
    playlist = _own(session, viewer, playlist_id)
    seen = session.scalar(
        select(Clip.id).join(Call, Call.id == Clip.call_id).where(Clip.id == clip_id, hearable(viewer))
    )
    if seen is None:
        raise Gone("clip")
    if session.scalar(
        select(PlaylistItem.id).where(PlaylistItem.playlist_id == playlist.id, PlaylistItem.clip_id == clip_id)
    ):
        return False
    last = session.scalar(select(func.max(PlaylistItem.position)).where(PlaylistItem.playlist_id == playlist.id))
    session.add(PlaylistItem(playlist_id=playlist.id, clip_id=clip_id, position=(last or 0) + 1))
    session.flush()
    return True


def take_from_playlist(session: Session, viewer: Viewer, playlist_id: int, clip_id: int) -> None:
    """Take a clip out of a playlist; the clip stays. Raises Gone and NotYours."""
    playlist = _own(session, viewer, playlist_id)
    session.execute(
        delete(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id, PlaylistItem.clip_id == clip_id)
    )


def move_in_playlist(session: Session, viewer: Viewer, playlist_id: int, clip_id: int, by: int) -> None:
    """Move a clip `by` places among those this viewer sees, no further than the ends. Raises Gone and NotYours."""
    playlist = _own(session, viewer, playlist_id)
    items = list(
        session.scalars(
            select(PlaylistItem)
            .where(PlaylistItem.playlist_id == playlist.id)
            .order_by(PlaylistItem.position, PlaylistItem.id)
        )
    )
    seen = {row.id for row in get_playlist(session, viewer, playlist_id).clips}
    places = [at for at, item in enumerate(items) if item.clip_id in seen]
    here = next((n for n, at in enumerate(places) if items[at].clip_id == clip_id), None)
    if here is None:
        raise Gone("clip")
    there = places[min(len(places) - 1, max(0, here + by))]
    items.insert(there, items.pop(places[here]))
    for position, item in enumerate(items, 1):
        item.position = position
    session.flush()


def list_playlists(session: Session, viewer: Viewer) -> tuple[PlaylistRow, ...]:
    """One's own playlists, those given to the viewer, and those that hold a clip they may hear, by title."""
    heard = (
        select(
            PlaylistItem.playlist_id.label("id"),
            func.count().label("count"),
            func.sum(Clip.end - Clip.start).label("seconds"),
        )
        .join(Clip, Clip.id == PlaylistItem.clip_id)
        .join(Call, Call.id == Clip.call_id)
        .where(hearable(viewer))
        .group_by(PlaylistItem.playlist_id)
        .subquery()
    )
    found = session.execute(
        select(Playlist, heard.c.count, heard.c.seconds)
        .outerjoin(heard, heard.c.id == Playlist.id)
        .where(
            or_(Playlist.user_id == viewer.user_id, heard.c.count.is_not(None), Playlist.id.in_(_given(viewer))),
        )
        .order_by(func.lower(Playlist.title), Playlist.id)
        .limit(500)
    )
    return tuple(_row(viewer, playlist, count or 0, seconds or 0.0) for playlist, count, seconds in found)


def get_playlist(session: Session, viewer: Viewer, playlist_id: int) -> PlaylistDetail:
    """One playlist with the clips this viewer may hear. Raises Gone when it is nothing to them."""
    playlist = session.get(Playlist, playlist_id)
    if playlist is None:
        raise Gone("playlist")
    places = {
        clip_id: at
        for at, clip_id in enumerate(
            session.scalars(
                select(PlaylistItem.clip_id)
                .where(PlaylistItem.playlist_id == playlist_id)
                .order_by(PlaylistItem.position, PlaylistItem.id)
            )
        )
    }
    inside = exists().where(PlaylistItem.clip_id == Clip.id, PlaylistItem.playlist_id == playlist_id)
    rows = read_rows(session, viewer, inside & hearable(viewer))
    given = _given(viewer).where(PlaylistTask.playlist_id == playlist_id)
    if not rows and playlist.user_id != viewer.user_id and session.scalar(given) is None:
        raise Gone("playlist")
    clips = tuple(sorted(rows, key=lambda row: places.get(row.id, 0)))
    row = _row(viewer, playlist, len(clips), sum(clip.seconds for clip in clips))
    return PlaylistDetail(row, clips, len(places) - len(clips))


def _row(viewer: Viewer, playlist: Playlist, count: int, seconds: float) -> PlaylistRow:
    return PlaylistRow(
        id=playlist.id,
        title=playlist.title,
        note=playlist.note,
        author=playlist.author,
        created_at=playlist.created_at,
        count=count,
        seconds=seconds,
        may_change=_may_change(viewer, playlist),
    )


def _given(viewer: Viewer) -> Select[int]:
    """The playlists this viewer has to hear, by id."""
    return select(PlaylistTask.playlist_id).where(
        PlaylistTask.user_id == viewer.user_id, PlaylistTask.withdrawn_at.is_(None)
    )


def _may_change(viewer: Viewer, playlist: Playlist) -> bool:
    return playlist.user_id == viewer.user_id or viewer.has_role("quality_lead")


def _own(session: Session, viewer: Viewer, playlist_id: int) -> Playlist:
    get_playlist(session, viewer, playlist_id)  # nothing one may not see is one's to change
    playlist = session.get(Playlist, playlist_id)
    if playlist is None:
        raise Gone("playlist")
    if not _may_change(viewer, playlist):
        raise NotYours
    return playlist
