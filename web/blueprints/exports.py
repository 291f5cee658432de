"""Taking a call's transcript away as a file: private numbers stay masked, and who took what is in the audit log."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _

from review.queries.call import CallDetail, get_call
from review.services.audit import record
from review.services.exports import FORMS, ExportFile, NoTimes, export_transcript, read_shown_transcript
from web.auth import viewer
from web.context import clock, when
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("exports", __name__)


@blueprint.get("/calls/<int:call_id>/transcript")
def transcript(call_id: int) -> Response:
    """The shown transcript, with people's corrections, as a file; `?format=` json, vtt, srt, txt or docx."""
    return send_transcript(call_id, request.args.get("format", "json"), door="page")


def send_transcript(call_id: int, form: str, *, door: str) -> Response:
    """The file as a download. Raises 404 for a call that is not this person's to see, Refused 409 and 422."""
    if form not in FORMS:
        raise Refused(
            422,
            _("There is no format '%(form)s'", form=form[:20]),
            "",
            _("Use one of: %(forms)s.", forms=", ".join(FORMS)),
            code="bad_format",
            field="format",
        )
    with parts().database.session() as db:
        call = get_call(db, viewer(), call_id)
        if call is None:
            abort(404)
        made = _make(call, form)
        record(db, viewer().user_id, "call.exported", "call", call_id, format=form, door=door)
    response = Response(made.data, content_type=made.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def _make(call: CallDetail, form: str) -> ExportFile:
    if call.transcript is None:
        raise Refused(
            409,
            _("This call has no transcript yet"),
            _("Nothing was changed."),
            _("Open the call to see how it stands."),
            code="no_transcript",
        )
    try:
        return export_transcript(
            read_shown_transcript(call.transcript),
            form,
            stem=f"call-{call.id}",
            title=call.who or _("Call %(id)s", id=call.id),
            facts=_facts(call),
            names=_names(call),
            headings=(_("Time"), _("Speaker"), _("Words")),
        )
    except NoTimes as error:
        raise Refused(
            409,
            _("This transcript has no times, and subtitles need them"),
            _("Nothing was changed."),
            _("Take it as text, as a Word document or as JSON."),
            code="no_times",
        ) from error


def _facts(call: CallDetail) -> list[tuple[str, str]]:
    """The lines under the document's title."""
    rows = [
        (_("Call"), str(call.id)),
        (_("Date"), when(call.started_at)),
        (_("Length"), clock(call.duration)),
        (_("Rep"), call.rep_name or "–"),
    ]
    if call.draft:
        rows.append((_("Quality"), _("draft, made by a stand-in speech engine: check by ear")))
    if (call.transcript or {}).get("redactions"):
        rows.append((_("Masked"), _("private numbers are masked")))
    return rows


def _names(call: CallDetail) -> dict[str, str]:
    return {
        "rep": call.rep_name or _("Rep"),
        "client": call.client_name or _("Client"),
        "speaker_a": _("Speaker A"),
        "speaker_b": _("Speaker B"),
        "system": _("Recording"),
    }
