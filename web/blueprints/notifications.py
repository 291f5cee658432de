"""What one should know: notifications, the unread ones first."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from review.comments.notices import get_notice, list_notices, mark_read
from web.auth import viewer
from web.parts import parts
from web.reading.notices import read_notice

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")

MOST_PAGES = 200


@blueprint.get("")
def index() -> str:
    """The list, unread first."""
    text = request.args.get("page", "")
    page = min(MOST_PAGES, max(1, int(text))) if text.isdecimal() and len(text) < 6 else 1
    with parts().database.read() as db:
        found = list_notices(db, viewer(), page=page)
    return render_template(
        "notifications/index.html",
        notices=[read_notice(row) for row in found.rows],
        unread=found.unread,
        page=page,
        next_page=found.next_page,
    )


@blueprint.post("/<int:notice_id>")
def follow(notice_id: int) -> Response:
    """Mark one read and go where it leads (`act=read`: stay here)."""
    with parts().database.session() as db:
        row = get_notice(db, viewer(), notice_id)
        if row is not None:
            mark_read(db, viewer(), [notice_id])
    if row is None:
        abort(404)
    url = read_notice(row).url if request.form.get("act") != "read" else None
    return redirect(url or url_for(".index"))


@blueprint.post("/read")
def read_all() -> Response:
    """Mark everything read."""
    with parts().database.session() as db:
        mark_read(db, viewer())
    return redirect(url_for(".index"))
