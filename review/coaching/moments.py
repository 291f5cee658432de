"""The moments a session speaks of: clips of the library, or stretches of calls that become clips when it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from review.coaching.refusals import BadField
from review.coaching.terms import LONGEST_TITLE, ClipTerms, read_words
from review.comments.clips import make_clip
from review.comments.refusals import WritingRefused
from review.errors import NoSuchCall
from review.library.seeing import heard_clips
from review.models import Call, Clip, CoachingClip, WebAudio
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment. `call_id` is None where this viewer may not hear it; `state` says why.

    here: it can be opened; clip_deleted: the clip left the library, the call is there; call_deleted; hidden: the call
    belongs to somebody else now.
    """

    id: int
    clip_id: int | None
    call_id: int | None
    start: float
    end: float
    title: str
    good: bool
    happened_at: datetime | None
    playable: bool
    state: str


def keep_moments(
    session: Session, viewer: Viewer, session_id: int, rep_id: int | None, clips: Sequence[ClipTerms]
) -> None:
    """Make the session's moments those named, in this order; what was not in the library yet is put there.

    A moment kept before stays as it is although its clip or call is gone. Raises BadField.
    """
    before = {row.id: row for row in session.scalars(select(CoachingClip).where(CoachingClip.session_id == session_id))}
    by_clip = {row.clip_id: row for row in before.values() if row.clip_id is not None}
    kept: set[int] = set()
    for position, terms in enumerate(clips, 1):
        known = before.get(terms.kept_id or 0) or by_clip.get(terms.clip_id or 0)
        if known is not None:
            known.position, known.good = position, terms.good
            kept.add(known.id)
            continue
        row = _new(session, viewer, rep_id, terms)
        row.session_id, row.position = session_id, position
        session.add(row)
        session.flush()
        kept.add(row.id)
    gone = [row_id for row_id in before if row_id not in kept]
    if gone:
        session.execute(delete(CoachingClip).where(CoachingClip.id.in_(gone)))
    session.flush()


def read_moments(session: Session, viewer: Viewer, session_id: int) -> tuple[Moment, ...]:
    """The moments of a session in their order, those that show what went well first."""
    rows = session.execute(
        select(CoachingClip, Call.id, Call.happened_at, WebAudio.call_id)
        .select_from(CoachingClip)
        .outerjoin(Call, (Call.id == CoachingClip.call_id) & visible_calls(viewer))
        .outerjoin(WebAudio, WebAudio.call_id == Call.id)
        .where(CoachingClip.session_id == session_id)
        .order_by(CoachingClip.good.desc(), CoachingClip.position, CoachingClip.id)
    ).all()
    return tuple(
        Moment(
            id=row.id,
            clip_id=row.clip_id if call_id is not None else None,
            call_id=call_id,
            start=row.start,
            end=row.end,
            title=row.title,
            good=row.good,
            happened_at=happened_at,
            playable=audio is not None,
            state="call_deleted"
            if row.call_id is None
            else "hidden"
            if call_id is None
            else "clip_deleted"
            if row.clip_id is None
            else "here",
        )
        for row, call_id, happened_at, audio in rows
    )


def offered_clips(session: Session, viewer: Viewer, rep_id: int, *, limit: int = 30) -> tuple[Clip, ...]:
    """Clips of this rep's calls that the viewer may hear, the newest first."""
    return tuple(
        session.scalars(
            select(Clip)
            .join(Call, Call.id == Clip.call_id)
            .where(heard_clips(viewer), Call.rep_id == rep_id)
            .order_by(Clip.id.desc())
            .limit(limit)
        )
    )


def _new(session: Session, viewer: Viewer, rep_id: int | None, terms: ClipTerms) -> CoachingClip:
    clip_id = terms.clip_id
    if clip_id is None:
        if terms.call_id is None:
            raise BadField("clips", "unknown")
        of_rep = session.scalar(
            select(Call.id).where(Call.id == terms.call_id, Call.rep_id == rep_id, visible_calls(viewer))
        )
        if of_rep is None:
            raise BadField("clips", "not_theirs")
        title = read_words("clips", terms.title[:LONGEST_TITLE], LONGEST_TITLE)
        try:
            clip_id = make_clip(session, viewer, terms.call_id, terms.start, terms.end, title)
        except (WritingRefused, NoSuchCall) as error:
            raise BadField("clips", "unknown") from error
    clip = session.scalar(
        select(Clip)
        .join(Call, Call.id == Clip.call_id)
        .where(Clip.id == clip_id, heard_clips(viewer), or_(Call.rep_id == rep_id, Call.rep_id.is_(None)))
    )
    if clip is None:
        raise BadField("clips", "not_theirs")
    return CoachingClip(
        clip_id=clip.id, call_id=clip.call_id, start=clip.start, end=clip.end, title=clip.title, good=terms.good
    )
