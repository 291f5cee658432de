"""Clips: stretches of calls worth hearing again, made, found, renamed and thrown away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from review.comments.refusals import Gone, NotYours, OutsideCall, read_text
from review.errors import NoSuchCall
from review.models import Call, Client, Clip, PlaylistItem, Rep, Segment, WebAudio
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.audit import record

SHORTEST = 0.2
"""Seconds: a shorter stretch holds no syllable."""
LATE = 1.0
"""Seconds behind the end of a call that a clip may reach: players and files differ by a frame or two."""
LONGEST_TITLE = 120
LONGEST_TOPIC = 60
LONGEST_NOTE = 2_000
LONGEST_SAID = 600
ON_PAGE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """One clip with what a list shows of its call; times in seconds of the call."""

    id: int
    call_id: int
    start: float
    end: float
    title: str
    note: str
    topic: str
    said: str
    author: str
    created_at: datetime
    client: str | None
    rep: str | None
    happened_at: datetime
    playable: bool
    may_change: bool

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class ClipPage:
    """A page of clips and the topics to choose from; `next_page` is None on the last page."""

    rows: tuple[ClipRow, ...]
    topics: tuple[str, ...]
    count: int
    next_page: int | None


def make_clip(
    session: Session,
    viewer: Viewer,
    call_id: int,
    start: float,
    end: float,
    title: str,
    *,
    note: str = "",
    topic: str = "",
) -> int:
    """Keep a stretch of a call the viewer may see; the clip's id.

    Raises NoSuchCall, OutsideCall (not inside the call, or shorter than SHORTEST), Empty and TooLong.
    """
    call = session.scalar(select(Call).where(Call.id == call_id, visible_calls(viewer)))
    if call is None:
        raise NoSuchCall(call_id)
    if not (math.isfinite(start) and math.isfinite(end)) or start < 0 or end - start < SHORTEST:
        raise OutsideCall(start, end, call.duration)
    if call.duration is not None and end > call.duration + LATE:
        raise OutsideCall(start, end, call.duration)
    clip = Clip(
        call_id=call_id,
        user_id=viewer.user_id,
        author=viewer.name,
        start=round(start, 2),
        end=round(end, 2),
        title=read_text("title", title, LONGEST_TITLE),
        note=read_text("note", note, LONGEST_NOTE, needed=False),
        topic=read_text("topic", topic, LONGEST_TOPIC, needed=False),
    )
    session.add(clip)
    session.flush()
    return int(clip.id)


def change_clip(session: Session, viewer: Viewer, clip_id: int, *, title: str, note: str, topic: str) -> None:
    """Name a clip anew. Raises Gone, NotYours, Empty and TooLong."""
    clip = _own_clip(session, viewer, clip_id)
    clip.title = read_text("title", title, LONGEST_TITLE)
    clip.note = read_text("note", note, LONGEST_NOTE, needed=False)
    clip.topic = read_text("topic", topic, LONGEST_TOPIC, needed=False)
    session.flush()


def delete_clip(session: Session, viewer: Viewer, clip_id: int) -> None:
    """Throw a clip away, out of every playlist too; the call stays. Raises Gone and NotYours."""
    clip = _own_clip(session, viewer, clip_id)
    record(session, viewer.user_id, "clip.deleted", "clip", clip.id, call=clip.call_id, author=clip.author)
    session.execute(delete(PlaylistItem).where(PlaylistItem.clip_id == clip.id))
    session.delete(clip)
    session.flush()


def list_clips(
    session: Session,
    viewer: Viewer,
    *,
    topic: str = "",
    text: str = "",
    mine: bool = False,
    call_id: int | None = None,
    page: int = 1,
) -> ClipPage:
    """Clips of the calls the viewer may see, the newest first; not what others cut from a call to be judged blind."""
    page = max(1, page)
    chosen: list[ColumnElement[bool]] = [heard_clips(viewer)]
    if topic:
        chosen.append(Clip.topic == topic)
    if mine:
        chosen.append(Clip.user_id == viewer.user_id)
    if call_id is not None:
        chosen.append(Clip.call_id == call_id)
    for word in text.split()[:8]:
        like = f"%{_escaped(word.lower())}%"
        chosen.append(or_(*(func.lower(part).like(like, escape="\\") for part in (Clip.title, Clip.note, Clip.topic))))
    rows = read_rows(session, viewer, and_(*chosen), limit=ON_PAGE + 1, offset=(page - 1) * ON_PAGE)
    count = session.scalar(
        select(func.count()).select_from(Clip).join(Call, Call.id == Clip.call_id).where(and_(*chosen))
    )
    topics = session.scalars(
        select(Clip.topic)
        .join(Call, Call.id == Clip.call_id)
        .where(heard_clips(viewer), Clip.topic != "")
        .group_by(Clip.topic)
        .order_by(func.count().desc(), Clip.topic)
        .limit(50)
    )
    return ClipPage(rows[:ON_PAGE], tuple(topics), int(count or 0), page + 1 if len(rows) > ON_PAGE else None)


def heard_clips(viewer: Viewer) -> ColumnElement[bool]:
    """The condition rows of (clip joined with call) must meet: a clip says what somebody thinks of the call."""
    return and_(visible_calls(viewer), or_(Clip.user_id == viewer.user_id, not_veiled(viewer)))


def read_rows(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], *, limit: int = 500, offset: int = 0
) -> tuple[ClipRow, ...]:
    """Clips that meet the condition, the newest first; the condition must hold `heard_clips`."""
    found = session.execute(
        select(Clip, Client.name, Rep.name, Call.happened_at, WebAudio.call_id)
        .join(Call, Call.id == Clip.call_id)
        .outerjoin(Client, Client.id == Call.client_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(WebAudio, WebAudio.call_id == Call.id)
        .where(condition)
        .order_by(Clip.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    said = _said(session, [row[0] for row in found])
    return tuple(
        ClipRow(
            id=clip.id,
            call_id=clip.call_id,
            start=clip.start,
            end=clip.end,
            title=clip.title,
            note=clip.note,
            topic=clip.topic,
            said=said.get(clip.id, ""),
            author=clip.author,
            created_at=clip.created_at,
            client=None if viewer.is_outsider else client,
            rep=None if viewer.is_outsider else rep,
            happened_at=happened_at,
            playable=audio is not None,
            may_change=_may_change(viewer, clip.user_id),
        )
        for clip, client, rep, happened_at, audio in found
    )


def _may_change(viewer: Viewer, user_id: int | None) -> bool:
    return user_id == viewer.user_id or viewer.has_role("quality_lead")


def _own_clip(session: Session, viewer: Viewer, clip_id: int) -> Clip:
    clip = session.scalar(
        select(Clip).join(Call, Call.id == Clip.call_id).where(Clip.id == clip_id, visible_calls(viewer))
    )
    if clip is None:
        raise Gone("clip")
    if not _may_change(viewer, clip.user_id):
        raise NotYours
    return clip


def _said(session: Session, clips: Sequence[Clip]) -> dict[int, str]:
    """What is said in each clip, by its id: the turns of the shown (masked, corrected) transcript that overlap it."""
    if not clips:
        return {}
    turns: dict[int, list[tuple[float, float, str]]] = {}
    wanted = or_(
        *(and_(Segment.call_id == one.call_id, Segment.start < one.end, Segment.end > one.start) for one in clips)
    )
    for call_id, start, end, text in session.execute(
        select(Segment.call_id, Segment.start, Segment.end, Segment.text)
        .where(wanted)
        .order_by(Segment.call_id, Segment.turn)
    ):
        turns.setdefault(call_id, []).append((float(start or 0), float(end or 0), text))
    return {
        one.id: _cut(
            " – ".join(text for start, end, text in turns.get(one.call_id, ()) if start < one.end and end > one.start)
        )
        for one in clips
    }


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SAID else text[: LONGEST_SAID - 1].rsplit(" ", 1)[0] + "…"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
