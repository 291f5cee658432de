"""The shapes of clips, praise and playlists as the API takes and gives them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.fields import LARGEST_ID, Line, Note, RowId, Seconds
from web.api.paging import NEXT, PageQuery

ObjectionKind = Literal["", "price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other"]
Stage = Literal["", "opening", "discovery", "presentation", "price", "objections", "close"]


class ClipPath(BaseModel):
    """Which clip."""

    clip_id: int = Field(ge=1, le=LARGEST_ID)


class PlaylistPath(BaseModel):
    """Which playlist."""

    playlist_id: int = Field(ge=1, le=LARGEST_ID)


class ClipQuery(PageQuery):
    """Which clips, the newest first."""

    topic: Line | None = None
    objection: ObjectionKind | None = None
    stage: Stage | None = None
    rep_id: RowId | None = None
    team_id: RowId | None = None
    mark: Literal["good", "shared", "mine", "asked"] | None = Field(
        None, description="Good examples, shared ones, one's own, or those a rep asks to have taken out."
    )


class ClipIn(BaseModel):
    """A stretch of a call worth hearing again."""

    model_config = ConfigDict(extra="forbid")

    start: Seconds
    end: Seconds
    title: Line
    note: Note = ""
    topic: Note = ""
    objection: ObjectionKind | None = Field(None, description="Left out: as the call's assessment found it there.")
    stage: Stage | None = Field(None, description="Left out: as the call's assessment found it there.")


class ClipChangeIn(BaseModel):
    """A clip named anew."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    note: Note = ""
    topic: Note = ""
    objection: ObjectionKind | None = None
    stage: Stage | None = None


class ClipGoneOut(BaseModel):
    """What was thrown away."""

    id: int


class ClipOut(BaseModel):
    """One clip. Times in seconds of the call, UTC elsewhere; `said` holds only words inside the clip where the call
    itself is not the asker's to see, and then the client has no name."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    call_id: int
    start: float
    end: float
    title: str
    note: str
    topic: str
    objection: str
    stage: str
    language: str | None
    rep_id: int | None
    rep: str | None
    client: str | None
    said: str
    author: str
    created_at: datetime
    opens: bool = Field(description="Whether the call itself may be opened.")
    shared_by: str | None = Field(description="Who opened it to every seller; null: it is not shared.")
    good_why: str | None = Field(description="Why it is a good example; null: it is none.")
    good_by: str | None
    praises: int
    praised: bool = Field(description="By the token's person.")


class ClipPage(BaseModel):
    """One page of clips."""

    clips: list[ClipOut]
    next: str | None = Field(description=NEXT)


class ClipDecisionIn(BaseModel):
    """What is decided of a clip."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["share", "close", "good", "not_good", "ask_out", "keep"]
    words: Note = Field("", description="Why: needed with `good` and `keep`.")


class ClipPraiseIn(BaseModel):
    """Praise, with a sentence or without."""

    model_config = ConfigDict(extra="forbid")

    words: Note = ""


class ClipPraiseQuery(BaseModel):
    """Whose praise."""

    model_config = ConfigDict(extra="forbid")

    rep_id: RowId


class ClipPraiseOut(BaseModel):
    """One person's praise of one clip."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    clip_id: int
    clip_title: str
    rep_id: int
    by: str
    words: str
    created_at: datetime


class ClipPraiseList(BaseModel):
    """The newest first, at most 200."""

    praise: list[ClipPraiseOut]


class PlaylistIn(BaseModel):
    """A new, empty playlist."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    note: Note = ""


class PlaylistClipPath(PlaylistPath, ClipPath):
    """Which clip of which playlist."""


class PlaylistTaskPath(PlaylistPath):
    """Whose listening to which playlist."""

    task_id: int = Field(ge=1, le=LARGEST_ID)


class PlaylistMoveIn(BaseModel):
    """How many places down; below 0 up."""

    model_config = ConfigDict(extra="forbid")

    by: int = Field(ge=-1000, le=1000)


class PlaylistLine(BaseModel):
    """One playlist; count and seconds of the clips the token's person may hear."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    note: str
    author: str
    created_at: datetime
    count: int
    seconds: float


class PlaylistPage(BaseModel):
    """One page of playlists, the newest first."""

    playlists: list[PlaylistLine]
    next: str | None = Field(description=NEXT)


class PlaylistOut(PlaylistLine):
    """One playlist with its clips in order."""

    clips: list[ClipOut]
    hidden: int = Field(description="How many more belong to calls the token's person may not hear.")


class PlaylistClipIn(BaseModel):
    """Which clip goes in."""

    model_config = ConfigDict(extra="forbid")

    clip_id: RowId


class GivenToIn(BaseModel):
    """To whom, and until when: the end of a day where they work."""

    model_config = ConfigDict(extra="forbid")

    user_ids: list[RowId] = Field(default=[], max_length=500)
    team_id: RowId | None = None
    due_on: date | None = None


class GivenToOut(BaseModel):
    """How many have it now that had it not, or with another date."""

    given: int


class ListeningOut(BaseModel):
    """How far one person is with a playlist."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    playlist_id: int
    title: str
    user_id: int
    name: str
    by: str
    due_at: datetime | None
    late: bool
    clips: int
    heard: int
    done_at: datetime | None
    rating: int | None = Field(description="1..5: I do this on my calls; the person's own.")
    words: str


class ListeningList(BaseModel):
    """Those the token's person may follow."""

    tasks: list[ListeningOut]


class ClipHeardIn(BaseModel):
    """A piece that was played, in seconds of the clip."""

    model_config = ConfigDict(extra="forbid")

    clip_id: RowId
    start: Seconds
    end: Seconds


class ClipHeardOut(BaseModel):
    """Where the clip was left off, and whether it counts as heard through."""

    place: float
    done: bool


class SelfAssessmentIn(BaseModel):
    """The person's own answer at the end."""

    model_config = ConfigDict(extra="forbid")

    rating: int = Field(ge=1, le=5)
    words: Note = ""
