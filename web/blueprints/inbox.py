"""The inbox: calls with their states, filters, and full-text search whose hits open at the second."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from review.queries.filters import OBJECTION_TYPES, OUTCOMES, PERIODS
from review.queries.inbox import Page, filter_choices, list_calls, state_counts
from review.queries.search import NOTHING, search_calls
from review.queries.tags import list_tags, tags_of
from review.queries.views import default_query
from review.services.bulk_runs import active_bulk
from web.access import rule_of
from web.auth import viewer
from web.blueprints.bulk import tell_run
from web.blueprints.retranscribe import offer_for_viewer
from web.errors import is_htmx
from web.parts import parts
from web.reading.asked import read_asked, reviews
from web.reading.views import read_views

blueprint = Blueprint("inbox", __name__)

PAGE_SIZE: Final = 50
CALLS_FOUND: Final = 20  # calls on a page of hits


@blueprint.get("/")
def index() -> Response:
    """The inbox, or the rows alone when htmx asks for more of them."""
    if not request.args and not is_htmx():
        with parts().database.read() as db:
            chosen = default_query(db, viewer(), "inbox")
        if chosen:
            return redirect(f"{url_for('.index', view='none')}&{chosen}")
    asked = read_asked(request.args, viewer())
    after = request.args.get("after") or None
    # A boosted link or a page restored from the browser's history is a whole page, not a piece.
    piece = is_htmx() and "HX-Boosted" not in request.headers and "HX-History-Restore-Request" not in request.headers
    with parts().database.read() as db:
        found = (
            search_calls(db, viewer(), asked.query, asked.filters, by=asked.by, after=after, limit=CALLS_FOUND)
            if asked.query
            else NOTHING
        )
        page = (
            Page(rows=(), next=None) if asked.query else list_calls(db, viewer(), asked.filters, after, limit=PAGE_SIZE)
        )
        choices = None if piece else filter_choices(db, viewer())
        counts = state_counts(db, viewer())
        tags = () if piece or not reviews(viewer()) else list_tags(db)
        on_calls = tags_of(db, [row.id for row in page.rows]) if reviews(viewer()) else {}
        offer = None if piece or asked.query else offer_for_viewer(db)
        assigns = rule_of("bulk.assign").allows(viewer())
        running = None if piece else active_bulk(db, viewer())
        around = {} if piece else read_views(db, viewer(), "inbox", asked.to_text())
    response = make_response(
        render_template(
            "inbox/_rows.html" if piece else "inbox.html",
            page=page,
            asked=asked,
            filters=asked.filters,
            choices=choices,
            counts=counts,
            query=asked.query,
            found=found,
            offer=offer,
            reviews=reviews(viewer()),
            tags=tags,
            assigns=assigns,
            running=None if running is None else {"act": running.act, **tell_run(running)},
            rescores=rule_of("bulk.rescore").allows(viewer()),
            tags_of=on_calls,
            periods=PERIODS,
            objection_types=OBJECTION_TYPES,
            outcomes=OUTCOMES,
            **around,
        )
    )
    response.vary.add("HX-Request")
    return response
