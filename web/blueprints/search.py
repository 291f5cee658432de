"""Pieces of a search's answer: all that one call says of what was asked."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from review.queries.call import get_call_row
from review.queries.search import search_one_call
from web.auth import viewer
from web.parts import parts
from web.reading.asked import read_asked

blueprint = Blueprint("search", __name__)


@blueprint.get("/calls/<int:call_id>/said")
def in_call(call_id: int) -> str:
    """Every turn of the call in which it was said."""
    asked = read_asked(request.args, viewer())
    with parts().database.read() as db:
        call = get_call_row(db, viewer(), call_id)
        if call is None:
            abort(404)
        found = search_one_call(db, viewer(), call_id, asked.query, by=asked.by)
    return render_template("search/_in_call.html", found=found)
