"""Who may build, read and take which quiz, and which seconds of a call a question opens to them.

Putting a moment of a call into a quiz opens these seconds, and nothing else of the call, to those who are given the
quiz: a manager's or lead's decision, written to the audit log. Before the answer it is mostly the client who speaks.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session

from review.comments.refusals import Gone, NotYours
from review.library.giving import may_give
from review.library.hearing import SoundPiece
from review.library.seeing import LEADS
from review.models import Call, Quiz, QuizQuestion, QuizTask, UserRole, WebAudio
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition of a quiz whose questions and results this person reads: leads all, managers own and leads'."""
    if not may_give(viewer):
        return false()
    if viewer.has_role(*LEADS):
        return Quiz.id.is_not(None)
    return or_(
        Quiz.user_id == viewer.user_id, exists().where(UserRole.user_id == Quiz.user_id, UserRole.role.in_(LEADS))
    )


def takeable(viewer: Viewer) -> ColumnElement[bool]:
    """The condition of a quiz this person was given."""
    return exists().where(
        QuizTask.quiz_id == Quiz.id, QuizTask.user_id == viewer.user_id, QuizTask.withdrawn_at.is_(None)
    )


def find_quiz(session: Session, viewer: Viewer, quiz_id: int) -> Quiz:
    """A quiz whose questions this person reads. Raises Gone."""
    found = session.scalar(select(Quiz).where(Quiz.id == quiz_id, readable(viewer)))
    if found is None:
        raise Gone("quiz")
    return found


def may_change(viewer: Viewer, quiz: Quiz) -> bool:
    """Whether this person builds on it: who made it, and leads."""
    return may_give(viewer) and (quiz.user_id == viewer.user_id or viewer.has_role(*LEADS))


def own_quiz(session: Session, viewer: Viewer, quiz_id: int) -> Quiz:
    """A quiz this person may change. Raises Gone and NotYours."""
    found = find_quiz(session, viewer, quiz_id)
    if not may_change(viewer, found):
        raise NotYours
    return found


def question_sound(session: Session, viewer: Viewer, question_id: int) -> SoundPiece | None:
    """What plays before the question: up to the moment of the answer and no further; None when it is not theirs."""
    found = session.execute(
        select(WebAudio.folder, QuizQuestion.start, QuizQuestion.until)
        .select_from(QuizQuestion)
        .join(Quiz, Quiz.id == QuizQuestion.quiz_id)
        .join(Call, Call.id == QuizQuestion.call_id)
        .join(WebAudio, WebAudio.call_id == Call.id)
        .where(QuizQuestion.id == question_id, or_(readable(viewer), takeable(viewer)), not_veiled(viewer))
    ).one_or_none()
    return None if found is None else SoundPiece(found.folder, found.start, found.until)
