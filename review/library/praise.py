"""Praise: people say that a clip is good; the rep whose voice it is hears of it, and it stands on their page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.comments.refusals import Gone, read_text
from review.library.refusals import OwnVoice
from review.library.seeing import hearable
from review.models import Call, Clip, ClipPraise, Rep, utc_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_reps
from review.services.audit import record
from review.upsert import insert_new

LONGEST_PRAISE = 400
MOST_READ = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """One person's praise of one clip; `rep_id` is whose voice the clip is."""

    id: int
    clip_id: int
    clip_title: str
    call_id: int
    rep_id: int
    by: str
    words: str
    created_at: datetime


def praises_of(session: Session, rep_ids: Collection[int], since: datetime | None = None) -> tuple[Praise, ...]:
    """Praise of clips of these reps' calls since then, the newest first, at most MOST_READ. One statement.

    Whoever may see the rep's page may see it: the caller decides for which reps it asks.
    """
    wanted = (
        select(ClipPraise, Clip.title, Clip.call_id, Call.rep_id)
        .join(Clip, Clip.id == ClipPraise.clip_id)
        .join(Call, Call.id == Clip.call_id)
        .where(Call.rep_id.in_(sorted(rep_ids)))
        .order_by(ClipPraise.created_at.desc(), ClipPraise.id.desc())
        .limit(MOST_READ)
    )
    if since is not None:
        wanted = wanted.where(ClipPraise.created_at >= since)
    return tuple(
        Praise(
            id=row.id,
            clip_id=row.clip_id,
            clip_title=title,
            call_id=call_id,
            rep_id=int(rep_id or 0),
            by=row.name,
            words=row.words,
            created_at=row.created_at,
        )
        for row, title, call_id, rep_id in session.execute(wanted)
    )


def praise_clip(session: Session, viewer: Viewer, clip_id: int, words: str = "") -> bool:
    """Praise a clip one may hear, once; words sent again replace the first ones. False when it was praised already.

    The rep whose voice it is is told the first time. Raises Gone, OwnVoice and TooLong.
    """
    found = session.execute(
        select(Clip, Rep.user_id)
        .join(Call, Call.id == Clip.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(Clip.id == clip_id, hearable(viewer))
    ).one_or_none()
    if found is None:
        raise Gone("clip")
    clip, voice = found
    if voice == viewer.user_id:
        raise OwnVoice
    text = read_text("words", words, LONGEST_PRAISE, needed=False)
    made = insert_new(
        session,
        ClipPraise,
        ("clip_id", "user_id"),
        clip_id=clip_id,
        user_id=viewer.user_id,
        name=viewer.name,
        words=text,
        created_at=utc_now(),
    )
    if made is None:
        kept = session.scalars(
            select(ClipPraise).where(ClipPraise.clip_id == clip_id, ClipPraise.user_id == viewer.user_id)
        ).one()
        kept.words = text or kept.words
        session.flush()
        return False
    record(session, viewer.user_id, "clip.praised", "clip", clip_id)
    if voice is not None:
        body = {"by": viewer.name, "title": clip.title, "words": bool(text), "url": f"/clips#clip{clip_id}"}
        notify(session, voice, "clip_praised", call_id=clip.call_id, body=body, together=True)
    return True


def take_praise_back(session: Session, viewer: Viewer, clip_id: int) -> bool:
    """Take one's own praise back; False when there was none."""
    gone = session.execute(
        delete(ClipPraise).where(ClipPraise.clip_id == clip_id, ClipPraise.user_id == viewer.user_id)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def praises_for(session: Session, viewer: Viewer, rep_id: int, since: datetime | None = None) -> tuple[Praise, ...]:
    """Praise of a rep whose calls the viewer may see. Raises Gone."""
    if session.scalar(select(Rep.id).where(Rep.id == rep_id, visible_reps(viewer))) is None:
        raise Gone("rep")
    return praises_of(session, [rep_id], since)
