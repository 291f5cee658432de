"""Quizzes as pages show them: the list, the questions with the words before the answer, and what one answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from review.comments.refusals import Gone
from review.library.words import words_within
from review.models import Call, Client, Quiz, QuizAnswer, QuizQuestion, QuizTask, WebAudio, utc_now
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.quizzes.seeing import may_change, readable, takeable


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizRow:
    """One quiz in a list; `people` have it, `done` of them have taken it."""

    id: int
    title: str
    note: str
    author: str
    created_at: datetime
    questions: int
    people: int
    done: int
    pass_share: float | None
    closed: bool
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What somebody would have answered; `moves` is what the machine found in it, None where it cannot say."""

    words: str
    choice: int | None
    is_right: bool | None
    moves: tuple[str, ...] | None
    rating: int | None
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """One question; `said` is what is heard before it, with the client's name hidden. Times in seconds of the call."""

    id: int
    position: int
    call_id: int | None  # None: the call is not kept any more
    clip_id: int | None
    start: float
    until: float
    end: float | None
    objection: str
    prompt: str
    options: tuple[str, ...]
    right: int | None  # hidden from who is still to answer
    said: str
    language: str | None
    plays: bool
    answer: AnswerRow | None = None

    @property
    def seconds(self) -> float:
        """How long it plays before it asks."""
        return self.until - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizTaskRow:
    """A quiz one is to take, and how far one is."""

    id: int
    quiz_id: int
    title: str
    by: str
    own_choice: bool
    due_at: datetime | None
    late: bool
    questions: int
    answered: int
    done_at: datetime | None
    closed: bool


@dataclass(frozen=True, slots=True)
class QuizDetail:
    """A quiz with its questions in order."""

    row: QuizRow
    questions: tuple[QuestionRow, ...]


def list_quizzes(session: Session, viewer: Viewer) -> tuple[QuizRow, ...]:
    """The quizzes this person builds or may give, open ones first, then the newest. One statement."""
    found = session.execute(
        _quizzes().where(readable(viewer)).order_by(Quiz.closed_at.is_not(None), Quiz.id.desc()).limit(500)
    )
    return tuple(_row(viewer, row) for row in found)


def own_quizzes(session: Session, viewer: Viewer) -> tuple[QuizTaskRow, ...]:
    """The quizzes this person was given, those to be taken first, due ones first. One statement."""
    questions = select(func.count()).where(QuizQuestion.quiz_id == Quiz.id).scalar_subquery()
    answered = select(func.count()).where(QuizAnswer.task_id == QuizTask.id).scalar_subquery()
    found = session.execute(
        select(QuizTask, Quiz.title, Quiz.closed_at, questions.label("questions"), answered.label("answered"))
        .join(Quiz, Quiz.id == QuizTask.quiz_id)
        .where(QuizTask.user_id == viewer.user_id, QuizTask.withdrawn_at.is_(None))
    )
    rows = [
        QuizTaskRow(
            id=task.id,
            quiz_id=task.quiz_id,
            title=title,
            by=task.by_name,
            own_choice=task.by_user_id == task.user_id,
            due_at=task.due_at,
            late=task.done_at is None and task.due_at is not None and task.due_at < utc_now(),
            questions=questions,
            answered=answered,
            done_at=task.done_at,
            closed=closed is not None,
        )
        for task, title, closed, questions, answered in found
    ]
    far = datetime.max.replace(tzinfo=utc_now().tzinfo)
    return tuple(sorted(rows, key=lambda row: (row.done_at is not None, row.due_at or far, -row.id)))


def get_quiz(session: Session, viewer: Viewer, quiz_id: int) -> QuizDetail:
    """A quiz as who builds or gives it sees it. Raises Gone."""
    row = session.execute(_quizzes().where(Quiz.id == quiz_id, readable(viewer))).one_or_none()
    if row is None:
        raise Gone("quiz")
    return QuizDetail(_row(viewer, row), read_questions(session, viewer, quiz_id))


