"""Evaluations on the call page: begun, saved while typing, submitted, answered by the rep; and the list of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext as _

from review.errors import ReviewError
from review.evaluations import (
    EvaluationChanged,
    EvaluationView,
    NotComplete,
    let_stand,
    move,
    open_evaluation,
    read_evaluation,
    save_draft,
    submit,
)
from review.evaluations.listing import list_evaluations
from review.queries.call import get_call_row
from scoring.standards import StandardNotFound
from web.auth import viewer
from web.bench import render_judgement, timing
from web.blueprints.evaluation_refusals import refusal
from web.errors import Refused
from web.parts import parts
from web.reading.evaluation_sides import read_sides
from web.reading.evaluation_state import state_json

blueprint = Blueprint("evaluations", __name__)


@blueprint.post("/calls/<int:call_id>/evaluations")
def begin(call_id: int) -> Response:
    """Begin an evaluation of this call, or go on with the viewer's draft."""
    form = request.form
    assignment = form.get("assignment", "")
    _see(call_id)
    try:
        with parts().database.session() as db:
            draft = open_evaluation(
                db,
                call_id,
                viewer(),
                blind=form.get("blind") == "1",
                assignment_id=int(assignment) if assignment.isdecimal() and len(assignment) < 19 else None,
                timing=timing(),
                default_standard=parts().settings.standard,
            )
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error
    html = render_judgement(call_id, assignment, only="" if draft.blind else "form")
    return jsonify(ok=True, evaluation=draft.id, blind=draft.blind, html=html)


@blueprint.put("/calls/<int:call_id>/evaluations")
def save(call_id: int) -> Response:
    """Keep what was typed; how the draft stands now."""
    return _write(call_id, save_draft, lambda draft, _sent: state_json(draft))


@blueprint.post("/calls/<int:call_id>/evaluations/submit")
def hand_in(call_id: int) -> Response:
    """Submit the draft with what stands on the page; what is missing is told by criterion."""
    return _write(
        call_id,
        submit,
        lambda done, sent: _done(call_id, done, str(sent.get("assignment") or "")),
    )


def _write(
    call_id: int,
    keep: Callable[..., EvaluationView],
    answer: Callable[[EvaluationView, dict[str, Any]], dict[str, Any]],
) -> Response:
    """Let a service take what the page sent; its answer, or what stands against it."""
    sent = _sent(call_id)
    words = {name: sent[name] for name in ("revision", "answers", "comment")}
    try:
        with parts().database.session() as db:
            kept = keep(db, call_id, sent["evaluation"], viewer(), **words, timing=timing())
    except EvaluationChanged as error:
        return _both(error.theirs, sent)
    except NotComplete as error:
        return _missing(error)
    except ReviewError as error:
        raise refusal(error) from error
    return jsonify(answer(kept, sent))


def _done(call_id: int, found: EvaluationView, assignment: str) -> dict[str, Any]:
    html = render_judgement(call_id, assignment, only="" if found.blind else "scores")
    return {"ok": True, "state": found.state, "evaluation": found.id, "html": html}


@blueprint.post("/calls/<int:call_id>/evaluations/move")
def step(call_id: int) -> Response:
    """Open again, acknowledge, make final or void: `act`, with `words` where they are needed."""
    _see(call_id)
    form = request.form
    try:
        with parts().database.session() as db:
            found = move(
                db,
                call_id,
                _number(form.get("evaluation")),
                viewer(),
                form.get("act", ""),
                words=form.get("words", ""),
                timing=timing(),
            )
    except ReviewError as error:
        raise refusal(error) from error
    return jsonify(_done(call_id, found, form.get("assignment", "")))


@blueprint.post("/calls/<int:call_id>/evaluations/stands")
def choose(call_id: int) -> Response:
    """Of two evaluations, let the answers of one stand where they differ; both are kept."""
    _see(call_id)
    form = request.form
    try:
        with parts().database.session() as db:
            chosen, other = _number(form.get("evaluation")), _number(form.get("other"))
            let_stand(db, call_id, chosen, other, viewer(), timing=timing())
    except ReviewError as error:
        raise refusal(error) from error
    return jsonify(ok=True, html=render_judgement(call_id, form.get("assignment", "")))


@blueprint.get("/calls/<int:call_id>/evaluations")
def sides(call_id: int) -> str:
    """One evaluation beside the machine's answers, or beside the one named by `beside`."""
    _see(call_id)
    args = request.args
    if not args.get("evaluation"):
        return ""
    try:
        with parts().database.read() as db:
            one = read_evaluation(db, call_id, _number(args["evaluation"]), viewer(), timing())
            beside = args.get("beside")
            other = read_evaluation(db, call_id, _number(beside), viewer(), timing()) if beside else None
    except ReviewError as error:
        raise refusal(error) from error
    return render_template(
        "call/_evaluation_sides.html",
        one=one,
        other=other,
        lines=read_sides(one, other, viewer().language),
        call_id=call_id,
    )


@blueprint.get("/evaluations")
def index() -> str:
    """The evaluations one may see: drafts first, by state."""
    wanted = request.args.get("state", "")
    with parts().database.read() as db:
        page = list_evaluations(
            db, viewer(), timing(), state=wanted, mine=request.args.get("of") == "me", after=request.args.get("after")
        )
    return render_template("evaluations/index.html", page=page, state=wanted, of=request.args.get("of", ""))


def _both(theirs: EvaluationView, sent: Mapping[str, Any]) -> Response:
    """Both versions side by side: nothing of either is lost."""
    response = jsonify(
        ok=False,
        code="evaluation_changed",
        message=_("This evaluation was changed elsewhere meanwhile. Both versions are here; nothing was overwritten."),
        revision=theirs.revision,
        editable="edit" in theirs.may,
        html=render_template(
            "call/_evaluation_conflict.html",
            theirs=theirs,
            lines=read_sides(theirs, None, viewer().language, mine=sent["answers"]),
            comment=sent["comment"],
        ),
        answers={name: answer.to_json() for name, answer in theirs.answers.items()},
        comment=theirs.comment,
    )
    response.status_code = 409
    return response


def _missing(error: NotComplete) -> Response:
    response = jsonify(
        ok=False,
        code=error.code,
        message=_("Not submitted yet. Your draft is kept."),
        missing=[{"criterion": item.criterion, "what": item.what} for item in error.missing],
    )
    response.status_code = 422
    return response


def _see(call_id: int) -> None:
    with parts().database.read() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)


def _number(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 18:
        raise Refused(422, _("Say which evaluation is meant"), _("Nothing was changed."), field="evaluation")
    return int(text)


def _sent(call_id: int) -> dict[str, Any]:
    """The JSON a page sends: evaluation, revision, answers, comment. A hidden call is 404 first."""
    _see(call_id)
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(body.get(k), int) for k in ("evaluation", "revision")):
        raise Refused(422, _("Say which evaluation is meant"), _("Nothing was changed."), field="evaluation")
    comment = body.get("comment") or ""
    if not isinstance(comment, str) or not 0 < body["evaluation"] < 2**63:
        raise Refused(422, _("This request could not be read"), _("Nothing was changed."))
    return {**body, "answers": body.get("answers") or {}, "comment": comment}
