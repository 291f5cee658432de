"""What came of a quiz, by person and by question: for who gave it, and as help, not as a mark."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.library.giving import managed_people, may_follow
from review.models import Quiz, QuizAnswer, QuizQuestion, QuizTask, User, utc_now
from review.queries.viewer import Viewer
from review.quizzes.reading import UNKNOWN, AnswerRow, read_answer
from review.quizzes.seeing import find_quiz


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonResult:
    """How one person took it. `share` and `passed` are of the multiple-choice questions only; None without any.

    `passed` stays None until the last question is answered. `rating` is the mean of the person's own ratings.
    """

    task_id: int
    user_id: int
    name: str
    by: str
    due_at: datetime | None
    late: bool
    done_at: datetime | None
    answered: int
    right: int
    chosen: int
    share: float | None
    passed: bool | None
    rating: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """How one question was answered: how often, how often right, the moves found in typed answers, by name."""

    question_id: int
    answered: int
    right: int
    chosen: int
    moves: Counter[str]
    typed: int  # answers in which moves could be looked for
    rating: float | None
    answers: tuple[tuple[str, AnswerRow], ...]  # (who, what)


@dataclass(frozen=True, slots=True)
class QuizResults:
    """People by name, questions in the quiz's order."""

    people: tuple[PersonResult, ...]
    questions: tuple[QuestionResult, ...]


def read_results(session: Session, viewer: Viewer, quiz_id: int) -> QuizResults:
    """The results of those this person follows. Four statements and those of `find_quiz`. Raises Gone."""
    quiz = find_quiz(session, viewer, quiz_id)
    managed = managed_people(session, viewer)
    tasks = [
        (task, name)
        for task, name in session.execute(
            select(QuizTask, User.name)
            .join(User, User.id == QuizTask.user_id)
            .where(QuizTask.quiz_id == quiz_id, QuizTask.withdrawn_at.is_(None))
        )
        if may_follow(viewer, task, managed)
    ]
    names = {task.id: name for task, name in tasks}
    answers = list(
        session.scalars(select(QuizAnswer).where(QuizAnswer.task_id.in_(sorted(names))).order_by(QuizAnswer.id))
    )
    questions = session.scalars(
        select(QuizQuestion.id).where(QuizQuestion.quiz_id == quiz_id).order_by(QuizQuestion.position, QuizQuestion.id)
    )
    people = [_person(quiz, task, name, [one for one in answers if one.task_id == task.id]) for task, name in tasks]
    return QuizResults(
        tuple(sorted(people, key=lambda one: (one.name.casefold(), one.task_id))),
        tuple(_question(number, [one for one in answers if one.question_id == number], names) for number in questions),
    )


def own_result(session: Session, viewer: Viewer, quiz_id: int) -> PersonResult | None:
    """How the viewer took a quiz; None when it was not given to them. Three statements."""
    found = session.execute(
        select(QuizTask, Quiz)
        .join(Quiz, Quiz.id == QuizTask.quiz_id)
        .where(QuizTask.quiz_id == quiz_id, QuizTask.user_id == viewer.user_id, QuizTask.withdrawn_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    task, quiz = found
    answers = list(session.scalars(select(QuizAnswer).where(QuizAnswer.task_id == task.id)))
    return _person(quiz, task, viewer.name, answers)


def _person(quiz: Quiz, task: QuizTask, name: str, answers: list[QuizAnswer]) -> PersonResult:
    chosen = [one for one in answers if one.is_right is not None]
    right = sum(bool(one.is_right) for one in chosen)
    share = right / len(chosen) if chosen else None
    judged = task.done_at is not None and share is not None and quiz.pass_share is not None
    return PersonResult(
        task_id=task.id,
        user_id=task.user_id,
        name=name,
        by=task.by_name,
        due_at=task.due_at,
        late=task.done_at is None and task.due_at is not None and task.due_at < utc_now(),
        done_at=task.done_at,
        answered=len(answers),
        right=right,
        chosen=len(chosen),
        share=share,
        passed=share >= quiz.pass_share - 1e-9 if judged and share is not None and quiz.pass_share else None,
        rating=_mean([one.rating for one in answers]),
    )


def _question(number: int, answers: list[QuizAnswer], names: dict[int, str]) -> QuestionResult:
    typed = [one for one in answers if one.words and one.moves != [UNKNOWN]]
    return QuestionResult(
        question_id=number,
        answered=len(answers),
        right=sum(bool(one.is_right) for one in answers),
        chosen=sum(one.is_right is not None for one in answers),
        moves=Counter(move for one in typed for move in one.moves),
        typed=len(typed),
        rating=_mean([one.rating for one in answers]),
        answers=tuple((names[one.task_id], read_answer(one)) for one in answers),
    )


def _mean(values: list[int | None]) -> float | None:
    said = [value for value in values if value is not None]
    return math.fsum(said) / len(said) if said else None