def take_quiz(session: Session, viewer: Viewer, quiz_id: int) -> tuple[QuizTaskRow, tuple[QuestionRow, ...]]:
    """A quiz as who takes it sees it: what is right is shown only where they have answered. Raises Gone."""
    task = next((one for one in own_quizzes(session, viewer) if one.quiz_id == quiz_id), None)
    if task is None:
        raise Gone("quiz")
    given = {
        answer.question_id: answer
        for answer in session.scalars(select(QuizAnswer).where(QuizAnswer.task_id == task.id))
    }
    return task, read_questions(session, viewer, quiz_id, given=given)


def read_questions(
    session: Session,
    viewer: Viewer,
    quiz_id: int,
    *,
    given: dict[int, QuizAnswer] | None = None,
    only: Collection[int] | None = None,
) -> tuple[QuestionRow, ...]:
    """The questions in order; with `given`, as the person who gave these answers may see them.

    One statement and two for each question. The caller has asked whether the viewer may read or take the quiz.
    """
    wanted = (
        select(
            QuizQuestion,
            Call.id.label("seen"),
            Call.language,
            Client.name,
            Client.company,
            exists().where(WebAudio.call_id == Call.id).label("plays"),
        )
        .join(Quiz, Quiz.id == QuizQuestion.quiz_id)
        .outerjoin(Call, (Call.id == QuizQuestion.call_id) & not_veiled(viewer))
        .outerjoin(Client, Client.id == Call.client_id)
        .where(QuizQuestion.quiz_id == quiz_id, or_(readable(viewer), takeable(viewer)))
        .order_by(QuizQuestion.position, QuizQuestion.id)
    )
    if only is not None:
        wanted = wanted.where(QuizQuestion.id.in_(sorted(only)))
    found: list[QuestionRow] = []
    for row in session.execute(wanted):
        question: QuizQuestion = row[0]
        stretch = (question.call_id or 0, question.start, question.until)
        said = "" if row.seen is None else words_within(session, stretch, (row.name, row.company))
        answer = None if given is None else given.get(question.id)
        found.append(
            QuestionRow(
                id=question.id,
                position=len(found) + 1,
                call_id=question.call_id,
                clip_id=question.clip_id,
                start=question.start,
                until=question.until,
                end=question.end,
                objection=question.objection,
                prompt=question.prompt,
                options=tuple(question.options),
                right=question.right if given is None or answer is not None else None,
                said=said,
                language=row.language,
                plays=bool(row.plays),
                answer=None if answer is None else read_answer(answer),
            )
        )
    return tuple(found)


def read_answer(answer: QuizAnswer) -> AnswerRow:
    """An answer as pages show it."""
    return AnswerRow(
        words=answer.words,
        choice=answer.choice,
        is_right=answer.is_right,
        moves=None if answer.moves == [UNKNOWN] else tuple(answer.moves),
        rating=answer.rating,
        answered_at=answer.answered_at,
    )


UNKNOWN = "?"
"""Stands alone among an answer's moves where the language has no rule pack, so that nothing could be said."""


def _quizzes() -> Any:
    questions = select(func.count()).where(QuizQuestion.quiz_id == Quiz.id).scalar_subquery()
    given = (QuizTask.quiz_id == Quiz.id, QuizTask.withdrawn_at.is_(None))
    people = select(func.count()).where(*given).scalar_subquery()
    done = select(func.count()).where(*given, QuizTask.done_at.is_not(None)).scalar_subquery()
    return select(Quiz, questions.label("questions"), people.label("people"), done.label("done"))


def _row(viewer: Viewer, row: Any) -> QuizRow:
    quiz: Quiz = row[0]
    return QuizRow(
        id=quiz.id,
        title=quiz.title,
        note=quiz.note,
        author=quiz.author,
        created_at=quiz.created_at,
        questions=row.questions,
        people=row.people,
        done=row.done,
        pass_share=quiz.pass_share,
        closed=quiz.closed_at is not None,
        may_change=may_change(viewer, quiz),
    )
