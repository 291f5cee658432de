"""Clips: stretches of calls worth hearing again, made, found, renamed and thrown away."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from review.comments.refusals import Gone, NotYours, OutsideCall, read_text
from review.errors import NoSuchCall
from review.library.curating import close_questions
from review.library.rows import ClipRow, may_change_clip, read_rows
from review.library.seeing import heard_clips
from review.library.suggesting import check_kinds, suggest_kinds
from review.models import Call, Clip, PlaylistItem
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
ON_PAGE = 40


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
    objection: str | None = None,
    stage: str | None = None,
) -> int:
    """Keep a stretch of a call the viewer may see; the clip's id.

    `objection` and `stage` left at None are taken from the call's assessment at that place; "" says: none.
    Raises NoSuchCall, OutsideCall (not inside the call, or shorter than SHORTEST), Empty, TooLong and UnknownKind.
    """
    call = session.scalar(select(Call).where(Call.id == call_id, visible_calls(viewer)))
    if call is None:
        raise NoSuchCall(call_id)
    if not (math.isfinite(start) and math.isfinite(end)) or start < 0 or end - start < SHORTEST:
        raise OutsideCall(start, end, call.duration)
    if call.duration is not None and end > call.duration + LATE:
        raise OutsideCall(start, end, call.duration)
    check_kinds(objection, stage)
    if objection is None or stage is None:
        suggested = suggest_kinds(session, viewer, call_id, start, end)
        objection = suggested.objection if objection is None else objection
        stage = suggested.stage if stage is None else stage
    clip = Clip(
        call_id=call_id,
        user_id=viewer.user_id,
        author=viewer.name,
        start=round(start, 2),
        end=round(end, 2),
        title=read_text("title", title, LONGEST_TITLE),
        note=read_text("note", note, LONGEST_NOTE, needed=False),
        topic=read_text("topic", topic, LONGEST_TOPIC, needed=False),
        objection=objection,
        stage=stage,
    )
    session.add(clip)
    session.flush()
    return int(clip.id)


def change_clip(
    session: Session,
    viewer: Viewer,
    clip_id: int,
    *,
    title: str,
    note: str,
    topic: str,
    objection: str | None = None,
    stage: str | None = None,
) -> None:
    """Name a clip anew; kinds left at None stay as they are.

    Raises Gone, NotYours, Empty, TooLong and UnknownKind.
    """
    check_kinds(objection, stage)
    clip = own_clip(session, viewer, clip_id)
    clip.title = read_text("title", title, LONGEST_TITLE)
    clip.note = read_text("note", note, LONGEST_NOTE, needed=False)
    clip.topic = read_text("topic", topic, LONGEST_TOPIC, needed=False)
    clip.objection = clip.objection if objection is None else objection
    clip.stage = clip.stage if stage is None else stage
    session.flush()


def delete_clip(session: Session, viewer: Viewer, clip_id: int) -> None:
    """Throw a clip away, out of every playlist too; the call stays. Raises Gone and NotYours."""
    clip = own_clip(session, viewer, clip_id)
    record(session, viewer.user_id, "clip.deleted", "clip", clip.id, call=clip.call_id, author=clip.author)
    close_questions(session, clip)
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
    chosen += matching(text)
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


def own_clip(session: Session, viewer: Viewer, clip_id: int) -> Clip:
    """A clip of a call one may see that is one's own to change. Raises Gone and NotYours."""
    clip = session.scalar(
        select(Clip).join(Call, Call.id == Clip.call_id).where(Clip.id == clip_id, visible_calls(viewer))
    )
    if clip is None:
        raise Gone("clip")
    if not may_change_clip(viewer, clip.user_id):
        raise NotYours
    return clip


def matching(text: str) -> list[ColumnElement[bool]]:
    """The conditions of a clip whose title, note or topic hold all of these words; the first eight count."""
    found: list[ColumnElement[bool]] = []
    for word in text.split()[:8]:
        like = f"%{_escaped(word.lower())}%"
        found.append(or_(*(func.lower(part).like(like, escape="\\") for part in (Clip.title, Clip.note, Clip.topic))))
    return found


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
