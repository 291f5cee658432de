"""The shapes of disputes over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.fields import Note, RowId, Seconds, Word
from web.api.paging import NEXT, PageQuery

State = Literal["first", "answered", "lead", "decided", "withdrawn", "void"]


class DisputePath(BaseModel):
    """A dispute."""

    dispute_id: RowId


class DisputeQuery(PageQuery):
    """Which disputes."""

    state: State | None = None
    waiting: bool = Field(False, description="Only those the token's person is to decide.")
    criterion: Word | None = None


class DisputePointIn(BaseModel):
    """One criterion that is disputed."""

    model_config = ConfigDict(extra="forbid")

    criterion: Word
    comment: Note = Field(description="Why; private numbers are masked.")
    proposed: Word = Field(description="An option's id, a number of a range, or `na` where it is allowed.")
    second: Seconds | None = Field(None, description="Where in the call it is heard.")


class DisputeIn(BaseModel):
    """What is disputed: criteria, words on the whole evaluation, or both."""

    model_config = ConfigDict(extra="forbid")

    evaluation_id: RowId
    points: list[DisputePointIn] = Field(default_factory=list, max_length=200)
    words: Note = ""


class DisputeRulingIn(BaseModel):
    """The decision on one criterion; an empty `criterion` is the evaluation as a whole."""

    model_config = ConfigDict(extra="forbid")

    criterion: Note = ""
    decision: Literal["accept", "other", "reject"]
    words: Note = Field("", description="Needed unless it is accepted.")
    answer: Note = Field("", description="With `other`: the right answer.")
    answers: dict[Word, Word] = Field(
        default_factory=dict, max_length=200, description="Of the whole evaluation: the answers that change."
    )


class DisputeDecisionIn(BaseModel):
    """A decision on everything this level decides."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=2**31, description="The dispute's, as it was read.")
    rulings: list[DisputeRulingIn] = Field(min_length=1, max_length=200)


class DisputeStepIn(BaseModel):
    """Words to taking it further or back."""

    model_config = ConfigDict(extra="forbid")

    words: Note = ""
    revision: int | None = Field(None, ge=0, le=2**31, description="Refused (409) when it is not this one any more.")


class DisputeItemOut(BaseModel):
    """One disputed criterion and what was decided of it last; `settled` holds the answers that changed."""

    criterion: str
    comment: str
    answer: str
    proposed: str
    second: float | None
    decision: Literal["", "accepted", "other", "rejected"]
    settled: dict[str, str]
    words: str
    level: Literal["", "first", "lead"]
    decided_at: datetime | None


class DisputeLine(BaseModel):
    """One dispute in a list. Scores 0..100; `score_before` only where it changed."""

    id: int
    evaluation_id: int
    call_id: int
    state: State
    raised_by: str | None
    raised_as: Literal["rep", "manager"]
    raised_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    criteria: list[str]
    score: float | None
    score_before: float | None
    revision: int
    may: list[str] = Field(description="What the person may do now: decide, pass_up, escalate, content, withdraw.")


class DisputeOut(DisputeLine):
    """One dispute whole."""

    why: str = Field(description="Why it is with the quality lead; empty where it is not.")
    items: list[DisputeItemOut]


class DisputeList(BaseModel):
    """A page of disputes, the newest first."""

    disputes: list[DisputeLine]
    next: str | None = Field(description=NEXT)


class DisputeDeadlinesOut(BaseModel):
    """Working days: to dispute, to decide as manager, to go further, to decide as lead, to remind before."""

    raise_days: int
    first_days: int
    further_days: int
    lead_days: int
    remind_days: int


class DisputeDeadlinesIn(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    raise_days: int | None = Field(None, ge=1, le=90)
    first_days: int | None = Field(None, ge=1, le=90)
    further_days: int | None = Field(None, ge=1, le=90)
    lead_days: int | None = Field(None, ge=1, le=90)
    remind_days: int | None = Field(None, ge=0, le=30)
