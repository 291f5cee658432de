"""A rep's own page: what went well, what waits, how it goes, what is recorded and why, and all of one's own data."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from review.performance.recorded import read_recorded
from review.performance.seeing import RepCard, own_rep
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
    return render_template("me/recorded.html", rep=rep, facts=facts, settings=parts().settings, places=Places())


def own_or_404(db: object) -> RepCard:
    """The rep the viewer speaks as."""
    rep = own_rep(db, viewer())  # type: ignore[arg-type]
    if rep is None:
        abort(404)
    return rep
