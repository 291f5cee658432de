"""Clips of the library: the sound of one and nothing else of its call, praise, and what leads and reps decide."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WebResponse

from review.library import curating
from review.library.hearing import clip_sound
from review.library.praise import praise_clip, take_praise_back
from web.auth import viewer
from web.blueprints.clips import read_back
from web.blueprints.library_told import library_told
from web.errors import wants_json
from web.parts import parts
from web.sound_pieces import send_piece

blueprint = Blueprint("library", __name__)


@blueprint.get("/clips/<int:clip_id>/sound")
def sound(clip_id: int) -> Response:
    """The clip's stretch of the call, cut on the server: a file that holds nothing else."""
    with parts().database.read() as db:
        piece = clip_sound(db, viewer(), clip_id)
    if piece is None:
        abort(404)
    return send_piece(piece)


@blueprint.post("/clips/<int:clip_id>/praise")
def praise(clip_id: int) -> WebResponse:
    """Praise a clip, with a sentence or without; `act=back` takes one's own praise back."""
    with library_told(), parts().database.session() as db:
        if request.form.get("act") == "back":
            take_praise_back(db, viewer(), clip_id)
            said = _("Your praise is taken back.")
        else:
            fresh = praise_clip(db, viewer(), clip_id, request.form.get("words", ""))
            said = _("Praised: they are told.") if fresh else _("Your words are with your praise.")
    return _done(said, clip_id)


@blueprint.post("/clips/<int:clip_id>/decide")
def decide(clip_id: int) -> WebResponse:
    """Open a clip to everybody or close it, call it a good example, ask to have it taken out, answer that."""
    form = request.form
    words = form.get("words", "")
    with library_told(), parts().database.session() as db:
        match form.get("act"):
            case "share":
                fresh = curating.share_clip(db, viewer(), clip_id)
                said = _("Open to every seller now: this stretch only.") if fresh else _("It was shared already.")
            case "close":
                curating.close_clip(db, viewer(), clip_id)
                said = _("Taken out of the library; it stays with those who may hear the call.")
            case "good":
                curating.choose_good(db, viewer(), clip_id, words)
                said = _("It stands among the good examples.")
            case "not_good":
                curating.drop_good(db, viewer(), clip_id)
                said = _("It is no good example any more.")
            case "ask_out":
                curating.ask_out(db, viewer(), clip_id, words)
                said = _("Asked: whoever shared it is told.")
            case "keep":
                curating.keep_shared(db, viewer(), clip_id, words)
                said = _("It stays, and the rep is told why.")
            case _:
                abort(400)
    return _done(said, clip_id)


def _done(said: str, clip_id: int) -> WebResponse:
    if wants_json():
        return jsonify(ok=True, said=said)
    flash(said)
    back = read_back(request.form.get("back")) or url_for("clips.index")
    return redirect(f"{back.partition('#')[0]}#clip{clip_id}")
