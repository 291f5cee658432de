"""More pages of the win-back, beside the queue: the measured results, and the numbers nobody may be sent to call."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.win_back.do_not_call import NumberRefused, add_number, list_numbers, remove_number
from review.win_back.figures import read_figures
from review.win_back.states import leads_of
from web.auth import viewer
from web.blueprints.win_back import blueprint
from web.errors import Refused
from web.parts import parts
from web.reading.win_back_chart import draw_curves


@blueprint.get("/results")
def results() -> str:
    """How many leads come back, by reason and by who closed them, against those left alone."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        figures = read_figures(db, leads_of(viewer()), now)
    return render_template("win_back/results.html", figures=figures, chart=draw_curves(figures))


@blueprint.get("/do-not-call")
def numbers() -> str:
    """The list of numbers nobody may be sent to call."""
    search, after = request.args.get("q", "")[:100], request.args.get("after") or None
    with parts().database.read() as db:
        page = list_numbers(db, viewer(), search=search, after=after)
    return render_template("win_back/do_not_call.html", page=page, search=search)


@blueprint.post("/do-not-call")
def add_to_list() -> Response:
    """Put a number on the list."""
    try:
        with parts().database.session() as db:
            new = add_number(
                db,
                viewer().user_id,
                request.form.get("number", ""),
                request.form.get("reason", ""),
                region=parts().settings.region,
            )
    except NumberRefused as error:
        raise _refused(error) from error
    flash(_("Nobody is sent to call this number from now on.") if new else _("This number is on the list already."))
    return redirect(url_for(".numbers"))


@blueprint.post("/do-not-call/remove")
def remove_from_list() -> Response:
    """Take a number off the list, with a reason."""
    try:
        with parts().database.session() as db:
            remove_number(db, viewer().user_id, request.form.get("number", ""), request.form.get("reason", ""))
    except NumberRefused as error:
        raise _refused(error) from error
    flash(_("Taken off the list."))
    return redirect(url_for(".numbers"))


def _refused(error: NumberRefused) -> Refused:
    if error.field == "reason":
        message, advice = _("Say in a few words why"), _("Between 3 and 300 characters; the audit log keeps them.")
    else:
        message = _("This is no telephone number of the list")
        advice = _("Write it with its country, such as +49 30 901820.")
    return Refused(422, message, _("Nothing was changed."), advice, code=error.code, field=error.field)
