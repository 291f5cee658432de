"""One call: its page, its live state, its audio in ranges, and sending it round again."""

from __future__ import annotations

import math
from pathlib import Path

from flask import Blueprint, abort, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.doorbell import ring
from review.learning.certainty import read_share_of_doubt
from review.queries.call import CallDetail, get_call, get_call_row, veil
from review.queries.call_audio import audio_folder
from review.services.audit import record
from review.services.calls import retry_call, score_partial_call
from web.access import rule_of
from web.audio import send_audio
from web.auth import viewer
from web.blueprints.comments import comments_for_page
from web.blueprints.evaluations import timing
from web.blueprints.retranscribe import better_model_for
from web.errors import Refused, is_htmx
from web.parts import parts
from web.reading.evaluation_panel import read_panel
from web.reading.evaluation_scene import read_scene
from web.reading.page import read_page
from web.reading.verdicts import ByPeople, lay_verdicts

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


@blueprint.get("/<int:call_id>")
def show(call_id: int) -> str:
    """The call page; `?t=61.5` opens it at that second, `?part=scores` gives the score and its column alone."""
    with parts().database.read() as db:
        call = get_call(db, viewer(), call_id)
        better = better_model_for(db, call_id)
        judged = lay_verdicts(db, call) if call else None
        scene = (
            read_scene(db, viewer(), call, timing(), evaluation_id=_row_id(request.args.get("evaluation")))
            if call
            else None
        )
        veiled = scene is not None and scene.veiled
        remarks = comments_for_page(db, call_id, call.duration, own_only=veiled) if call else None
        doubt_share = read_share_of_doubt(db, call.assessment) if call and not veiled else None
    if judged is None or scene is None:
        abort(404)
    call = judged.call
    if scene.veiled:  # a blind reviewer reads nothing of what the machine or others think until they have submitted
        call = veil(call)
        judged = ByPeople(call, {}, {}, None)
    decides = rule_of("evaluations.begin").allows(viewer())
    start_at = read_second(request.args.get("t"))
    return render_template(
        "call_scores.html" if request.args.get("part") == "scores" else "call.html",
        call=call,
        page=read_page(call),
        start_at=start_at,
        end_at=read_second(request.args.get("end")) or None,
        remarks=remarks,
        better=better,
        verdicts=judged.verdicts,
        machine_answers=judged.machine,
        assessment_id=judged.assessment_id,
        closing_verdict=judged.closing,
        objection_verdicts=judged.objections,
        doubt_share=doubt_share,
        decides=rule_of("learning.decide").allows(viewer()) and not scene.veiled,
        decides_any=decides and not (call.rep_id is not None and call.rep_id in viewer().rep_ids),
        scene=scene,
        form=read_panel(scene.draft, viewer()) if scene.draft else None,
        next_url=_next_in_queue(),
    )


def _next_in_queue() -> str | None:
    """From a call that was opened out of the review queue, the way to the next one."""
    here = request.args.get("assignment")
    return url_for("queue.following", after=here) if here else None


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
