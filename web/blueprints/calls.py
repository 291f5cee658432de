"""One call: its page, its live state, its audio in ranges, and sending it round again."""

from __future__ import annotations

import math
from pathlib import Path

from flask import Blueprint, abort, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.doorbell import ring
from review.queries.call import CallDetail, get_call, get_call_row
from review.queries.call_audio import audio_folder
from review.services.audit import record
from review.services.calls import retry_call, score_partial_call
from web.audio import send_audio
from web.auth import viewer
from web.bench import queue_of, read_bench
from web.blueprints.comments import comments_for_page
from web.blueprints.retranscribe import better_model_for
from web.blueprints.whose import telephone_of
from web.errors import Refused, is_htmx
from web.parts import parts

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


@blueprint.get("/<int:call_id>")
def show(call_id: int) -> str:
    """The call page; `?t=61.5` opens it at that second."""
    with parts().database.read() as db:
        found = read_bench(db, call_id, evaluation_id=_row_id(request.args.get("evaluation")))
        better = better_model_for(db, call_id)
        if found is None:
            abort(404)
        remarks = comments_for_page(db, call_id, found["call"].duration, own_only=found["scene"].veiled)
        telephone = telephone_of(db, call_id)
    return render_template(
        "call.html",
        **found,
        **queue_of(request.args.get("assignment", "")),
        start_at=read_second(request.args.get("t")),
        end_at=read_second(request.args.get("end")) or None,
        remarks=remarks,
        better=better,
        telephone=telephone,
    )


@blueprint.get("/<int:call_id>/state")
def state(call_id: int) -> Response:
    """What is being done with the call now, for the page to ask again while something is."""
    call = _visible_call(call_id)
    response = make_response(render_template("call/_state.html", call=call))
    if call.settled and is_htmx():
        response.headers["HX-Refresh"] = "true"  # there is a transcript, or a reason: the whole page changes
    return response


@blueprint.get("/<int:call_id>/audio")
def audio(call_id: int) -> Response:
    """One range of the call's sound for the web."""
    return send_audio(_audio_folder(call_id) / "audio.webm")


@blueprint.get("/<int:call_id>/peaks.json")
def peaks(call_id: int) -> Response:
    """The loudness of both lanes, for the waveform."""
    path = _audio_folder(call_id) / "peaks.json"
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="application/json", conditional=True, etag=True, max_age=0)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/<int:call_id>/retry")
def retry(call_id: int) -> Response:
    """Send a failed or waiting call round again."""
    with parts().database.session() as db:
        call = get_call_row(db, viewer(), call_id)
        if call is None:
            abort(404)
        if not call.can_retry:
            raise Refused(
                409,
                _("This call has not failed, so there is nothing to try again"),
                _("Nothing was changed."),
                _("Load the page again to see how it stands."),
            )
        step = retry_call(db, call_id)
        record(db, viewer().user_id, "call.retry", "call", call_id, state=call.state)
    ring(parts().redis, [(call_id, step)])
    return _back_to(call_id)


@blueprint.post("/<int:call_id>/score")
def score_partial(call_id: int) -> Response:
    """A person says: score this call although part of its audio could not be read."""
    with parts().database.session() as db:
        call = get_call_row(db, viewer(), call_id)
        if call is None:
            abort(404)
        if not call.partial:
            raise Refused(
                409,
                _("Nothing of this call's audio is missing, so it is scored by itself"),
                _("Nothing was changed."),
                _("Load the page again to see how it stands."),
            )
        step = score_partial_call(db, call_id)
        record(db, viewer().user_id, "call.score_partial", "call", call_id)
    ring(parts().redis, [(call_id, step)] if step else [])
    return _back_to(call_id)


def _back_to(call_id: int) -> Response:
    target = url_for("calls.show", call_id=call_id)
    return Response(status=204, headers={"HX-Redirect": target}) if is_htmx() else redirect(target)


def _row_id(text: str | None) -> int | None:
    """A row's number in an address; None when it is none."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 19 else None


def read_second(text: str | None) -> float:
    """The second a link opens the call at; the beginning when it makes no sense."""
    try:
        second = float(text or 0)
    except ValueError:
        return 0.0
    return second if math.isfinite(second) and second > 0 else 0.0


def _visible_call(call_id: int) -> CallDetail:
    """The call, or 404 when there is none or it is not this viewer's to see."""
    with parts().database.read() as db:
        call = get_call(db, viewer(), call_id)
    if call is None:
        abort(404)
    return call


def _audio_folder(call_id: int) -> Path:
    with parts().database.read() as db:
        folder = audio_folder(db, viewer(), call_id)
    if folder is None:
        abort(404)
    return parts().settings.data / folder
