"""A rep's own page: what went well, what waits, how it goes, what is recorded and why, and all of one's own data."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.performance.own_data import NoSuchExport, find_file, list_exports, make_export, request_export
from review.performance.recorded import read_recorded
from review.performance.seeing import own_rep
from web.auth import viewer
from web.parts import parts
from web.reading.performance import read_chosen
from web.reading.performance_page import read_rep_page
from web.reading.performance_places import Places

blueprint = Blueprint("me", __name__, url_prefix="/me")


@blueprint.get("")
def index() -> str:
    """The page; somebody who speaks on no calls is told so."""
    with parts().database.read() as db:
        rep = own_rep(db, viewer())
        if rep is None:
            return render_template("me/nobody.html")
        shown = read_rep_page(db, viewer(), rep, read_chosen(request.args))
    return render_template("people/show.html", own=True, **shown)


@blueprint.get("/recorded")
def recorded() -> str:
    """What is recorded of the viewer and why, who hears it, and how to appeal."""
    with parts().database.read() as db:
        rep = own_rep(db, viewer())
        if rep is None:
            abort(404)
        facts = read_recorded(db, rep)
        exports = list_exports(db, viewer())
    return render_template(
        "me/recorded.html", rep=rep, facts=facts, settings=parts().settings, places=Places(), exports=exports
    )


@blueprint.post("/data")
def ask_for_data() -> Response:
    """Ask for all of one's own data: a small file is made at once, a long one beside the pages."""
    with parts().database.session() as db:
        rep = own_rep(db, viewer())
        if rep is None:
            abort(404)
        export_id, small = request_export(db, viewer(), rep)
    if small:
        make_export(parts().database, parts().settings, export_id)
    else:
        flash(_("The file is being made; it appears here within a few minutes."))
    return redirect(f"{url_for('.recorded')}#data")


@blueprint.get("/data/<int:export_id>")
def data(export_id: int) -> Response:
    """The file; another person's does not exist."""
    try:
        with parts().database.session() as db:
            path = find_file(db, viewer(), export_id, parts().settings)
    except NoSuchExport:
        abort(404)
    response = send_file(path, mimetype="application/zip", as_attachment=True, download_name="my-data.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response
