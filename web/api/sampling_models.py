"""The shapes of sampling rules and draws over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.fields import LARGEST_ID, Line, RowId, Word

Flag = Literal["objection_missed", "wrongly_closed", "auto_fail", "low_score", "cannot_judge"]
Number = Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False)]
EXAMPLE: dict[str, Any] = {"name": "Three of each rep", "per_rep": 3, "reviewers": [3]}


class RulePath(BaseModel):
    """Which rule."""

    rule_id: int = Field(ge=1, le=LARGEST_ID)


class DrawPath(BaseModel):
    """Which draw."""

    draw_id: int = Field(ge=1, le=LARGEST_ID)


class RuleConditions(BaseModel):
    """Which calls it is about: what is set must hold, within a list one suffices. Seconds; scores 0..100."""

    model_config = ConfigDict(extra="forbid")

    teams: list[RowId] = Field(default=[], max_length=500)
    reps: list[RowId] = Field(default=[], max_length=500)
    sources: list[Word] = Field(default=[], max_length=500)
    queues: list[Word] = Field(default=[], max_length=500)
    languages: list[Word] = Field(default=[], max_length=100)
    standards: list[Word] = Field(default=[], max_length=500)
    dispositions: list[Literal["open", "won", "closed_lost", "unqualified"]] = Field(default=[], max_length=4)
    flags: list[Flag] = Field(default=[], max_length=5)
    length_from: Number | None = None
    length_to: Number | None = None
    score_from: Number | None = None
    score_to: Number | None = None


class RuleIn(BaseModel):
    """A whole rule: either `per_rep` or `percent`; shares 0..1, percents 0..100."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    name: Line = Field(description="At most 120 characters.")
    conditions: RuleConditions = RuleConditions()
    period: Literal["day", "week"] = "week"
    per_rep: int | None = Field(None, ge=1, le=200, description="Calls of each rep.")
    percent: float | None = Field(None, gt=0, le=100, allow_inf_nan=False, description="Of all calls.")
    random_share: float = Field(0.3, ge=0, le=1, allow_inf_nan=False, description="By lot; the rest by risk.")
    risks: list[Word] | None = Field(None, max_length=50, description="Reasons of the risk part; left out: all.")
    reviewers: list[RowId] = Field(min_length=1, max_length=200, description="Who scores them.")
    sharing: Literal["round_robin", "load"] = Field("round_robin", description="In turn, or to who has the least.")
    due_days: int = Field(5, ge=0, le=60)
    blind: bool = False
    second_percent: float = Field(
        0.0, ge=0, le=100, allow_inf_nan=False, description="Of those drawn by lot: also to a second reviewer."
    )
    standard: Word | None = Field(None, description="The scorecard; left out: the one each call was judged by.")


class RuleChangeIn(RuleIn):
    """A rule written anew, on top of the revision that was read."""

    revision: int = Field(ge=0, le=2**31 - 1)


class RuleOut(BaseModel):
    """One sampling rule; `terms` as they are stored."""

    id: int
    state: str = Field(description="active, paused or removed.")
    revision: int
    name: str
    terms: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class RuleList(BaseModel):
    """All sampling rules."""

    rules: list[RuleOut]


class DrawStratum(BaseModel):
    """Of `population` calls of a rep so many were taken; `rep_id` is null where it was drawn from all together."""

    model_config = ConfigDict(from_attributes=True)

    rep_id: int | None
    population: int
    by_lot: int
    by_risk: int
    already: int = Field(description="Of those drawn by lot, calls that were somebody's.")


class SamplingPreview(BaseModel):
    """What a draw would take now; nothing is stored."""

    key: str = Field(description="Send it when drawing: what was drawn meanwhile is not drawn twice.")
    starts_at: datetime
    ends_at: datetime
    taken: int
    left_out: int = Field(description="Calls that none of the reviewers may score.")
    strata: list[DrawStratum]


class DrawIn(BaseModel):
    """Which draw was looked at before."""

    model_config = ConfigDict(extra="forbid")

    key: Word | None = Field(None, description="Of the preview.")


class DrawLine(BaseModel):
    """One draw."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    rule_id: int
    rule: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    by: str | None
    population: int
    taken: int
    by_lot: int
    by_risk: int
    done: int
    skipped: int


class DrawList(BaseModel):
    """The newest draws of a rule, at most 100."""

    draws: list[DrawLine]


class DrawnOut(BaseModel):
    """The draw; null where there was no call left. `now` is false for one that was made before under this key."""

    now: bool
    draw_id: int | None
    taken: int


class DrawOut(DrawLine):
    """One draw with its chances; the seed lets anybody draw it again."""

    seed: str
    left_out: int
    strata: list[DrawStratum]
