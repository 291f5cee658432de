"""The inbox: calls with their states, filters, and full-text search whose hits open at the second."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from review.queries.inbox import Page, filter_choices, list_calls, read_filters, state_counts
from review.queries.search import find_calls
from web.auth import viewer
from web.blueprints.retranscribe import offer_for_viewer
from web.errors import is_htmx
from web.parts import parts

blueprint = Blueprint("inbox", __name__)

PAGE_SIZE = 50
LONGEST_QUERY = 200  # characters


@blueprint.get("/")
def index() -> Response:
    """The inbox, or the rows alone when htmx asks for more of them."""
    filters = read_filters(request.args)
    query = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    after = request.args.get("after") or None
    # A boosted link or a page restored from the browser's history is a whole page, not a piece.
    piece = is_htmx() and "HX-Boosted" not in request.headers and "HX-History-Restore-Request" not in request.headers
    with parts().database.read() as db:
        hits = find_calls(db, viewer(), query, filters, limit=PAGE_SIZE) if query else ()
        page = Page(rows=(), next=None) if query else list_calls(db, viewer(), filters, after, limit=PAGE_SIZE)
        choices = None if piece else filter_choices(db, viewer())
        counts = state_counts(db, viewer())
        offer = None if piece or query else offer_for_viewer(db)
    response = make_response(
        render_template(
            "inbox/_rows.html" if piece else "inbox.html",
            page=page,
            filters=filters,
            choices=choices,
            counts=counts,
            query=query,
            hits=hits,
            offer=offer,
        )
    )
    response.vary.add("HX-Request")
    return response
