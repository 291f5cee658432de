"""The steps of a plan's weeks: sessions, playlists, quizzes and practice, when each is due, and when it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.coaching.days import end_of_week
from review.coaching.given import give
from review.coaching.plans import hold_plan, step_plan
from review.coaching.refusals import BadField, NoSuchCoaching
from review.coaching.telling import tell_coach, tell_rep
from review.coaching.terms import LONGEST_WORDS, read_words
from review.models import STEP_KINDS, CoachingPlan, CoachingSession, CoachingStep, Playlist, Quiz, utc_now
from review.queries.viewer import Viewer

LONGEST_STEP: Final = 300
MOST_STEPS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTerms:
    """One thing to do. A session, playlist or quiz is named by its id; practice needs words of its own."""

    kind: str
    week: int
    words: str = ""
    session_id: int | None = None
    playlist_id: int | None = None
    quiz_id: int | None = None


def add_step(session: Session, viewer: Viewer, plan_id: int, terms: StepTerms) -> int:
    """Put a step into a week; its id. Raises NoSuchCoaching, NotYourPart, NotNow and BadField."""
    plan = hold_plan(session, viewer, plan_id)
    if terms.kind not in STEP_KINDS:
        raise BadField("kind", "unknown" if terms.kind else "missing")
    if not 1 <= terms.week <= plan.weeks:
        raise BadField("week", "range", least=1, most=plan.weeks)
    count = session.scalar(select(func.count()).select_from(CoachingStep).where(CoachingStep.plan_id == plan.id)) or 0
    if count >= MOST_STEPS:
        raise BadField("kind", "range", most=MOST_STEPS)
    named = _name(session, viewer, plan, terms)
    words = read_words("words", terms.words.strip() or named, LONGEST_STEP)
    row = CoachingStep(
        plan_id=plan.id,
        week=terms.week,
        position=count + 1,
        kind=terms.kind,
        words=words,
        session_id=terms.session_id if terms.kind == "session" else None,
        playlist_id=terms.playlist_id if terms.kind == "playlist" else None,
        link=f"/quizzes/{terms.quiz_id}" if terms.kind == "quiz" else "",
        due_at=end_of_week(session, plan, terms.week),
    )
    session.add(row)
    give(session, viewer, plan, row)
    step_plan(session, plan, plan.revision)
    return int(row.id)


def finish_step(session: Session, viewer: Viewer, plan_id: int, step_id: int, word: str = "") -> None:
    """Mark a step done, by the rep or the coach; doing it twice changes nothing.

    Raises NoSuchCoaching, NotYourPart, NotNow and BadField.
    """
    plan = hold_plan(session, viewer, plan_id, as_rep=True)
    row = _step(session, plan, step_id)
    if row.done_at is not None:
        return
    row.done_at, row.done_by = utc_now(), viewer.name
    row.word = read_words("word", word, LONGEST_WORDS, needed=False)
    step_plan(session, plan, plan.revision)
    tell_coach(session, plan, "coaching_step_done", by=viewer, what=row.words[:80])
    tell_rep(session, plan, "coaching_step_done", by=viewer, what=row.words[:80])


def undo_step(session: Session, viewer: Viewer, plan_id: int, step_id: int) -> None:
    """Take "done" back, for a slip. Raises NoSuchCoaching, NotYourPart, NotNow."""
    plan = hold_plan(session, viewer, plan_id, as_rep=True)
    row = _step(session, plan, step_id)
    row.done_at, row.done_by, row.word = None, None, ""
    step_plan(session, plan, plan.revision)


def remove_step(session: Session, viewer: Viewer, plan_id: int, step_id: int) -> None:
    """Take a step out of a plan; what it named stays. Raises NoSuchCoaching, NotYourPart, NotNow."""
    plan = hold_plan(session, viewer, plan_id)
    session.delete(_step(session, plan, step_id))
    step_plan(session, plan, plan.revision)


def _step(session: Session, plan: CoachingPlan, step_id: int) -> CoachingStep:
    row = session.scalar(select(CoachingStep).where(CoachingStep.id == step_id, CoachingStep.plan_id == plan.id))
    if row is None:
        raise NoSuchCoaching("step", step_id)
    return row


def _name(session: Session, viewer: Viewer, plan: CoachingPlan, terms: StepTerms) -> str:
    """What the thing a step names is called. Raises BadField where there is no such thing."""
    if terms.kind == "session" and terms.session_id is not None:
        found = session.scalar(
            select(CoachingSession.action).where(
                CoachingSession.id == terms.session_id, CoachingSession.rep_id == plan.rep_id
            )
        )
        if found is None:
            raise BadField("session_id", "unknown")
        return found[:LONGEST_STEP]
    if terms.kind == "playlist":
        title = session.scalar(select(Playlist.title).where(Playlist.id == terms.playlist_id))
        if title is None:
            raise BadField("playlist_id", "unknown" if terms.playlist_id else "missing")
        return title
    if terms.kind == "quiz":
        title = session.scalar(select(Quiz.title).where(Quiz.id == terms.quiz_id))
        if title is None:
            raise BadField("quiz_id", "unknown" if terms.quiz_id else "missing")
        return title
    return ""
