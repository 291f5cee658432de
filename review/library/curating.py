"""Decisions about clips: opened to every seller, called a good example, taken out again; each is an audit event.

The rep whose voice it is is told, and may ask to have it taken out; the one who opened it decides.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.comments.people import list_viewers
from review.comments.refusals import Gone, read_text
from review.library.refusals import NotShared, NotYourChoice, TooLongToShare
from review.library.seeing import hearable, heard_clips, may_choose, may_share
from review.models import Call, Clip, ClipGood, ClipShare, Quiz, QuizQuestion, Rep, User, utc_now
from review.queries.viewer import Viewer, load_viewer
from review.queries.visibility import visible_calls
from review.services.audit import record
from review.upsert import insert_new

LONGEST_SHARED: Final = 300.0
"""Seconds: what is longer is no clip but a good part of somebody's call, and stays with those who may see it."""
LONGEST_WHY: Final = 400


class _Found(NamedTuple):
    clip: Clip
    team_id: int | None
    voice: int | None  # user id of the rep who speaks


def share_clip(session: Session, viewer: Viewer, clip_id: int) -> bool:
    """Open a clip to every seller; False when it was open already. Tells the rep whose voice it is.

    Raises Gone, NotYourChoice and TooLongToShare.
    """
    found = _find(session, viewer, clip_id)
    if not may_share(viewer):
        raise NotYourChoice
    seconds = found.clip.end - found.clip.start
    if seconds > LONGEST_SHARED:
        raise TooLongToShare(seconds, LONGEST_SHARED)
    made = insert_new(
        session,
        ClipShare,
        ("clip_id",),
        clip_id=clip_id,
        user_id=viewer.user_id,
        name=viewer.name,
        created_at=utc_now(),
        asked_why="",
        answer="",
    )
    if made is None:
        return False
    record(session, viewer.user_id, "clip.shared", "clip", clip_id, **_facts(found.clip))
    _tell_voice(session, viewer, found, "clip_shared")
    return True


def close_clip(session: Session, viewer: Viewer, clip_id: int) -> bool:
    """Take a clip out of the library; False when it was not shared. The clip stays with those who may see its call.

    Quizzes of people who may not see the call lose its sound and words; answers are kept.
    Raises Gone and NotYourChoice.
    """
    found = _find(session, viewer, clip_id)
    if not may_share(viewer):
        raise NotYourChoice
    share = session.get(ClipShare, clip_id)
    if share is None:
        return False
    asked = share.asked_at is not None and share.answered_at is None
    session.delete(share)
    session.flush()
    questions = close_questions(session, found.clip)
    record(
        session, viewer.user_id, "clip.closed", "clip", clip_id, asked=asked, questions=questions, **_facts(found.clip)
    )
    if asked:
        _tell_voice(session, viewer, found, "clip_taken_out")
    return True


def close_questions(session: Session, clip: Clip) -> int:
    """Take the call out of questions that were made from a clip by people who had it only while it was shared.

    How many there were; they stay as those of a call that is not kept any more do. Does not commit.
    """
    found = session.execute(
        select(QuizQuestion, Quiz.user_id)
        .join(Quiz, Quiz.id == QuizQuestion.quiz_id)
        .where(QuizQuestion.clip_id == clip.id, QuizQuestion.call_id.is_not(None), Quiz.user_id.is_not(None))
        .order_by(QuizQuestion.id)
    ).all()
    closed = 0
    for question, author_id in found:
        author = None if author_id is None else load_viewer(session, author_id)
        if author is None or session.scalar(select(Call.id).where(Call.id == clip.call_id, visible_calls(author))):
            continue
        question.call_id = None
        closed += 1
    session.flush()
    return closed


def ask_out(session: Session, viewer: Viewer, clip_id: int, why: str = "") -> None:
    """The rep whose voice it is asks to have it taken out; the one who opened it, or else every lead, is told.

    Asking again while nobody has answered changes the words only. Raises Gone, NotShared, NotYourChoice and TooLong.
    """
    found = _find(session, viewer, clip_id, everybody=True)
    if found.voice != viewer.user_id:
        raise NotYourChoice
    share = session.get(ClipShare, clip_id)
    if share is None:
        raise NotShared
    waiting = share.asked_at is not None and share.answered_at is None
    share.asked_why = read_text("why", why, LONGEST_WHY, needed=False)
    if not waiting:
        share.asked_at, share.answered_at, share.answer = utc_now(), None, ""
    session.flush()
    if waiting:
        return
    record(session, viewer.user_id, "clip.asked_out", "clip", clip_id)
    body = {"by": viewer.name, "title": found.clip.title, "url": f"/clips?mark=asked#clip{clip_id}"}
    for user_id in _deciders(session, share):
        notify(session, user_id, "clip_asked_out", call_id=found.clip.call_id, body=body)


