"""Evaluations over the API from the first answer to the last word: begun, saved, submitted, opened again, ended.

The pages' own rules: one draft for each person and call, written on top of the revision that was read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from review.errors import ReviewError
from review.evaluations import (
    EvaluationChanged,
    EvaluationView,
    NotComplete,
    find_draft,
    let_stand,
    move,
    open_evaluation,
    read_evaluation,
    read_history,
    save_draft,
    submit,
)
from review.queries.evaluation_calls import find_call_of
from scoring.standards import StandardNotFound
from web.api.doing import answer, area
from web.api.evaluations import AnswerIn, EvaluationOut, make_out, not_complete
from web.api.fields import Note, RowId, Words
from web.api.models import CallPath
from web.api.problems import Problem, answer_validation_error
from web.api.reviews import EvaluationPath
from web.api.verdicts import NOT_READ, reads_body_itself
from web.auth import viewer
from web.bench import timing
from web.blueprints.evaluation_refusals import refusal
from web.blueprints.learning import see_call
from web.errors import Refused
from web.parts import parts

blueprint = area("evaluation_drafts", "evaluations", "What people think of calls, and what the machine does.")
Act = Callable[[Any, int], EvaluationView]


class DraftIn(BaseModel):
    """How to begin."""

    model_config = ConfigDict(extra="forbid")

    blind: bool = Field(False, description="Without the machine's answers; a draft that is there stays as it was.")
    assignment_id: RowId | None = Field(None, description="The assignment it is done by; found by itself if left out.")


class DraftSave(BaseModel):
    """The whole scorecard as far as it is filled in; a criterion that is left out is not answered."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=2**31 - 1, description="The one that was read; another one is refused (409).")
    answers: dict[str, AnswerIn] = Field(description="By criterion id.")
    comment: Words = ""


class DraftSubmit(BaseModel):
    """Hand in the draft: as it is kept, or with these answers and this comment, saved in the same step."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=2**31 - 1)
    answers: dict[str, AnswerIn] | None = Field(None, description="Left out: those that are kept.")
    comment: Words | None = Field(None, description="Only with `answers`.")

    @model_validator(mode="after")
    def _comment_comes_with_answers(self) -> DraftSubmit:
        if self.comment is not None and self.answers is None:
            raise ValueError("send the answers too: the comment is saved together with them")
        return self


class EndIn(BaseModel):
    """Why it ends."""

    model_config = ConfigDict(extra="forbid")

    words: Note = Field("", description="Needed to make one void that was submitted.")


class StandsIn(BaseModel):
    """The evaluation of the same call whose answers do not stand where the two differ."""

    model_config = ConfigDict(extra="forbid")

    other_id: RowId


class StepOut(BaseModel):
    """One step: begun, submitted, shown, reopened, acknowledged, final, void, settled and so on."""

    at: datetime
    event: str
    name: str | None = Field(description="Who; null for what happened by itself.")
    words: str


class HistoryOut(BaseModel):
    """Every step, oldest first."""

    steps: list[StepOut]


@blueprint.post(
    "/calls/<int:call_id>/evaluations/draft",
    responses={200: EvaluationOut, 201: EvaluationOut, 404: Problem, 409: Problem, 422: Problem},
)
@reads_body_itself
def begin_draft(path: CallPath = NOT_READ, body: DraftIn = NOT_READ, call_id: int = 0) -> Response:
    """Begin an evaluation of this call (201), or read the person's own draft of it (200). Asked twice, there is one."""
    see_call(call_id)
    try:
        body = DraftIn.model_validate_json(request.get_data())
    except ValidationError as error:
        abort(answer_validation_error(error))
    try:
        with parts().database.session() as db:
            there = find_draft(db, call_id, viewer(), timing())
            draft = open_evaluation(
                db,
                call_id,
                viewer(),
                blind=body.blind,
                assignment_id=body.assignment_id,
                timing=timing(),
                default_standard=parts().settings.standard,
            )
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error
    return answer(make_out(draft), 201 if there is None else 200)


