"""The shapes of coaching plans over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from review.coaching.progress import PlanDetail, PlanLine
from web.api.coaching_shown import CoachingDifferenceOut
from web.api.fields import LARGEST_ID, Line, Note, RowId, Words
from web.api.paging import NEXT, PageQuery


class CoachingPlanPath(BaseModel):
    """Which plan."""

    plan_id: int = Field(ge=1, le=LARGEST_ID)


class CoachingStepPath(CoachingPlanPath):
    """Which step of which plan."""

    step_id: int = Field(ge=1, le=LARGEST_ID)


class CoachingPlanQuery(PageQuery):
    """Which plans, the newest first."""

    state: Literal["active", "ended"] | None = None
    rep_id: RowId | None = None


class CoachingPlanFields(BaseModel):
    """What a coach plans."""

    model_config = ConfigDict(extra="forbid")

    goal: Words = Field(min_length=1, max_length=300)
    standard: Line
    criteria: list[Line] = Field(min_length=1, max_length=3)
    starts_on: date
    weeks: int = Field(ge=1, le=26)


class CoachingPlanIn(CoachingPlanFields):
    """A new plan."""

    rep_id: RowId


class CoachingPlanChange(CoachingPlanFields):
    """A plan written anew on top of the revision that was read."""

    revision: int = Field(ge=1, le=LARGEST_ID)


class CoachingStepIn(BaseModel):
    """One thing to do in one week."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["session", "playlist", "quiz", "practice"]
    week: int = Field(ge=1, le=26)
    words: str = Field("", max_length=300)
    session_id: RowId | None = None
    playlist_id: RowId | None = None
    quiz_id: RowId | None = None


class CoachingStepMoveIn(BaseModel):
    """Mark a step done, or take that back."""

    model_config = ConfigDict(extra="forbid")

    move: Literal["done", "undo"]
    word: Note = ""


class CoachingPlanEndIn(BaseModel):
    """What came of a plan."""

    model_config = ConfigDict(extra="forbid")

    outcome: Note = Field(min_length=1)


class CoachingPlanLineOut(BaseModel):
    """One plan in a list."""

    id: int
    rep_id: int | None
    rep_name: str
    coach_name: str
    goal: str
    standard: str
    criteria: list[str]
    starts_on: date
    ends_on: date
    weeks: int
    state: str
    outcome: str
    steps: int
    done: int
    late: int = Field(description="Steps behind.")
    revision: int
    created_at: datetime


class CoachingPlanPage(BaseModel):
    """A page of plans."""

    plans: list[CoachingPlanLineOut]
    next: str | None = Field(description=NEXT)


class CoachingStepOut(BaseModel):
    """One step."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    week: int
    kind: str
    words: str
    session_id: int | None
    playlist_id: int | None
    link: str
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
    word: str


class CoachingPlanOut(CoachingPlanLineOut):
    """One plan with its steps and each criterion's change since it began."""

    step_list: list[CoachingStepOut]
    changes: dict[str, CoachingDifferenceOut]


def plan_line_out(plan: PlanLine) -> CoachingPlanLineOut:
    """A plan of a list."""
    fields = {name: getattr(plan, name) for name in CoachingPlanLineOut.model_fields if name != "criteria"}
    return CoachingPlanLineOut(**fields, criteria=[name for name, _words in plan.criteria])


def plan_out(found: PlanDetail) -> CoachingPlanOut:
    """A whole plan."""
    return CoachingPlanOut(
        **plan_line_out(found.line).model_dump(),
        step_list=[CoachingStepOut.model_validate(step) for _week, _day, steps in found.weeks for step in steps],
        changes={name: CoachingDifferenceOut.model_validate(change) for name, _words, change in found.changes},
    )
