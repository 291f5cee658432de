"""Verdicts on a call's answers, and the pages of what is learned from them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask_babel import gettext as _

from review.learning.verdicts import Place, Recorded, VerdictRefused, record_verdict
from review.queries.call import get_call_row
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

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
    return jsonify(ok=True, confirmed=done.verdict.confirmed, answer=done.verdict.answer, score=done.shown["score"])


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