@blueprint.put("/evaluations/<int:evaluation_id>", responses={200: EvaluationOut, 404: Problem, 409: Problem})
def save_one(path: EvaluationPath, body: DraftSave) -> Response:
    """Save a draft. Nothing is overwritten that was not read: another revision is refused."""
    return answer(
        done_to(
            path.evaluation_id,
            lambda db, call_id: save_draft(
                db,
                call_id,
                path.evaluation_id,
                viewer(),
                revision=body.revision,
                answers=_plain(body.answers),
                comment=body.comment,
                timing=timing(),
            ),
        )
    )


@blueprint.post("/evaluations/<int:evaluation_id>/submit", responses={200: EvaluationOut, 404: Problem, 409: Problem})
def submit_one(path: EvaluationPath, body: DraftSubmit) -> Response:
    """Submit a draft. Where something is missing (422) nothing is stored: `criterion` is the first."""
    return answer(
        done_to(
            path.evaluation_id,
            lambda db, call_id: submit(
                db,
                call_id,
                path.evaluation_id,
                viewer(),
                revision=body.revision,
                answers=None if body.answers is None else _plain(body.answers),
                comment=body.comment or "",
                timing=timing(),
            ),
        )
    )


@blueprint.post("/evaluations/<int:evaluation_id>/reopen", responses={200: EvaluationOut, 404: Problem, 409: Problem})
def reopen_one(path: EvaluationPath) -> Response:
    """Open one's own submitted evaluation again, while that is allowed; it is a draft then."""
    return answer(done_to(path.evaluation_id, _step(path, "reopen")))


@blueprint.post("/evaluations/<int:evaluation_id>/finish", responses={200: EvaluationOut, 404: Problem, 409: Problem})
def finish_one(path: EvaluationPath) -> Response:
    """Make it final: nobody disputes it any more."""
    return answer(done_to(path.evaluation_id, _step(path, "finish")))


@blueprint.post("/evaluations/<int:evaluation_id>/void", responses={200: EvaluationOut, 404: Problem, 409: Problem})
def void_one(path: EvaluationPath, body: EndIn) -> Response:
    """Make it void, or throw a draft away. It is kept and counts nowhere; an open dispute of it ends."""
    return answer(done_to(path.evaluation_id, _step(path, "void", body.words)))


@blueprint.post("/evaluations/<int:evaluation_id>/stands", responses={200: EvaluationOut, 404: Problem, 409: Problem})
def stand_one(path: EvaluationPath, body: StandsIn) -> Response:
    """Of two evaluations of one call, let this one's answers stand where they differ; both are kept."""
    return answer(
        done_to(
            path.evaluation_id,
            lambda db, call_id: let_stand(db, call_id, path.evaluation_id, body.other_id, viewer(), timing=timing()),
        )
    )


@blueprint.get("/evaluations/<int:evaluation_id>/history", responses={200: HistoryOut, 404: Problem})
def list_steps(path: EvaluationPath) -> Response:
    """List what became of it, step by step."""
    done_to(
        path.evaluation_id, lambda db, call_id: read_evaluation(db, call_id, path.evaluation_id, viewer(), timing())
    )
    with parts().database.read() as db:
        rows = read_history(db, path.evaluation_id)
    steps = [
        StepOut(at=row.at, event=row.event, name=row.name, words=str(row.details.get("words") or "")) for row in rows
    ]
    return answer(HistoryOut(steps=steps))


def done_to(evaluation_id: int, act: Act) -> EvaluationOut:
    """What an act on an evaluation leaves, found by its own id; refusals as the API tells them."""
    try:
        with parts().database.session() as db:
            call_id = find_call_of(db, evaluation_id, viewer())
            if call_id is None:
                abort(404)
            return make_out(act(db, call_id))
    except EvaluationChanged as error:
        raise Refused(
            409,
            _("This was changed by somebody else meanwhile"),
            _("Nothing was stored."),
            _("Read it again and decide on what stands there."),
            code=error.code,
            revision=error.theirs.revision,
            state=error.theirs.state,
        ) from error
    except NotComplete as error:
        raise not_complete(error) from error
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error


def _step(path: EvaluationPath, act: str, words: str = "") -> Act:
    return lambda db, call_id: move(db, call_id, path.evaluation_id, viewer(), act, words=words, timing=timing())


def _plain(answers: dict[str, AnswerIn]) -> dict[str, Any]:
    return {name: given.model_dump() for name, given in answers.items()}
