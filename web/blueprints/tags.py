"""The tags of one call: a small line on its page, with words to add and take off."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.queries.call import get_call_row
from review.queries.tags import list_tags, tags_of
from review.services.tags import LONGEST_TAG, TagRefused, tag_calls, untag_calls
from web.auth import viewer
from web.errors import Refused, is_htmx
from web.parts import parts

blueprint = Blueprint("tags", __name__)


@blueprint.get("/calls/<int:call_id>/tags")
def line(call_id: int) -> str:
    """The tags on the call and the words in use, to choose from."""
    with parts().database.read() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        return _line(db, call_id)


@blueprint.post("/calls/<int:call_id>/tags")
def change(call_id: int) -> str | Response:
    """Put a tag on the call (`put`) or take one off (`take`); the line as it is now, or the page without scripts."""
    put, take = request.form.get("put", ""), request.form.get("take", "")
    with parts().database.session() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        try:
            full = tag_calls(db, viewer().user_id, [call_id], put).full if put or not take else ()
            if take:
                untag_calls(db, viewer().user_id, [call_id], take)
        except TagRefused as error:
            raise Refused(
                422,
                _("A tag is a word or a few, at most %(most)s characters", most=LONGEST_TAG),
                _("Nothing was changed."),
                _("Shorten it."),
                code=error.code,
                field="put",
            ) from error
        line = _line(db, call_id, full=bool(full)) if is_htmx() else ""
    return line or redirect(url_for("calls.show", call_id=call_id))


def _line(db: object, call_id: int, *, full: bool = False) -> str:
    on = tags_of(db, [call_id]).get(call_id, ())  # type: ignore[arg-type]  # pages know the session only by its use
    known = list_tags(db)  # type: ignore[arg-type]
    return render_template(
        "search/_tag_line.html", call_id=call_id, on=on, known=[name for name in known if name not in on], full=full
    )
