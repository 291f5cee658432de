"""Assignments over the API: what the token's owner has to score, and why each call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from review.sampling.queue import read_queue
from transcription.transcript import share
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts
from web.reading.queue import read_lines

blueprint = APIBlueprint(
    "api_assignments",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="assignments", description="Calls given to people to score.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)


class AssignmentOut(BaseModel):
    """One open assignment. A blind reviewer's reasons leave out what the machine found."""

    model_config = ConfigDict(extra="forbid")

    id: int
    call_id: int
    part: Literal["random", "risk", "chosen", "calibration"]
    probability: float | None = Field(description="The chance that the lot fell on the call, above 0 and at most 1.")
    why: list[dict[str, object]] = Field(description="The reasons, each with its `kind`.")
    blind: bool
    rule: str | None = Field(description="The name of the sampling rule that drew it.")
    due_at: datetime | None
    overdue: bool
    created_at: datetime


class AssignmentList(BaseModel):
    """What waits, those due first first; at most 200."""

    assignments: list[AssignmentOut]


@blueprint.get("/assignments", responses={200: AssignmentList})
def list_assignments() -> Response:
    """List the calls that the token's owner has to score."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        items = read_queue(db, viewer(), viewer().user_id)
    lines = [
        AssignmentOut(
            id=line.item.assignment.id,
            call_id=line.item.call.id,
            part=line.chip,  # type: ignore[arg-type]  # the table holds only these
            probability=share(line.item.assignment.probability),
            why=[{name: value for name, value in reason.items() if name != "period"} for reason in line.reasons],
            blind=line.item.assignment.blind,
            rule=line.item.rule,
            due_at=line.item.assignment.due_at,
            overdue=line.due == "overdue",
            created_at=line.item.assignment.created_at,
        )
        for line in read_lines(items, now)
    ]
    return jsonify(AssignmentList(assignments=lines).model_dump(mode="json"))
