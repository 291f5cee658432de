"""Evaluations, verdicts and the machine's assessment over the API: listed across calls, read, acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import Response, abort
from pydantic import BaseModel, Field

from review.errors import ReviewError
from review.evaluations import EvaluationView, move, read_evaluation
from review.evaluations.listing import list_evaluations
from review.learning.shown import read_verdicts
from review.queries.blind import judges_blind
from review.queries.call import get_call
from review.queries.evaluation_calls import find_call_of
from scoring.evidence import tenth
from scoring.standards import StandardNotFound
from transcription.transcript import share
from web.api.doing import answer, area
from web.api.evaluations import EvaluationOut
from web.api.evaluations import make_out as evaluation_out
from web.api.fields import LARGEST_ID
from web.api.models import CallPath
from web.api.paging import NEXT, MarkQuery
from web.api.problems import Problem
from web.auth import viewer
from web.bench import timing
from web.blueprints.evaluation_refusals import refusal
from web.parts import parts

blueprint = area("reviews", "evaluations", "What people think of calls, and what the machine does.")
State = Literal["draft", "submitted", "shown", "acknowledged", "disputed", "final", "void"]


class EvaluationQuery(MarkQuery):
    """Which evaluations: drafts first, then the newest."""

    state: State | None = None
    mine: bool = False


class EvaluationPath(BaseModel):
    """Which evaluation."""

    evaluation_id: int = Field(ge=1, le=LARGEST_ID)


class EvaluationLine(BaseModel):
    """One evaluation in a list. Scores 0..100; null where not scored or hidden from the asker."""

    id: int
    call_id: int
    standard: str
    version: int
    reviewer: str
    user_id: int | None
    state: State
    blind: bool
    final: float | None
    coverage: float | None
    created_at: datetime
    submitted_at: datetime | None
    shown_at: datetime | None


class EvaluationPage(BaseModel):
    """A page of evaluations."""

    evaluations: list[EvaluationLine]
    next: str | None = Field(description=NEXT)


class VerdictLine(BaseModel):
    """One decision about an answer of the machine; `span` is where in the call, seconds."""

    id: int
    kind: str
    target: str
    machine: str | None
    answer: str
    confirmed: bool
    reason: str
    span: dict[str, Any] | None
    user_id: int | None
    reviewer: str
    drawn_by: str
    standard: str
    version: int
    at: datetime


class VerdictList(BaseModel):
    """All verdicts on a call that count, oldest first; the newest of a target stands."""

    verdicts: list[VerdictLine]


class AssessmentOut(BaseModel):
    """The machine's assessment of a call."""

    call_id: int
    assessment: dict[str, Any] | None = Field(
        description="Schema 1 of the contract, as the machine made it; null while there is none."
    )


@blueprint.get("/evaluations", responses={200: EvaluationPage, 422: Problem})
def list_all(query: EvaluationQuery) -> Response:
    """List the evaluations one may see, across calls."""
    with parts().database.read() as db:
        page = list_evaluations(
            db,
            viewer(),
            timing(),
            state=query.state or "",
            mine=query.mine,
            after=query.after,
            limit=query.limit,
        )
    plain = ("id", "call_id", "standard", "version", "reviewer", "user_id", "state", "blind")
    times = ("created_at", "submitted_at", "shown_at")
    lines = [
        EvaluationLine(
            **{name: getattr(row, name) for name in (*plain, *times)},
            final=tenth(row.final),
            coverage=share(row.coverage),
        )
        for row, _call in page.lines
    ]
    return answer(EvaluationPage(evaluations=lines, next=page.next))


@blueprint.get("/evaluations/<int:evaluation_id>", responses={200: EvaluationOut, 404: Problem})
def read_one(path: EvaluationPath) -> Response:
    """Read one evaluation with its answers."""
    return answer(
        _shown(lambda db, call_id: read_evaluation(db, call_id, path.evaluation_id, viewer(), timing()), path)
    )


@blueprint.post(
    "/evaluations/<int:evaluation_id>/acknowledge", responses={200: EvaluationOut, 404: Problem, 409: Problem}
)
def acknowledge(path: EvaluationPath) -> Response:
    """Say as the rep that one has read it. Said twice, the second is 409 and changes nothing."""
    return answer(
        _shown(
            lambda db, call_id: move(db, call_id, path.evaluation_id, viewer(), "acknowledge", timing=timing()), path
        )
    )


@blueprint.get("/calls/<int:call_id>/verdicts", responses={200: VerdictList, 404: Problem})
def list_verdicts(path: CallPath) -> Response:
    """List what people decided about a call's answers; nothing of others while one is to judge it blind."""
    with parts().database.read() as db:
        if get_call(db, viewer(), path.call_id) is None:
            abort(404)
        rows = read_verdicts(db, path.call_id)
        if judges_blind(db, path.call_id, viewer().user_id):
            rows = tuple(row for row in rows if row.user_id == viewer().user_id)
    return answer(
        VerdictList(verdicts=[VerdictLine(**{n: getattr(row, n) for n in VerdictLine.model_fields}) for row in rows])
    )


@blueprint.get("/calls/<int:call_id>/assessment", responses={200: AssessmentOut, 404: Problem})
def read_assessment(path: CallPath) -> Response:
    """Read the machine's newest assessment. Whoever judges blind gets measures only."""
    with parts().database.read() as db:
        call = get_call(db, viewer(), path.call_id)
    if call is None:
        abort(404)
    assessment = None if call.assessment is None else dict(call.assessment)
    return answer(AssessmentOut(call_id=call.id, assessment=assessment))


def _shown(act: Any, path: EvaluationPath) -> EvaluationOut:
    """What an act on an evaluation leaves, found by its own id."""
    try:
        with parts().database.session() as db:
            call_id = find_call_of(db, path.evaluation_id, viewer())
            if call_id is None:
                abort(404)
            view: EvaluationView = act(db, call_id)
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error
    return evaluation_out(view)
