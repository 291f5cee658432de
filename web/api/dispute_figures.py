"""Disputes in figures over the API: what is disputed, whose evaluations are, how often rightly, how long it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from review.disputes.queries import Counted, read_figures
from transcription.transcript import share
from web.api.doing import answer, area
from web.api.fields import RowId
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts

blueprint = area("dispute_figures", "disputes", "Answers of evaluations that are objected to, decided level by level.")


class DisputeFiguresQuery(BaseModel):
    """Disputes of which days and team."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(90, ge=1, le=3660, description="Raised in the last so many days.")
    team_id: RowId | None = None


class DisputesCounted(BaseModel):
    """Disputes of one criterion, of one reviewer's evaluations, or of all; intervals 95 % (Wilson), of shares 0..1."""

    key: str = Field(description="The criterion's id; the reviewer's user id as text.")
    label: str = Field(description="The reviewer's name.")
    evaluations: int
    disputed: int
    decided: int
    accepted: int = Field(description="Answers that were changed.")
    share: float | None = Field(description="Disputed of the evaluations.")
    share_interval: tuple[float, float] | None
    accepted_share: float | None = Field(description="Accepted of the decided.")
    accepted_interval: tuple[float, float] | None
    seconds: float | None = Field(description="Median from raised to decided.")


class DisputeWeek(BaseModel):
    """One week by its Monday."""

    monday: datetime
    raised: int
    accepted: int


class DisputeFiguresOut(BaseModel):
    """The figures, of the calls that the token's person may see; only what was disputed is listed."""

    all: DisputesCounted
    by_criterion: list[DisputesCounted]
    by_reviewer: list[DisputesCounted]
    open: int
    overdue: int
    weeks: list[DisputeWeek]


@blueprint.get("/dispute-figures", responses={200: DisputeFiguresOut, 422: Problem})
def read_dispute_figures(query: DisputeFiguresQuery) -> Response:
    """Read disputes counted by criterion, by reviewer and by week."""
    now = datetime.now(UTC)
    since = now - timedelta(days=query.days)
    with parts().database.read() as db:
        found = read_figures(db, viewer(), since=since, until=now, team_id=query.team_id)
    return answer(
        DisputeFiguresOut(
            all=_counted(found.all),
            by_criterion=[_counted(one) for one in found.by_criterion],
            by_reviewer=[_counted(one) for one in found.by_reviewer],
            open=found.open,
            overdue=found.overdue,
            weeks=[DisputeWeek(monday=day, raised=raised, accepted=accepted) for day, raised, accepted in found.weeks],
        )
    )


def _counted(one: Counted) -> DisputesCounted:
    plain = ("key", "label", "evaluations", "disputed", "decided", "accepted", "share_interval", "accepted_interval")
    return DisputesCounted(
        **{name: getattr(one, name) for name in plain},
        share=share(one.share),
        accepted_share=share(one.accepted_share),
        seconds=one.time,
    )
