"""Evaluations over the API: read those of a call, and submit one that was filled in elsewhere in one step.

Drafts and what follows a submission: `web.api.evaluation_drafts`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask import Response, abort, jsonify, request
from flask_babel import gettext as _
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from review.errors import ReviewError
from review.evaluations import (
    EvaluationView,
    NotComplete,
    find_draft,
    list_for_call,
    open_evaluation,
    read_evaluation,
    submit,
)
from scoring.evidence import tenth
from scoring.standards import StandardNotFound
from transcription.transcript import share
from web.api.models import CallPath
from web.api.problems import Problem, answer_validation_error
from web.api.verdicts import reads_body_itself
from web.auth import viewer
from web.bench import timing
from web.blueprints.evaluation_refusals import refusal
from web.blueprints.learning import see_call
from web.errors import Refused
from web.parts import parts

blueprint = APIBlueprint(
    "api_evaluations",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="evaluations", description="Scorecards filled in by people.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)

NOT_READ = cast(Any, None)  # these parameters only tell the reference what the request looks like


class AnswerIn(BaseModel):
    """One criterion's answer."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(
        max_length=50_000, description="An option's id, a number of a range, words, `na`, `cannot_judge`."
    )
    reason: str = Field("", max_length=2000, description="Needed where it differs from the machine's, unless blind.")
    note: str = Field("", max_length=50_000)


class EvaluationIn(BaseModel):
    """A whole scorecard."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, AnswerIn] = Field(description="By criterion id.")
    comment: str = Field("", max_length=50_000)
    blind: bool = Field(False, description="The person did not see the machine's answers.")


class AnswerOut(BaseModel):
    """One criterion's answer as it is kept; `confirmed`: the machine's answer was taken over."""

    answer: str
    reason: str
    note: str
    confirmed: bool
    automatic: bool = Field(False, description="The machine's answer by itself: the criterion is in automatic mode.")


class EvaluationOut(BaseModel):
    """One evaluation. Scores 0..100, coverage 0..1, times UTC; null where not scored or hidden from the asker."""

    id: int
    call_id: int
    standard: str
    version: int
    reviewer: str
    user_id: int | None = Field(description="The reviewer's, while they have an account.")
    assignment_id: int | None
    revision: int = Field(description="Goes up with every change; send it back when saving or submitting.")
    may: list[str] = Field(description="What the asker may do now: edit, reopen, acknowledge, finish, void.")
    state: str = Field(description="draft, submitted, shown, acknowledged, disputed, final or void.")
    blind: bool
    raw: float | None
    final: float | None
    critical: float | None
    coverage: float | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    shown_at: datetime | None
    dispute: str
    void_reason: str
    comment: str
    answers: dict[str, AnswerOut]


class EvaluationsOut(BaseModel):
    """The evaluations of one call, oldest first."""

    evaluations: list[EvaluationOut]


@blueprint.get("/calls/<int:call_id>/evaluations", responses={200: EvaluationsOut, 404: Problem})
@reads_body_itself
def list_evaluations(path: CallPath = NOT_READ, call_id: int = 0) -> Response:
    """The evaluations of a call that the token's person may see, with their answers."""
    see_call(call_id)
    with parts().database.read() as db:
        rows = list_for_call(db, call_id, viewer(), timing())
        found = [read_evaluation(db, call_id, row.id, viewer(), timing()) for row in rows]
    out = EvaluationsOut(evaluations=[make_out(view) for view in found])
    return jsonify(out.model_dump(mode="json"))


@blueprint.post(
    "/calls/<int:call_id>/evaluations", responses={201: EvaluationOut, 404: Problem, 409: Problem, 422: Problem}
)
@reads_body_itself
def submit_evaluation(
    path: CallPath = NOT_READ, body: EvaluationIn = NOT_READ, call_id: int = 0
) -> tuple[Response, int]:
    """Submit a scorecard in the name of the token's person, on the version the call was judged by.

    Nothing is stored unless all of it can be. A draft the person has open on the call's page is not touched: 409.
    """
    see_call(call_id)
    try:
        body = EvaluationIn.model_validate_json(request.get_data())
    except ValidationError as error:
        abort(answer_validation_error(error))
    try:
        with parts().database.session() as db:
            if find_draft(db, call_id, viewer(), timing()) is not None:
                raise Refused(
                    409,
                    _("You have a draft of this call open"),
                    _("Nothing was changed."),
                    _("Submit it or throw it away on the call's page first."),
                    code="draft_open",
                )
            draft = open_evaluation(
                db, call_id, viewer(), blind=body.blind, timing=timing(), default_standard=parts().settings.standard
            )
            done = submit(
                db,
                call_id,
                draft.id,
                viewer(),
                revision=draft.revision,
                answers={name: answer.model_dump() for name, answer in body.answers.items()},
                comment=body.comment,
                timing=timing(),
            )
    except NotComplete as error:
        raise not_complete(error) from error
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error
    return jsonify(make_out(done).model_dump(mode="json")), 201


def not_complete(error: NotComplete) -> Refused:
    """The first thing that is missing, as a problem."""
    first = error.missing[0]
    why = {
        "answer": _("'%(criterion)s' is mandatory", criterion=first.criterion),
        "reason": _("'%(criterion)s' was changed without a reason", criterion=first.criterion),
    }.get(first.what, _("Answer at least one criterion"))
    return Refused(422, why, _("Nothing was stored."), code=error.code, criterion=first.criterion)


def make_out(view: EvaluationView) -> EvaluationOut:
    """One evaluation as the API tells it."""
    plain = (
        "id",
        "call_id",
        "standard",
        "version",
        "reviewer",
        "user_id",
        "assignment_id",
        "revision",
        "state",
        "blind",
    )
    more = ("created_at", "updated_at", "submitted_at", "shown_at", "dispute", "void_reason", "comment")
    return EvaluationOut(
        **{name: getattr(view, name) for name in (*plain, *more)},
        may=sorted(view.may),
        raw=tenth(view.raw),
        final=tenth(view.final),
        critical=tenth(view.critical),
        coverage=share(view.coverage),
        answers={name: AnswerOut(**answer.to_json()) for name, answer in view.answers.items()},
    )
