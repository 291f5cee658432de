"""Originals of what redaction masked: for people with the right, one look at a time, each with its reason audited."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from review.queries.call import get_call_row
from review.services.sealed import (
    NoReason,
    OriginalRecording,
    RevealedTurn,
    Seal,
    SealBroken,
    list_recordings,
    open_recordings,
    reveal_words,
)
from web.audio import send_audio
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("originals", __name__)

OPEN_SECONDS = 30 * 60  # how long one opening lets the browser fetch ranges of the sound
MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "amr": "audio/amr",
}


@blueprint.post("/calls/<int:call_id>/originals")
def show(call_id: int) -> str:
    """The masked words, or the recording as it came, for this one look; `what` is words or sound, `reason` says why."""
    sound = request.form.get("what") == "sound"
    reason = request.form.get("reason", "")
    recordings: tuple[OriginalRecording, ...] = ()
    turns: tuple[RevealedTurn, ...] = ()
    with parts().database.session() as db:
        call = get_call_row(db, viewer(), call_id)
        if call is None:
            abort(404)
        try:
            if sound:
                recordings = open_recordings(db, call_id, by=viewer().user_id, reason=reason)
            else:
                seal = Seal(parts().settings.secret_key())
                turns = reveal_words(db, seal, call_id, by=viewer().user_id, reason=reason)
        except NoReason as error:
            raise Refused(
                422,
                _("Say why you need the original"),
                _("Nothing was shown."),
                _("Write 5 to 300 characters; they are kept in the audit log."),
                code="no_reason",
                field="reason",
            ) from error
        except SealBroken as error:
            raise Refused(
                409,
                _("The originals of this call cannot be opened"),
                _("The masked transcript is not affected."),
                _("Ask your administrator: the installation's secret key is not the one they were sealed with."),
                code="seal_broken",
            ) from error
    opening = _serializer().dumps([viewer().user_id, call_id]) if sound else ""
    return render_template(
        "originals.html",
        call=call,
        turns=turns,
        sound=sound,
        recordings=[
            (_playable(item), url_for(".sound", call_id=call_id, leg=item.position, opening=opening), item)
            for item in recordings
        ],
        reason=reason,
    )


@blueprint.get("/calls/<int:call_id>/originals/sound")
def sound(call_id: int) -> Response:
    """One range of a recording as it was delivered, within half an hour of an opening that was audited."""
    with parts().database.read() as db:
        call = get_call_row(db, viewer(), call_id)
        recordings = list_recordings(db, call_id)
    if call is None:
        abort(404)
    try:
        opened = _serializer().loads(request.args.get("opening", ""), max_age=OPEN_SECONDS)
    except BadData:
        opened = None
    if opened != [viewer().user_id, call_id]:
        raise Refused(
            410,
            _("This opening of the original recording has ended"),
            _("Nothing was played."),
            _("Open it again from the call, with the reason."),
            code="opening_ended",
        )
    wanted = request.args.get("leg", "0")
    found = next((item for item in recordings if str(item.position) == wanted), None)
    if found is None:
        abort(404)
    return send_audio(parts().store.path(found.sha256), MEDIA_TYPES.get(found.kind, "application/octet-stream"))


def _playable(recording: OriginalRecording) -> bool:
    """Whether browsers play this container; the others can be saved and heard elsewhere."""
    return recording.kind in MEDIA_TYPES and recording.kind != "amr"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="original-sound")
