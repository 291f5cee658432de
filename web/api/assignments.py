"""Assignments over the API: what people have to score and why each call; given, left out, handed on, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from flask import Response, abort
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.sampling import assignments
from review.sampling.queue import QueueItem, read_queue, read_team_queue
from review.sampling.reviewers import can_score, is_lead
from review.services.bulk import assign_many
from transcription.transcript import share
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID, Moment, Note, RowId
from web.api.models import CallPath
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.queue import change_told
from web.errors import Refused
from web.parts import parts
from web.reading.queue import read_lines

blueprint = area("assignments", "assignments", "Calls given to people to score.")


class AssignmentQuery(BaseModel):
    """Whose: one's own when nothing is said; others' only for quality leads and heads of sales (else 403)."""

    model_config = ConfigDict(extra="forbid")

    user_id: RowId | None = None
    everybody: bool = False


class AssignmentPath(BaseModel):
    """Which assignment."""

    assignment_id: int = Field(ge=1, le=LARGEST_ID)


class AssignIn(BaseModel):
    """To whom a call is given; each of them scores it."""

    model_config = ConfigDict(extra="forbid")

    user_ids: list[RowId] = Field(min_length=1, max_length=50)
    due_at: Moment | None = None
    why: str = Field("", max_length=500)
    blind: bool = Field(False, description="Without the machine's answers.")


class AssignOut(BaseModel):
    """Who has the call to score now, of those named; the others may not score it or did so already."""

    call_id: int
    user_ids: list[int]


class ReasonIn(BaseModel):
    """Why; the quality lead reads it."""

    model_config = ConfigDict(extra="forbid")

    reason: Note = Field(description="3 to 500 characters.")


class HandOnIn(BaseModel):
    """Who scores it instead."""

    model_config = ConfigDict(extra="forbid")

    user_id: RowId


class AssignmentOut(BaseModel):
    """One open assignment. A blind reviewer's reasons leave out what the machine found."""

    model_config = ConfigDict(extra="forbid")

    id: int
    call_id: int
    user_id: int | None = Field(description="Whose it is; null where the person is gone.")
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


class AssignmentEnd(BaseModel):
    """What became of one."""

    id: int
    call_id: int
    user_id: int | None
    state: Literal["open", "done", "skipped", "withdrawn"]


@blueprint.get("/assignments", responses={200: AssignmentList, 422: Problem})
def list_assignments(query: AssignmentQuery) -> Response:
    """List the calls that wait to be scored, those due first first."""
    if not is_lead(viewer()) and (query.everybody or query.user_id not in (None, viewer().user_id)):
        raise Refused(403, _("Your roles do not open this page"), _("Nothing was changed."))
    with parts().database.read() as db:
        if query.everybody:
            items = read_team_queue(db, viewer())
        else:
            items = read_queue(db, viewer(), query.user_id or viewer().user_id)
    return answer(AssignmentList(assignments=_lines(items)))


@blueprint.post("/calls/<int:call_id>/assignments", responses={200: AssignOut, 404: Problem, 422: Problem})
def give_call(path: CallPath, body: AssignIn) -> Response:
    """Give a call to people to score. Given twice, they have it once."""
    people = sorted(set(body.user_ids))
    with parts().database.session() as db:
        if not all(can_score(db, user_id) for user_id in people):
            raise Refused(
                422,
                _("Choose who is to score these calls"),
                _("Nothing was changed."),
                _("Choose somebody of the list."),
                code="cannot_score",
                field="user_ids",
            )
        assign_many(db, viewer(), [path.call_id], people, due_at=body.due_at, why=_plain(body.why), blind=body.blind)
        has = [one for one in people if assignments.find_open(db, path.call_id, one) is not None]
    return answer(AssignOut(call_id=path.call_id, user_ids=has))


@blueprint.post(
    "/assignments/<int:assignment_id>/skip", responses={200: AssignmentEnd, 404: Problem, 409: Problem, 422: Problem}
)
def skip_one(path: AssignmentPath, body: ReasonIn) -> Response:
    """Leave a call out, with a reason."""
    return _done(path, assignments.skip, body.reason)


@blueprint.post(
    "/assignments/<int:assignment_id>/withdraw",
    responses={200: AssignmentEnd, 404: Problem, 409: Problem, 422: Problem},
)
def withdraw_one(path: AssignmentPath, body: ReasonIn) -> Response:
    """Take a call back from a reviewer, with a reason. It will not be drawn again."""
    return _done(path, assignments.withdraw, body.reason)


@blueprint.post(
    "/assignments/<int:assignment_id>/hand-on",
    responses={200: AssignmentEnd, 404: Problem, 409: Problem, 422: Problem},
)
def hand_on_one(path: AssignmentPath, body: HandOnIn) -> Response:
    """Give it to somebody else, who is told."""
    return _done(path, assignments.hand_on, body.user_id)


def _done(path: AssignmentPath, act: Callable[[Any, Any, int, Any], None], value: object) -> Response:
    with parts().database.read() as db:
        try:
            before = assignments.get_assignment(db, viewer(), path.assignment_id)
        except assignments.NoSuchAssignment:
            abort(404)
    change_told(path.assignment_id, act, value)
    with parts().database.read() as db:
        try:
            row = assignments.get_assignment(db, viewer(), path.assignment_id)
        except assignments.NoSuchAssignment:  # handed on, it is no longer the asker's to see
            return answer(AssignmentEnd(id=before.id, call_id=before.call_id, user_id=_person(value), state="open"))
    state: Any = row.state
    return answer(AssignmentEnd(id=row.id, call_id=row.call_id, user_id=row.user_id, state=state))


def _person(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _lines(items: tuple[QueueItem, ...]) -> list[AssignmentOut]:
    return [
        AssignmentOut(
            id=line.item.assignment.id,
            call_id=line.item.call.id,
            user_id=line.item.assignment.user_id,
            part=line.chip,  # type: ignore[arg-type]  # the table holds only these
            probability=share(line.item.assignment.probability),
            why=[{name: value for name, value in reason.items() if name != "period"} for reason in line.reasons],
            blind=line.item.assignment.blind,
            rule=line.item.rule,
            due_at=line.item.assignment.due_at,
            overdue=line.due == "overdue",
            created_at=line.item.assignment.created_at,
        )
        for line in read_lines(items, datetime.now(UTC))
    ]
