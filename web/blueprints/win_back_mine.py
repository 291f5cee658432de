"""Leads that were reopened for me: the brief, the numbers, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.win_back.leads import handed_leads
from review.win_back.reopening import phones_of, set_outcome
from web.auth import viewer
from web.blueprints.win_back import do_act
from web.parts import parts
from web.reading.win_back import read_lines

blueprint = Blueprint("handed", __name__, url_prefix="/win-back")


@blueprint.get("/mine")
def index() -> str:
    """What was handed to the viewer: brief, numbers, what to say of it."""
    with parts().database.read() as db:
        rows = handed_leads(db, viewer())
        phones = phones_of(db, [row.id for row in rows if row.state == "reopened" and not row.refused])
    return render_template("win_back/mine.html", lines=read_lines(rows), phones=phones, now=datetime.now(UTC))


@blueprint.post("/<int:lead_id>/outcome")
def note_outcome(lead_id: int) -> Response:
    """What came of a reopened lead, by hand."""
    outcome, amount = request.form.get("outcome", ""), request.form.get("sum", "")
    do_act(lambda db: set_outcome(db, viewer(), lead_id, outcome, amount=amount))
    flash(_("Noted."))
    if request.form.get("from") == "mine":
        return redirect(url_for(".index"))
    return redirect(url_for("win_back.index", tab="reopened"))
