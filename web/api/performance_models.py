"""What goes in and out of the API of figures: means with their intervals, weeks, criteria, teams and reviewers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from review.performance.period import USUAL
from web.api.fields import RowId, Word

Share = float | None


class RepFiguresPath(BaseModel):
    """A rep."""

    rep_id: RowId


class TeamFiguresPath(BaseModel):
    """A team."""

    team_id: RowId


class FigurePeriodQuery(BaseModel):
    """How far back, in whole weeks up to the running one, and on which scorecard."""

    model_config = ConfigDict(extra="forbid")

    weeks: int = Field(USUAL, ge=1, le=104)


class FiguresQuery(FigurePeriodQuery):
    """The same on one scorecard; without it the most used one of the period."""

    standard: Word | None = None


class TeamFiguresQuery(FiguresQuery):
    """The same of one part of the sample."""

    sample: Literal["all", "random", "risk"] = "all"


class MeanOut(BaseModel):
    """A mean 0..1 with its 95 % interval, null below five calls."""

    mean: float
    low: Share
    high: Share
    calls: int


class FigureChangeOut(BaseModel):
    """The later half of the period against the earlier one."""

    before: Share
    after: Share
    change: Share
    low: Share
    high: Share
    calls_before: int
    calls_after: int
    verdict: Literal["better", "worse", "no_change_seen", "too_early"]


class TeamMiddleOut(BaseModel):
    """Where the middle half of a team's reps lie; null below four reps with enough calls."""

    median: float
    low: float
    high: float
    reps: int


class FigureWeeksOut(BaseModel):
    """By week as in `weeks`; null where there was no call. `random` and `risk`: only calls scored by people."""

    all: list[MeanOut | None]
    random: list[MeanOut | None]
    risk: list[MeanOut | None]


class CriterionFiguresOut(BaseModel):
    """One criterion of one rep."""

    id: str
    question: str
    now: MeanOut
    change: FigureChangeOut
    team: TeamMiddleOut | None
    by_week: FigureWeeksOut


class RepPerformanceOut(BaseModel):
    """A rep's figures on one scorecard; `score` is of the calls as a whole, 0..1 of the full score."""

    rep_id: int
    name: str
    weeks: list[date] = Field(description="The Mondays the weeks begin with, UTC.")
    standard: str | None
    standards: list[str] = Field(description="The scorecards used in the period, the most used first.")
    score: FigureWeeksOut
    criteria: list[CriterionFiguresOut]


class HeatRowOut(BaseModel):
    """One rep's cells, in the order of `criteria`."""

    rep_id: int
    name: str
    active: bool
    cells: list[MeanOut | None]


class HeatCriterionOut(BaseModel):
    """A column; `team` is the mean over the team's calls."""

    id: str
    question: str
    team: MeanOut | None


class TeamNeedOut(BaseModel):
    """Who is behind on what; `rep_id` null: the whole team is low there."""

    rep_id: int | None
    criterion: str
    why: Literal["behind_team", "behind_past", "whole_team"]
    now: MeanOut
    evidence: FigureChangeOut | None


class TeamPerformanceOut(BaseModel):
    """Every rep by every criterion, and who needs what."""

    team_id: int
    name: str | None
    weeks: list[date]
    standard: str | None
    standards: list[str]
    sample: Literal["all", "random", "risk"]
    score: FigureWeeksOut
    criteria: list[HeatCriterionOut]
    reps: list[HeatRowOut]
    needs: list[TeamNeedOut]
    compared: int = Field(description="How many comparisons were made to find the needs.")


class ReviewerFiguresOut(BaseModel):
    """One person who can be given calls. Hours are medians; of `disputed` answers `changed` ones did not stand."""

    user_id: int
    name: str
    open: int
    overdue: int
    submitted: int
    submitted_by_week: list[int]
    late: int
    hours_to_done: float | None
    hours_to_feedback: float | None
    disputed: int
    changed: int


class ReviewerFiguresList(BaseModel):
    """Everybody; `within` is the share of calls whose feedback came within `target_hours`."""

    weeks: list[date]
    reviewers: list[ReviewerFiguresOut]
    hours_to_feedback: float | None
    within: Share
    target_hours: float
