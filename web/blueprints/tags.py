"""The tags of one call: a small line on its page, with words to add and take off."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from review.queries.call import get_call_row
from review.queries.tags import list_tags, tags_of
from review.services.tags import LONGEST_TAG, TagRefused, tag_calls, untag_calls
from web.auth import viewer
from web.errors import Refused
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
def change(call_id: int) -> str:
    """Put a tag on the call (`add`) or take one off (`remove`); the line as it is now."""
    add, remove = request.form.get("add", ""), request.form.get("remove", "")
    with parts().database.session() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        try:
            full = tag_calls(db, viewer().user_id, [call_id], add).full if add or not remove else ()
            if remove:
                untag_calls(db, viewer().user_id, [call_id], remove)
        except TagRefused as error:
            raise Refused(
                422,
                _("A tag is a word or a few, at most %(most)s characters", most=LONGEST_TAG),
                _("Nothing was changed."),
                _("Shorten it."),
                code=error.code,
                field="add",
            ) from error
        return _line(db, call_id, full=bool(full))


def _line(db: object, call_id: int, *, full: bool = False) -> str:
    on = tags_of(db, [call_id]).get(call_id, ())  # type: ignore[arg-type]  # pages know the session only by its use
    known = list_tags(db)  # type: ignore[arg-type]
    return render_template(
        "search/_tag_line.html", call_id=call_id, on=on, known=[name for name in known if name not in on], full=full
    )
