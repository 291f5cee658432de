"""Evaluations on the call page: begun, saved while typing, submitted, answered by the rep; and the list of them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext as _

from review.errors import NoSuchCall, ReviewError
from review.evaluations import (
    AnswersRefused,
    EvaluationChanged,
    EvaluationView,
    NoSuchEvaluation,
    NotComplete,
    NotNow,
    Timing,
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
from web.errors import Refused
from web.parts import parts
from web.reading.evaluation_sides import read_sides
from web.reading.evaluation_state import state_json

blueprint = Blueprint("evaluations", __name__)


def timing() -> Timing:
    """When evaluations are shown here, and for how long they may be opened again."""
    settings = parts().settings
    return Timing(timedelta(hours=settings.evaluation_show_hours), timedelta(hours=settings.evaluation_edit_hours))


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
    return jsonify(ok=True, evaluation=draft.id, blind=draft.blind)


@blueprint.put("/calls/<int:call_id>/evaluations")
def save(call_id: int) -> Response:
    """Keep what was typed; how the draft stands now."""
    sent = _sent(call_id)
    try:
        with parts().database.session() as db:
            draft = save_draft(
                db,
                call_id,
                sent["evaluation"],
                viewer(),
                revision=sent["revision"],
                answers=sent["answers"],
                comment=sent["comment"],
                timing=timing(),
            )
    except EvaluationChanged as error:
        return _both(error.theirs, sent)
    except ReviewError as error:
        raise refusal(error) from error
    return jsonify(state_json(draft))


@blueprint.post("/calls/<int:call_id>/evaluations/submit")
def hand_in(call_id: int) -> Response:
    """Submit the draft with what stands on the page; what is missing is told by criterion."""
    sent = _sent(call_id)
    try:
        with parts().database.session() as db:
            done = submit(
                db,
                call_id,
                sent["evaluation"],
                viewer(),
                revision=sent["revision"],
                answers=sent["answers"],
                comment=sent["comment"],
                timing=timing(),
            )
    except EvaluationChanged as error:
        return _both(error.theirs, sent)
    except NotComplete as error:
        return _missing(error)
    except ReviewError as error:
        raise refusal(error) from error
    return jsonify(ok=True, state=done.state, evaluation=done.id)


@blueprint.post("/calls/<int:call_id>/evaluations/move")
def step(call_id: int) -> Response:
    """Open again, acknowledge, dispute, make final or void: `act`, with `words` where they are needed."""
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
    return jsonify(ok=True, state=found.state, evaluation=found.id)


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
    return jsonify(ok=True)


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


def refusal(error: Exception) -> Exception:
    """What a person reads when an evaluation cannot do what was asked."""
    if isinstance(error, NoSuchEvaluation | NoSuchCall):
        abort(404)
    if isinstance(error, AnswersRefused):
        return Refused(
            422,
            _("This could not be stored: %(why)s", why=_why(error)),
            _("What is typed stays on the page and on this computer."),
            code=error.code,
            field=error.field,
            criterion=error.criterion,
        )
    if isinstance(error, NotNow):
        words = {
            "own_call": _("This is your own call: somebody else evaluates it"),
            "already": _("You have evaluated this call already"),
            "locked": _("This evaluation is locked: it was submitted"),
            "reopen": _("This evaluation cannot be opened again: its time is over, or it was answered or closed"),
            "settle": _("Only a lead chooses between two evaluations, and only between submitted ones"),
        }
        return Refused(
            409,
            words.get(error.why, _("This cannot be done to the evaluation in its present state")),
            _("Nothing was changed."),
            code=error.code,
            why=error.why,
        )
    if isinstance(error, StandardNotFound):
        return Refused(409, _("The scorecard of this call is not here any more"), _("Nothing was changed."))
    return error


def _why(error: AnswersRefused) -> str:
    words = {
        "reason": _("a reason can have 2000 characters"),
        "note": _("a note can have 50,000 characters"),
        "comment": _("a comment can have 50,000 characters"),
        "words": _("say in a few words why (at most 50,000 characters)"),
    }
    return str(words.get(error.field, _("one of the answers is none of this scorecard's")))


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
