"""Verdicts on a call's answers, and the pages of what is learned from them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WebResponse

from review.learning.ask import read_requests
from review.learning.models import SHADOW_CALLS, NotPromoted, promote, roll_back, start_shadow
from review.learning.rejection_status import read_lead_status
from review.learning.status import read_status
from review.learning.verdicts import Place, Recorded, VerdictRefused, record_verdict
from review.learning.watch import read_drift
from review.queries.blind import judges_blind
from review.queries.call import get_call_row
from review.services.standards import find_standard, list_choices
from scoring.standards import in_language
from web.access import rule_of
from web.auth import viewer
from web.bench import render_judgement
from web.errors import Refused
from web.parts import parts
from web.reading.lead_learning import read_leads
from web.reading.learning import read_asked, read_criteria, read_drift_lines

blueprint = Blueprint("learning", __name__)


@blueprint.post("/calls/<int:call_id>/verdicts")
def decide(call_id: int) -> Response:
    """Confirm or change one answer of the machine; the answer holds the score as it is shown now."""
    form = request.form
    assessment = form.get("assessment", "")
    done = store_verdict(
        call_id,
        kind=form.get("kind", "criterion"),
        target=form.get("target", ""),
        answer=form.get("answer", ""),
        reason=form.get("reason", ""),
        place=None,
        assessment_id=int(assessment) if assessment.isdecimal() and len(assessment) < 19 else None,
    )
    return jsonify(
        ok=True,
        confirmed=done.verdict.confirmed,
        answer=done.verdict.answer,
        score=done.shown["score"],
        html=render_judgement(call_id, form.get("assignment", "")),
    )


def see_call(call_id: int) -> None:
    """404 unless the viewer may see the call."""
    with parts().database.read() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)


def store_verdict(call_id: int, **values: Any) -> Recorded:
    """Store a verdict of the viewer on a call they may see; what cannot be stored is refused in their language."""
    place: Place | None = values.pop("place")
    see_call(call_id)
    try:
        with parts().database.session() as db:
            if judges_blind(db, call_id, viewer().user_id):  # what is stored answers with the machine's answer
                raise Refused(
                    409,
                    _("You are to judge this call blind: decide when you have submitted your evaluation"),
                    _("Nothing was stored."),
                    code="blind_review",
                )
            return record_verdict(db, call_id, viewer().user_id, place=place, **values)
    except VerdictRefused as refusal:
        words = {
            "target": _("There is nothing to decide here: the call was not scored, or not on this"),
            "answer": _("Choose one of the answers"),
            "reason": _("Say in a few words why (at most 2000 characters): the rep reads it, and models learn by it"),
            "assessment": _("The call was scored again since you opened it: look at it first"),
            "span": _("Choose a place inside the call"),
            "kind": _("A verdict is about a criterion, an objection or a rejection"),
        }
        message = str(words.get(refusal.field, refusal))
        raise Refused(422, message, _("Nothing was stored."), code=refusal.code, field=refusal.field) from refusal


@blueprint.get("/learning")
def index() -> str:
    """Every criterion people decided on: labels, agreement, the gate, and which model judges."""
    with parts().database.read() as db:
        found = read_status(db)
        leads = read_lead_status(db)
    return render_template(
        "learning.html",
        lines=read_criteria(found, viewer().language),
        leads=read_leads(leads),
        moves=rule_of("learning.move").allows(viewer()),
        shadow_calls=SHADOW_CALLS,
    )


@blueprint.get("/learning/next")
def ask() -> str:
    """The calls whose answers would teach most."""
    with parts().database.read() as db:
        rows = read_requests(db, viewer(), limit=30)
        questions = _questions(db)
    return render_template("learning_next.html", lines=read_asked(rows, questions))


@blueprint.get("/learning/drift")
def drift() -> str:
    """Whether the calls of now are still like those the judges were measured on."""
    with parts().database.read() as db:
        rows = read_drift(db)
        questions = _questions(db)
    return render_template("learning_drift.html", lines=read_drift_lines(rows, questions))


@blueprint.post("/learning/models/<int:model_id>/<any(shadow, promote, back):act>")
def move(model_id: int, act: str) -> WebResponse:
    """Let a model judge in the shadow, put it in charge, or take it out of charge."""
    done = {"shadow": start_shadow, "promote": promote, "back": roll_back}[act]
    try:
        with parts().database.session() as db:
            done(db, model_id, viewer().user_id)
    except NotPromoted as refusal:
        words = {
            "gone": _("There is no such model any more"),
            "state": _("Somebody else moved this model a moment ago"),
            "in_charge": _("This model is in charge already"),
            "no_shadow": _("A model is promoted out of the shadow: let it judge there first"),
            "few_labels": _("It has seen too few labels of the rarer kind"),
            "not_better": _("On the frozen test it agrees with people no better than the rules do"),
            "short_shadow": _("It has judged fewer than %(n)s calls in the shadow", n=SHADOW_CALLS),
        }
        raise Refused(
            409,
            str(words.get(refusal.why, refusal)),
            _("Nothing was changed."),
            _("Load the page again to see how it stands."),
            code=refusal.code,
        ) from refusal
    said = {
        "shadow": _("It judges new calls in the shadow from now on; nobody sees its answers."),
        "promote": _("It judges from now on. Calls already scored keep their answers until they are scored again."),
        "back": _("It is out of charge. Calls already scored keep their answers until they are scored again."),
    }
    flash(said[act])
    return redirect(url_for(".index"))


def _questions(db: Any) -> dict[str, str]:
    """Every criterion's question in the viewer's language, by its id."""
    language = viewer().language
    standards = [find_standard(db, choice.name) for choice in list_choices(db)]
    return {
        criterion.id: in_language(criterion.question, language)
        for standard in standards
        for section in standard.sections
        for criterion in section.criteria
    }
