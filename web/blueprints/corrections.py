"""Correcting a transcript on its page: turns, who is who, what was changed, and the export of training pairs.

Every act answers a script in JSON: the transcript as it is now, ready to be put in place of the old one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext as _

from review.db import Database
from review.doorbell import ring
from review.queries.call import CallDetail, get_call, get_call_row
from review.services.corrections import (
    CorrectionRefused,
    Saved,
    TurnChanged,
    correct_turn,
    join_turn,
    split_turn,
    undo_turn,
)
from review.services.corrections_export import corrected_calls, note_export, read_pairs
from review.services.roles import RoleChange, RolesChanged, name_rep, swap_roles
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.page import read_page

blueprint = Blueprint("corrections", __name__)


Act = Callable[[Any], "tuple[Saved, RoleChange | None]"]


@blueprint.post("/calls/<int:call_id>/corrections")
def save(call_id: int) -> Response:
    """Change one turn: `act` is edit, split, join or undo; `key` names the turn as the person has read it."""
    form = request.form
    act, key = form.get("act", "edit"), form.get("key", "")
    user = viewer().user_id

    def change(db: Any) -> tuple[Saved, RoleChange | None]:
        if act == "split":
            return split_turn(db, call_id, user, key, _whole(form.get("at"))), None
        if act == "join":
            return join_turn(db, call_id, user, key, form.get("other", "")), None
        if act == "undo":
            return undo_turn(db, call_id, user, key), None
        if act != "edit":
            raise _refused(_("This act is not known"), "act")
        saved = correct_turn(
            db,
            call_id,
            user,
            key,
            text=form.get("text"),
            speaker=form.get("speaker") or None,
            start=_seconds(form.get("start"), "start"),
            end=_seconds(form.get("end"), "end"),
        )
        return saved, None

    return _do(call_id, change)


@blueprint.post("/calls/<int:call_id>/roles")
def roles(call_id: int) -> Response:
    """Swap rep and client, or say with `rep` which speaker is the rep; `seen` is the page's count of such decisions."""
    user, rep = viewer().user_id, request.form.get("rep")
    seen = _whole(request.form["seen"]) if request.form.get("seen") else None

    def change(db: Any) -> tuple[Saved, RoleChange | None]:
        done = name_rep(db, call_id, user, rep, seen=seen) if rep else swap_roles(db, call_id, user, seen=seen)
        return done.saved, done.learned

    return _do(call_id, change)


@blueprint.get("/calls/<int:call_id>/corrections")
def state(call_id: int) -> Response:
    """Whether the call is still being scored anew, for the page to ask again."""
    with parts().database.read() as db:
        call = get_call_row(db, viewer(), call_id)
    if call is None:
        abort(404)
    return jsonify(rescoring=call.phase == "scoring", phase=call.phase, score=call.score_final)


@blueprint.get("/corrections.jsonl")
def export() -> Response:
    """All corrections as training pairs, one JSON object a line."""
    with parts().database.session() as db:
        note_export(db, viewer().user_id, door="page")
    response = Response(pair_lines(), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = 'attachment; filename="corrections.jsonl"'
    return response


def pair_lines() -> Iterator[str]:
    """The export line by line, each call read by itself, so that memory does not grow with it."""
    database = parts().database
    with database.read() as db:
        calls = corrected_calls(db)
    return _lines(database, calls)


def _lines(database: Database, calls: tuple[int, ...]) -> Iterator[str]:
    for call_id in calls:
        with database.read() as db:
            pairs = list(read_pairs(db, call_id))
        for pair in pairs:
            yield json.dumps(pair.to_json(), ensure_ascii=False) + "\n"


def _do(call_id: int, change: Act) -> Response:
    """Run one act in one transaction; the answer holds the new transcript, or both versions of a disputed turn."""
    try:
        with parts().database.session() as db:
            if get_call_row(db, viewer(), call_id) is None:
                abort(404)
            saved, learned = change(db)
    except TurnChanged as clash:
        return _conflict(call_id, clash)
    except RolesChanged as clash:
        raise Refused(
            409,
            _("Somebody else changed who is who a moment ago"),
            _("Nothing was changed."),
            _("Load the page again and look at it first."),
            code=clash.code,
        ) from clash
    except CorrectionRefused as refusal:
        raise _refused(_words(refusal), refusal.field) from refusal
    if saved.next:
        ring(parts().redis, [(call_id, saved.next)])
    call = _visible_call(call_id)
    note = ""
    if learned:
        note = _(
            "This happened in %(n)s of the last calls of the source “%(source)s”, so its rep is taken from the other "
            "channel from now on. It can be undone in the source's settings.",
            n=len(learned.calls),
            source=learned.source,
        )
    return jsonify(
        ok=True, html=_transcript(call), turn=saved.turn, changed=saved.changed, rescoring=call.rescoring, note=note
    )


def _conflict(call_id: int, clash: TurnChanged) -> Response:
    call = _visible_call(call_id)
    page = read_page(call)
    keys = {item.key for item in clash.theirs}
    theirs = [turn for turn in page.turns if turn.key in keys]
    html = render_template("call/_correct_conflict.html", call=call, page=page, theirs=theirs, mine=request.form)
    answer = jsonify(
        ok=False,
        code=clash.code,
        message=_("Somebody else changed this turn while you were editing it. Nothing was overwritten."),
        html=html,
        transcript=_transcript(call),
        key=theirs[0].key if len(theirs) == 1 else None,
    )
    answer.status_code = 409
    return answer


def _transcript(call: CallDetail) -> str:
    return render_template("call/_transcript.html", call=call, page=read_page(call))


def _visible_call(call_id: int) -> CallDetail:
    with parts().database.read() as db:
        call = get_call(db, viewer(), call_id)
    if call is None:
        abort(404)
    return call


def _words(refusal: CorrectionRefused) -> str:
    """The refusal in the reader's language, by the part that is wrong."""
    words = {
        "text": _("A turn needs words, and at most 20,000 characters of them"),
        "speaker": _("Choose who speaks in this turn"),
        "start": _("A turn ends after it begins, and begins between the beginnings of its neighbours"),
        "end": _("The call ends before this time"),
        "at": _("Put the cursor between two words: both parts need words"),
        "other": _("Only turns that follow one another can be joined"),
        "key": _("There is nothing to take back here, or a part of it was changed again later: take that back first"),
        "roles": _("Nobody is named rep or client here: say who is the rep"),
        "rep": _("Choose one of the speakers of this call"),
    }
    return str(words.get(refusal.field, refusal))


def _refused(message: str, field: str) -> Refused:
    return Refused(422, message, _("Nothing was changed."), code="correction_refused", field=field)


def _whole(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 9:
        raise _refused(_("This is no whole number"), "at")
    return int(text)


def _seconds(text: str | None, field: str) -> float | None:
    """Seconds as a number, or as m:ss or h:mm:ss with a fraction; None when nothing was sent."""
    if not text or not text.strip():
        return None
    try:
        value = 0.0
        for part in text.strip().replace(",", ".").split(":"):
            value = value * 60 + float(part)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0 or value > 1e6:
        raise _refused(_("Write times as minutes and seconds, for example 1:05.4"), field)
    return value
