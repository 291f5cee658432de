"""The shapes of quizzes as the API takes and gives them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, model_validator

from web.api.fields import LARGEST_ID, Line, Note, RowId, Words
from web.api.paging import NEXT

OPTIONS_MOST = 6


class QuizPath(BaseModel):
    """Which quiz."""

    quiz_id: int = Field(ge=1, le=LARGEST_ID)


class QuizQuestionPath(QuizPath):
    """Which question of which quiz."""

    question_id: int = Field(ge=1, le=LARGEST_ID)


class QuizTaskPath(QuizPath):
    """Whose taking of which quiz; `results` tells the ids."""

    task_id: int = Field(ge=1, le=LARGEST_ID)


class QuizMoveIn(BaseModel):
    """How many places down; below 0 up."""

    model_config = ConfigDict(extra="forbid")

    by: int = Field(ge=-1000, le=1000)


class QuizIn(BaseModel):
    """A new quiz without questions."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    note: Note = ""
    pass_share: float | None = Field(None, gt=0, le=1, allow_inf_nan=False, description="Of the choices; null: none.")


class QuizChange(QuizIn):
    """A quiz named anew, closed or open."""

    closed: bool = False


class QuizQuestionIn(BaseModel):
    """A question from a clip or from an objection: one of the two."""

    model_config = ConfigDict(extra="forbid")

    clip_id: RowId | None = None
    objection_id: RowId | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> QuizQuestionIn:
        if (self.clip_id is None) == (self.objection_id is None):
            raise ValueError("send clip_id or objection_id, and not both")
        return self


class QuizQuestionChange(BaseModel):
    """What is asked, and the answers to choose from; none: the answer is typed."""

    model_config = ConfigDict(extra="forbid")

    prompt: Note = ""
    options: list[Line] = Field(default=[], max_length=OPTIONS_MOST)
    right: int | None = Field(None, ge=0, lt=OPTIONS_MOST, description="The place of the right one, from 0.")


class QuizLine(BaseModel):
    """One quiz; `people` have it, `done` of them have taken it."""

    model_config = ConfigDict(from_attributes=True)

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


class QuizPage(BaseModel):
    """One page of quizzes, the newest first."""

    quizzes: list[QuizLine]
    next: str | None = Field(description=NEXT)


class QuizAnswerOut(BaseModel):
    """An answer. `moves` are help and never a mark; null where the language has no rule pack."""

    model_config = ConfigDict(from_attributes=True)

    words: str
    choice: int | None
    is_right: bool | None
    moves: list[str] | None
    rating: int | None
    answered_at: datetime


class QuizQuestionOut(BaseModel):
    """One question. `right` is null for who is still to answer; `said` are the words before the answer."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    position: int
    start: float
    until: float
    objection: str
    prompt: str
    options: list[str]
    right: int | None
    said: str
    language: str | None
    answer: QuizAnswerOut | None


class QuizOut(QuizLine):
    """One quiz with its questions, as who builds it sees them."""

    asked: list[QuizQuestionOut]


class QuizTaskOut(BaseModel):
    """A quiz that was given to the token's person, and how far they are."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    quiz_id: int
    title: str
    by: str
    due_at: datetime | None
    late: bool
    questions: int
    answered: int
    done_at: datetime | None
    closed: bool


class QuizTaskList(BaseModel):
    """Those to be taken first."""

    tasks: list[QuizTaskOut]


class QuizTakingOut(BaseModel):
    """A quiz as who takes it sees it."""

    task: QuizTaskOut
    questions: list[QuizQuestionOut]


class QuizAnswerIn(BaseModel):
    """What one would answer: words, or the place of a choice from 0."""

    model_config = ConfigDict(extra="forbid")

    words: Words = ""
    choice: int | None = Field(None, ge=0, lt=OPTIONS_MOST)


class QuizRatingIn(BaseModel):
    """One's own view of the answer beside the best ones."""

    model_config = ConfigDict(extra="forbid")

    rating: int = Field(ge=1, le=5)


class QuizPersonOut(BaseModel):
    """How one person took it; `share` and `passed` are of the multiple-choice questions only."""

    model_config = ConfigDict(from_attributes=True)

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


class QuizGivenAnswer(QuizAnswerOut):
    """An answer with who gave it."""

    name: str


class QuizQuestionResult(BaseModel):
    """How one question was answered; `moves` counts typed answers that hold each move."""

    question_id: int
    answered: int
    right: int
    chosen: int
    moves: dict[str, int]
    typed: int
    rating: float | None
    answers: list[QuizGivenAnswer]


class QuizResultsOut(BaseModel):
    """Results of those the token's person may follow."""

    people: list[QuizPersonOut]
    questions: list[QuizQuestionResult]