def keep_shared(session: Session, viewer: Viewer, clip_id: int, answer: str) -> None:
    """Answer a rep who asks to have a clip taken out: it stays, and why.

    Raises Gone, NotYourChoice, NotShared, Empty and TooLong.
    """
    found = _find(session, viewer, clip_id)
    if not may_share(viewer):
        raise NotYourChoice
    share = session.get(ClipShare, clip_id)
    if share is None or share.asked_at is None or share.answered_at is not None:
        raise NotShared
    share.answer = read_text("answer", answer, LONGEST_WHY)
    share.answered_at = utc_now()
    session.flush()
    record(session, viewer.user_id, "clip.kept_shared", "clip", clip_id)
    _tell_voice(session, viewer, found, "clip_kept_shared")


def choose_good(session: Session, viewer: Viewer, clip_id: int, why: str) -> None:
    """Call a clip a good example, with the sentence why; a sentence said before is replaced.

    Raises Gone, NotYourChoice, Empty and TooLong.
    """
    found = _find(session, viewer, clip_id)
    if not may_choose(viewer, found.team_id):
        raise NotYourChoice
    text = read_text("why", why, LONGEST_WHY)
    values = {"user_id": viewer.user_id, "name": viewer.name, "why": text, "created_at": utc_now()}
    fresh = insert_new(session, ClipGood, ("clip_id",), clip_id=clip_id, **values) is not None
    if not fresh:
        kept = session.get_one(ClipGood, clip_id, populate_existing=True)
        kept.user_id, kept.name, kept.why = viewer.user_id, viewer.name, text
        session.flush()
    record(session, viewer.user_id, "clip.chosen_good", "clip", clip_id, again=not fresh)
    if fresh:
        _tell_voice(session, viewer, found, "clip_good")


def drop_good(session: Session, viewer: Viewer, clip_id: int) -> bool:
    """It is no good example any more; False when it was none. Raises Gone and NotYourChoice."""
    found = _find(session, viewer, clip_id)
    if not may_choose(viewer, found.team_id):
        raise NotYourChoice
    gone = session.execute(delete(ClipGood).where(ClipGood.clip_id == clip_id)).rowcount  # type: ignore[attr-defined]
    if gone:
        record(session, viewer.user_id, "clip.dropped_good", "clip", clip_id)
    return bool(gone)


def _find(session: Session, viewer: Viewer, clip_id: int, *, everybody: bool = False) -> _Found:
    """A clip of a call one may see; `everybody`: or one that is shared. Raises Gone."""
    row = session.execute(
        select(Clip, Rep.team_id, Rep.user_id)
        .join(Call, Call.id == Clip.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(Clip.id == clip_id, (hearable if everybody else heard_clips)(viewer))
    ).one_or_none()
    if row is None:
        raise Gone("clip")
    return _Found(row[0], row[1], row[2])


def _deciders(session: Session, share: ClipShare) -> list[int]:
    """Who opened the clip, while they can sign in and still decide; else every lead."""
    leads = [one.user_id for one in list_viewers(session) if may_share(one)]
    return [share.user_id] if share.user_id in leads else leads


def _tell_voice(session: Session, viewer: Viewer, found: _Found, kind: str) -> None:
    if found.voice is None or found.voice == viewer.user_id:
        return
    if session.scalar(select(User.id).where(User.id == found.voice, User.disabled_at.is_(None))) is None:
        return
    body = {"by": viewer.name, "title": found.clip.title, "url": f"/clips#clip{found.clip.id}"}
    notify(session, found.voice, kind, call_id=found.clip.call_id, body=body)


def _facts(clip: Clip) -> dict[str, object]:
    return {"call": clip.call_id, "start": clip.start, "end": clip.end}
