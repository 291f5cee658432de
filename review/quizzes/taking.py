"""Giving quizzes to people, and taking them: each answer is kept at once, and stays as it was given."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.comments.refusals import Empty, Gone, read_text
from review.library.handing_out import QUIZZES, hand_back, hand_out
from review.library.refusals import OutOfRange
from review.library.words import words_within
from review.models import Call, Quiz, QuizAnswer, QuizQuestion, QuizTask, User, utc_now
from review.queries.viewer import Viewer
from review.quizzes.reading import UNKNOWN, AnswerRow, read_answer
from review.quizzes.refusals import AnsweredAlready, NoQuestions, QuizClosed
from review.quizzes.seeing import find_quiz
from review.upsert import insert_new
from scoring.typed_answers import LONGEST_ANSWER, moves_in

RATINGS: Final = (1, 2, 3, 4, 5)
ANY_OBJECTION: Final = "other"


def give_quiz(
    session: Session,
    viewer: Viewer,
    quiz_id: int,
    *,
    user_ids: Collection[int] = (),
    team_id: int | None = None,
    due_on: date | None = None,
) -> int:
    """Give a quiz to people or to a team; how many have it now that had it not.

    Who has it already keeps their answers and gets the new due date. Raises Gone, QuizClosed, NoQuestions,
    NotYourChoice, NobodyThere and PastDue.
    """
    quiz = find_quiz(session, viewer, quiz_id)
    if quiz.closed_at is not None:
        raise QuizClosed
    if session.scalar(select(QuizQuestion.id).where(QuizQuestion.quiz_id == quiz_id).limit(1)) is None:
        raise NoQuestions
    return hand_out(
        session,
        viewer,
        QUIZZES,
        quiz_id,
        title=quiz.title,
        url=f"/quizzes/{quiz_id}/take",
        user_ids=user_ids,
        team_id=team_id,
        due_on=due_on,
    )


def take_quiz_back(session: Session, viewer: Viewer, task_id: int) -> None:
    """Take a quiz back from somebody; their answers are kept. Raises Gone and NotYours."""
    hand_back(session, viewer, QUIZZES, task_id)


def answer_question(
    session: Session, viewer: Viewer, quiz_id: int, question_id: int, *, words: str = "", choice: int | None = None
) -> AnswerRow:
    """Keep what one would answer; with the last answer the quiz is done, and who gave it is told.

    Raises Gone, QuizClosed, AnsweredAlready, Empty, TooLong and OutOfRange.
    """
    task, question = _task_and_question(session, viewer, quiz_id, question_id)
    quiz = session.get_one(Quiz, quiz_id)
    if quiz.closed_at is not None:
        raise QuizClosed
    text = read_text("words", words, LONGEST_ANSWER, needed=not question.options)
    if question.options:
        if choice is None:
            raise Empty("choice")
        if not 0 <= choice < len(question.options):
            raise OutOfRange("choice")
    made = insert_new(
        session,
        QuizAnswer,
        ("task_id", "question_id"),
        task_id=task.id,
        question_id=question.id,
        words=text,
        choice=choice if question.options else None,
        is_right=choice == question.right if question.options else None,
        moves=_moves(session, question, text),
        answered_at=utc_now(),
    )
    if made is None:
        raise AnsweredAlready
    _finish(session, task, quiz, viewer.name)
    return read_answer(session.get_one(QuizAnswer, made))


def rate_answer(session: Session, viewer: Viewer, quiz_id: int, question_id: int, rating: int) -> None:
    """The person's own view of their answer, 1..5, after having heard the best ones. Raises Gone and OutOfRange."""
    task, question = _task_and_question(session, viewer, quiz_id, question_id)
    if rating not in RATINGS:
        raise OutOfRange("rating")
    answer = session.scalar(
        select(QuizAnswer).where(QuizAnswer.task_id == task.id, QuizAnswer.question_id == question.id)
    )
    if answer is None:
        raise Gone("answer")
    answer.rating = rating
    session.flush()


def _task_and_question(
    session: Session, viewer: Viewer, quiz_id: int, question_id: int
) -> tuple[QuizTask, QuizQuestion]:
    found = session.execute(
        select(QuizTask, QuizQuestion)
        .join(QuizQuestion, QuizQuestion.quiz_id == QuizTask.quiz_id)
        .where(
            QuizTask.quiz_id == quiz_id,
            QuizTask.user_id == viewer.user_id,
            QuizTask.withdrawn_at.is_(None),
            QuizQuestion.id == question_id,
        )
    ).one_or_none()
    if found is None:
        raise Gone("question")
    return found[0], found[1]


def _moves(session: Session, question: QuizQuestion, text: str) -> list[str]:
    if not text or question.call_id is None:
        return []
    language = session.scalar(select(Call.language).where(Call.id == question.call_id))
    said = words_within(session, (question.call_id, question.start, question.until))
    found = moves_in(text, objection=said, kind=question.objection or ANY_OBJECTION, language=language)
    return [UNKNOWN] if found is None else [move.name for move in found]


def finish_answered(session: Session, quiz_id: int) -> None:
    """After a question was taken out: who has answered all that are left has taken the quiz."""
    quiz = session.get_one(Quiz, quiz_id)
    waiting = (
        select(QuizTask, User.name)
        .join(User, User.id == QuizTask.user_id)
        .where(
            QuizTask.quiz_id == quiz_id,
            QuizTask.done_at.is_(None),
            QuizTask.withdrawn_at.is_(None),
            QuizTask.id.in_(select(QuizAnswer.task_id)),
        )
        .order_by(QuizTask.id)
    )
    for task, name in session.execute(waiting).all():
        _finish(session, task, quiz, name)


def _finish(session: Session, task: QuizTask, quiz: Quiz, name: str) -> None:
    asked = session.scalar(select(func.count()).where(QuizQuestion.quiz_id == quiz.id))
    answered = session.scalar(select(func.count()).where(QuizAnswer.task_id == task.id))
    if task.done_at is not None or answered != asked:
        return
    task.done_at = utc_now()
    session.flush()
    if task.by_user_id is not None and task.by_user_id != task.user_id:
        body = {"by": name, "title": quiz.title, "url": f"/quizzes/{quiz.id}"}
        notify(session, task.by_user_id, "quiz_done", body=body)
