"""What coaching over the API takes: sessions as a coach writes them, steps, comments."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.fields import LARGEST_ID, Line, Moment, Note, RowId, Seconds, Words
from web.api.paging import PageQuery

State = Literal["planned", "held", "done", "not_done", "followed_up", "closed"]
Cause = Literal["knowledge", "motivation"]
Doer = Literal["rep", "coach", "both"]
Picked = Literal["one_call", "figures", "asked", "plan"]


class CoachingSessionPath(BaseModel):
    """Which session."""

    session_id: int = Field(ge=1, le=LARGEST_ID)


class CoachingSessionQuery(PageQuery):
    """Which sessions, the newest first."""

    state: State | None = None
    rep_id: RowId | None = None
    plan_id: RowId | None = None


class CoachingMomentIn(BaseModel):
    """A moment to speak of: one the session has (`kept_id`), a clip, or a stretch of a call that becomes a clip."""

    model_config = ConfigDict(extra="forbid")

    kept_id: RowId | None = None
    clip_id: RowId | None = None
    call_id: RowId | None = None
    start: Seconds = 0.0
    end: Seconds = 0.0
    title: str = Field("", max_length=120)
    good: bool = Field(False, description="It shows what went well.")


class CoachingSessionFields(BaseModel):
    """What a coach writes down."""

    model_config = ConfigDict(extra="forbid")

    went_well: Words = Field(min_length=1, description="Said first, at most 2,000 characters.")
    standard: Line
    criterion: Line = Field(description="The one thing it aims at.")
    cause: Cause
    action: Words = Field(min_length=1, description="Who does what, at most 2,000 characters.")
    action_by: Doer = "rep"
    due_at: Moment
    talk_at: Moment | None = None
    notes: Words = ""
    private_notes: Words = Field("", description="Read by the coach alone.")
    picked: Picked = "figures"
    weeks_before: int = Field(8, ge=1, le=26, description="Weeks of calls compared on each side.")
    call_id: RowId | None = Field(None, description="The call it was picked for; with one_call it counts on no side.")
    plan_id: RowId | None = None
    moments: list[CoachingMomentIn] = Field(default_factory=list, max_length=12)


class CoachingSessionIn(CoachingSessionFields):
    """A new session."""

    rep_id: RowId


class CoachingSessionChange(CoachingSessionFields):
    """A session written anew on top of the revision that was read."""

    revision: int = Field(ge=1, le=LARGEST_ID)


class CoachingMoveIn(BaseModel):
    """One step. A rep's token confirms and marks done, a coach's does the rest."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"move": "done", "word": "On every call."}})

    move: Literal["hold", "confirm", "done", "not_done", "follow_up", "close"]
    word: Note = Field("", description="Needed for done and not_done.")
    at: Moment | None = Field(None, description="When the talk was held, for hold; now without it.")
    revision: int | None = Field(None, ge=1, le=LARGEST_ID, description="Done only on what was read, when given.")


class CoachingCommentIn(BaseModel):
    """What is written beside a session."""

    model_config = ConfigDict(extra="forbid")

    body: Note = Field(min_length=1)
