"""The upload page. Its script sends every call by itself, so that one bad file stops only itself."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.queries.call import get_call_row
from review.queries.inbox import filter_choices
from review.services.intake import FACT_NAMES, Accepted
from web.auth import viewer
from web.errors import Refused, wants_json
from web.intake import read_form, take_call
from web.parts import parts

blueprint = Blueprint("upload", __name__)

SOURCE = "upload"


@blueprint.get("/upload")
def form() -> str:
    """The upload form."""
    return _page()


@blueprint.post("/upload")
def receive() -> Response | tuple[str, int]:
    """Take one call in: one or two recordings, an optional transcript, and what is known about the call."""
    try:
        facts = {name: value for name, value in read_form().items() if name in FACT_NAMES}
        accepted = take_call({"source": SOURCE, **facts}, door="upload")
    except Refused as error:
        if wants_json():
            raise
        flash(error.sentence, "error")
        return _page(), error.status
    with parts().database.read() as db:
        visible = get_call_row(db, viewer(), accepted.call_id) is not None
    url = url_for("calls.show", call_id=accepted.call_id) if visible else None
    message = _message(accepted, visible, names_rep="rep" in facts)
    if wants_json():
        answer = jsonify(
            ok=True,
            call_id=accepted.call_id,
            url=url,
            created=accepted.created,
            recording_differs=accepted.differs,
            state=accepted.state,
            message=message,
        )
        answer.status_code = 201 if accepted.created else 200
        return answer
    flash(message, "success")
    return redirect(url or url_for("upload.form"))


def _page() -> str:
    with parts().database.read() as db:
        choices = filter_choices(db, viewer())
    return render_template(
        "upload.html",
        sources=choices.sources,
        reps=choices.reps,
        fact_fields=FACT_NAMES,
        limits={"max_upload_bytes": parts().settings.max_upload_bytes, "files_per_call": 2},
    )


def _message(accepted: Accepted, visible: bool, *, names_rep: bool) -> str:
    if accepted.differs:
        return str(
            _(
                "Call %(number)s is here already with a different recording. The one you sent is kept under its "
                "number too; the call still goes by the first one. If it is another call, send it with its own id.",
                number=accepted.call_id,
            )
        )
    if not visible and not names_rep:
        return str(
            _(
                "The call was taken in. It names no rep, so it is not among your teams' calls: "
                "send it again with the rep's name."
            )
        )
    if not visible:
        return str(
            _("The call was taken in. It is not among the calls you can see, because its rep is not in your teams.")
        )
    if accepted.created:
        return str(_("The call was taken in and is waiting to be transcribed."))
    return str(_("This recording is here already; nothing was stored twice."))
