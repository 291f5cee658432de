"""Verdicts over the API: confirm or change an answer of the machine on one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

from flask import Response, abort, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from review.learning.verdicts import Place
from web.api.models import CallPath
from web.api.problems import Problem, answer_validation_error
from web.blueprints.learning import see_call, store_verdict

blueprint = APIBlueprint(
    "api_verdicts",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="verdicts", description="What people decide about the machine's answers.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)

NOT_READ = cast(Any, None)  # these parameters only tell the reference what the request looks like
View = TypeVar("View", bound=Callable[..., Any])


def reads_body_itself(view: View) -> View:
    """Keep the body in the reference but hand it over unread."""
    view.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return view


class PlaceIn(BaseModel):
    """Where in the call it was seen or heard."""

    model_config = ConfigDict(extra="forbid")

    turn: int = Field(ge=0, le=10**6, description="The turn of the shown transcript, from 0.")
    start: float | None = Field(None, ge=0, le=10**6, description="Seconds; the turn's own where left out.")
    end: float | None = Field(None, ge=0, le=10**6)


class VerdictIn(BaseModel):
    """One decision."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["criterion", "objection", "rejection"] = "criterion"
    target: str = Field(
        min_length=1,
        max_length=200,
        description="The criterion's id; `turn-<n>` for the objection the client raises in turn n; `rejection`.",
    )
    answer: str = Field(
        min_length=1,
        max_length=200,
        description="An option's id, `na` or `cannot_judge`; an outcome or `none`; `wrong`, `right` or `not_sure`.",
    )
    reason: str = Field("", max_length=2000, description="Needed where the answer differs from the machine's.")
    place: PlaceIn | None = None


class VerdictOut(BaseModel):
    """The stored decision and the score it leaves."""

    id: int
    confirmed: bool
    machine: str | None
    answer: str
    drawn_by: Literal["random", "risk", "chosen"]
    score: dict[str, object] = Field(description="The score as it is shown now: people's answers before the machine's.")


@blueprint.post("/calls/<int:call_id>/verdicts", responses={201: VerdictOut, 404: Problem, 422: Problem})
@reads_body_itself
def create_verdict(path: CallPath = NOT_READ, body: VerdictIn = NOT_READ, call_id: int = 0) -> tuple[Response, int]:
    """Confirm or change one answer of the machine.

    Verdicts are appended: the newest stands, and the machine's own answer stays in the call's assessment.
    """
    see_call(call_id)  # first: what a call one may not see would answer must not depend on the body
    try:
        body = VerdictIn.model_validate_json(request.get_data())
    except ValidationError as error:
        abort(answer_validation_error(error))
    place = None if body.place is None else Place(body.place.turn, body.place.start, body.place.end)
    done = store_verdict(
        call_id, kind=body.kind, target=body.target, answer=body.answer, reason=body.reason, place=place
    )
    row = done.verdict
    out = VerdictOut(
        id=row.id,
        confirmed=row.confirmed,
        machine=row.machine,
        answer=row.answer,
        drawn_by=row.drawn_by,  # type: ignore[arg-type]  # the table holds only these
        score=done.shown["score"],
    )
    return jsonify(out.model_dump(mode="json")), 201
