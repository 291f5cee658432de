"""Disputing an evaluation on its call's page: the form with the answers as they stand, and what is sent from it."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from review.disputes.listing import standing_of
from review.disputes.raising import raise_dispute
from review.disputes.types import Point
from review.evaluations import read_evaluation
from web.auth import viewer
from web.bench import render_judgement, timing
from web.blueprints.dispute_refusals import dispute_refusals_told
from web.blueprints.disputes import blueprint, plain
from web.blueprints.learning import see_call
from web.errors import Refused
from web.parts import parts
from web.reading.dispute_form import read_raise_form


@blueprint.get("/calls/<int:call_id>/dispute")
def raise_form(call_id: int) -> str:
    """The criteria of an evaluation with their answers, to choose what is wrong."""
    see_call(call_id)
    evaluation_id = _number(request.args.get("evaluation", ""))
    with dispute_refusals_told(), parts().database.read() as db:
        found = read_evaluation(db, call_id, evaluation_id, viewer(), timing())
        standing = standing_of(db, call_id, viewer()).get(evaluation_id)
    if standing is None or not standing.may_raise or found.hidden:
        raise Refused(409, _("This evaluation cannot be disputed now"), _("Load the page again to see how it stands."))
    form = read_raise_form(found, viewer().language)
    return render_template(
        "disputes/_raise.html", form=form, found=found, standing=standing, call_id=call_id, user_id=viewer().user_id
    )


@blueprint.post("/calls/<int:call_id>/dispute")
def raise_one(call_id: int) -> Response:
    """Raise it: JSON with `evaluation`, `points` ({criterion, comment, proposed, second}) and `words` on the whole."""
    see_call(call_id)
    body = request.get_json(silent=True)
    if (
        not isinstance(body, dict)
        or not isinstance(body.get("evaluation"), int)
        or isinstance(body["evaluation"], bool)
    ):
        raise Refused(422, _("Say which evaluation is meant"), _("Nothing was changed."), field="evaluation")
    points, words = body.get("points") or [], body.get("words") or ""
    if not isinstance(points, list) or not isinstance(words, str) or not 0 < body["evaluation"] < 2**63:
        raise Refused(422, _("This request could not be read"), _("Nothing was changed."))
    with dispute_refusals_told(), parts().database.session() as db:
        made = raise_dispute(
            db, call_id, body["evaluation"], viewer(), points=[_point(item) for item in points], words=words
        )
    assignment = body.get("assignment")
    return jsonify(
        ok=True,
        dispute=made.id,
        url=url_for("disputes.show", dispute_id=made.id),
        html=render_judgement(call_id, assignment if isinstance(assignment, str) else "", only="scores"),
    )


def _point(item: Any) -> Point:
    readable = isinstance(item, dict) and all(
        isinstance(item.get(name) or "", str) for name in ("criterion", "comment", "proposed")
    )
    second = item.get("second") if readable else None
    if not readable or isinstance(second, bool) or not isinstance(second, int | float | None):
        raise Refused(422, _("This request could not be read"), _("Nothing was changed."))
    return Point(
        plain(item.get("criterion") or ""),
        plain(item.get("comment") or ""),
        plain(item.get("proposed") or ""),
        None if second is None else float(second) if abs(second) < 10**9 else -1.0,
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Refused(422, _("Say which evaluation is meant"), _("Nothing was changed."), field="evaluation")
    return int(text)
