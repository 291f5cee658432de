"""Disputes over the API: list, read, raise, decide, take further, take back; and their deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _
from pydantic import ValidationError

from review.disputes import deciding, moving
from review.disputes.listing import list_disputes
from review.disputes.raising import raise_dispute
from review.disputes.rules import Rules, read_rules, set_rules
from review.disputes.types import DisputeChanged, DisputeRow, DisputeView, Point, Ruling
from scoring.evidence import tenth
from web.api.disputes_models import (
    DisputeDeadlinesIn,
    DisputeDeadlinesOut,
    DisputeDecisionIn,
    DisputeIn,
    DisputeItemOut,
    DisputeLine,
    DisputeList,
    DisputeOut,
    DisputePath,
    DisputeQuery,
    DisputeStepIn,
)
from web.api.doing import answer, area, do_once
from web.api.models import CallPath
from web.api.problems import Problem, answer_validation_error
from web.api.verdicts import NOT_READ, reads_body_itself
from web.auth import viewer
from web.blueprints.dispute_refusals import dispute_refusals_told
from web.blueprints.disputes import see_dispute
from web.blueprints.learning import see_call
from web.errors import Refused
from web.parts import parts

blueprint = area("disputes", "disputes", "Answers of evaluations that are objected to, decided level by level.")


@blueprint.get("/disputes", responses={200: DisputeList, 422: Problem})
def list_all(query: DisputeQuery) -> Response:
    """List the disputes that the token's person may see."""
    with parts().database.read() as db:
        page = list_disputes(
            db,
            viewer(),
            tab="decide" if query.waiting else "",
            state=query.state or "",
            criterion=query.criterion or "",
            place=query.place(datetime),
            limit=query.limit,
        )
    return answer(DisputeList(disputes=[DisputeLine(**_line(row)) for row in page.rows], next=page.next))


@blueprint.get("/disputes/<int:dispute_id>", responses={200: DisputeOut, 404: Problem, 409: Problem})
def read_one(path: DisputePath) -> Response:
    """One dispute with its criteria."""
    with dispute_refusals_told(), parts().database.read() as db:
        return answer(_out(see_dispute(db, path.dispute_id)))


@blueprint.post("/calls/<int:call_id>/disputes", responses={201: DisputeOut, 404: Problem, 409: Problem, 422: Problem})
@reads_body_itself
def raise_one(path: CallPath = NOT_READ, body: DisputeIn = NOT_READ, call_id: int = 0) -> Response:
    """Dispute an evaluation of this call, as its rep or as the manager of the rep's team."""
    see_call(call_id)
    try:
        body = DisputeIn.model_validate_json(request.get_data())
    except ValidationError as error:
        abort(answer_validation_error(error))
    points = [Point(item.criterion, item.comment, item.proposed, item.second) for item in body.points]
    with dispute_refusals_told():
        return do_once(
            lambda db: _out(raise_dispute(db, call_id, body.evaluation_id, viewer(), points=points, words=body.words))
        )


@blueprint.post(
    "/disputes/<int:dispute_id>/decision", responses={200: DisputeOut, 404: Problem, 409: Problem, 422: Problem}
)
def decide_one(path: DisputePath, body: DisputeDecisionIn) -> Response:
    """Decide at the dispute's level; what is accepted changes the evaluation at once."""
    rulings = [
        Ruling(item.criterion, item.decision, item.words, item.answer, dict(item.answers)) for item in body.rulings
    ]
    with _told():
        return do_once(
            lambda db: _out(deciding.decide(db, path.dispute_id, viewer(), revision=body.revision, rulings=rulings)),
            200,
        )


@blueprint.post(
    "/disputes/<int:dispute_id>/escalate", responses={200: DisputeOut, 404: Problem, 409: Problem, 422: Problem}
)
def escalate_one(path: DisputePath, body: DisputeStepIn) -> Response:
    """To the quality lead: by who is not content with the manager's decision, or by the manager."""
    with _told():
        return do_once(
            lambda db: _out(moving.escalate(db, path.dispute_id, viewer(), words=body.words, revision=body.revision)),
            200,
        )


@blueprint.post(
    "/disputes/<int:dispute_id>/withdraw", responses={200: DisputeOut, 404: Problem, 409: Problem, 422: Problem}
)
def withdraw_one(path: DisputePath, body: DisputeStepIn) -> Response:
    """Take it back, or be content with what the manager decided."""
    with _told():
        return do_once(
            lambda db: _out(moving.withdraw(db, path.dispute_id, viewer(), words=body.words, revision=body.revision)),
            200,
        )


@blueprint.get("/dispute-deadlines", responses={200: DisputeDeadlinesOut})
def read_deadlines() -> Response:
    """The deadlines that hold."""
    with parts().database.read() as db:
        return answer(_deadlines(read_rules(db)))


@blueprint.put("/dispute-deadlines", responses={200: DisputeDeadlinesOut, 422: Problem})
def write_deadlines(body: DisputeDeadlinesIn) -> Response:
    """Let these deadlines hold for what begins from now on."""
    with dispute_refusals_told(), parts().database.session() as db:
        return answer(_deadlines(set_rules(db, viewer(), body.model_dump(exclude_none=True))))


@contextmanager
def _told() -> Iterator[None]:
    """As on the pages, and a dispute that changed meanwhile is told as a conflict with its revision."""
    try:
        with dispute_refusals_told():
            yield
    except DisputeChanged as error:
        raise Refused(
            409,
            _("This dispute was changed meanwhile"),
            _("Nothing was stored."),
            _("Read it again and decide on what stands there."),
            code=error.code,
            revision=error.theirs.revision,
            state=error.theirs.state,
        ) from error


def _deadlines(rules: Rules) -> DisputeDeadlinesOut:
    return DisputeDeadlinesOut(**{name: getattr(rules, name) for name in DisputeDeadlinesOut.model_fields})


def _line(row: DisputeRow) -> dict[str, Any]:
    plain = ("id", "evaluation_id", "call_id", "state", "raised_by", "raised_as", "raised_at", "due_at", "closed_at")
    return {
        **{name: getattr(row, name) for name in (*plain, "revision")},
        "criteria": list(row.criteria),
        "score": tenth(row.final),
        "score_before": tenth(row.final_before),
        "may": sorted(row.may),
    }


def _out(found: DisputeView) -> DisputeOut:
    names = ("criterion", "comment", "answer", "proposed", "second", "decision", "words", "level", "decided_at")
    items = [
        DisputeItemOut(**{name: getattr(item, name) for name in names}, settled=dict(item.settled))
        for item in found.items
    ]
    return DisputeOut(**_line(found), why=found.lead_why, items=items)
