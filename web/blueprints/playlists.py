"""Playlists: clips in an order, played one after the other."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.comments import playlists as service
from review.library.giving import list_learners
from review.library.listening import RATINGS, assess_oneself, read_heard, report_heard
from review.library.tasks import give_playlist, own_task, take_back, tasks_of
from web.auth import viewer
from web.blueprints.clips import read_number, read_seconds
from web.blueprints.library_told import library_told
from web.errors import Refused
from web.parts import parts
from web.reading.library_aims import read_aim

blueprint = Blueprint("playlists", __name__, url_prefix="/playlists")


@blueprint.post("")
def make() -> Response:
    """A new, empty playlist."""
    with library_told(), parts().database.session() as db:
        made = service.make_playlist(db, viewer(), request.form.get("title", ""), note=request.form.get("note", ""))
        aim = read_aim(db, request.form)
    carried: dict[str, Any] = dict(aim.query) if aim else {}
    return redirect(url_for(".show", playlist_id=made, **carried))


@blueprint.get("/<int:playlist_id>")
def show(playlist_id: int) -> str:
    """One playlist, to be played through; how far one is oneself, and how far those are one gave it to."""
    with library_told(), parts().database.read() as db:
        found = service.get_playlist(db, viewer(), playlist_id)
        task = own_task(db, viewer(), playlist_id)
        heard = read_heard(db, task.id) if task else {}
        learners = list_learners(db, viewer())
        people = tasks_of(db, viewer(), playlist_id)
        aim = read_aim(db, request.args, learners)
    others = [one for one in people if one.user_id != viewer().user_id]
    return render_template(
        "clips/playlist.html",
        playlist=found.row,
        clips=found.clips,
        hidden=found.hidden,
        task=task,
        heard=heard,
        learners=learners,
        people=others,
        aim=aim,
        carried=aim.query if aim else {},
        ratings=RATINGS,
    )


@blueprint.post("/<int:playlist_id>/give")
def give(playlist_id: int) -> Response:
    """Give it to people or a team with a due date, take it on oneself (`act=mine`), or take it back (`act=back`)."""
    form = request.form
    with library_told(), parts().database.session() as db:
        if form.get("act") == "back":
            take_back(db, viewer(), read_number(form.get("task")) or 0)
            flash(_("Taken back; what was heard is kept."))
        elif form.get("act") == "mine":
            give_playlist(db, viewer(), playlist_id, user_ids=[viewer().user_id])
            flash(_("It is on your list: what you hear here is kept."))
        else:
            given = give_playlist(
                db,
                viewer(),
                playlist_id,
                user_ids=[found for text in form.getlist("person") if (found := read_number(text))],
                team_id=read_number(form.get("team")),
                due_on=read_day(form.get("due")),
            )
            flash(ngettext("Given to %(num)s person.", "Given to %(num)s people.", given))
    return redirect(url_for(".show", playlist_id=playlist_id))


@blueprint.post("/<int:playlist_id>/heard")
def heard(playlist_id: int) -> Response:
    """A piece of a clip was played: `clip`, and `start` and `end` in seconds of the clip."""
    form = request.form
    with library_told(), parts().database.session() as db:
        task = own_task(db, viewer(), playlist_id)
        if task is None:
            abort(404)
        start, end = read_seconds(form.get("start")), read_seconds(form.get("end"))
        clip = report_heard(db, viewer(), task.id, read_number(form.get("clip")) or 0, start, end)
        after = own_task(db, viewer(), playlist_id)
    return jsonify(
        done=clip.done, place=clip.place, heard=after.heard if after else 0, clips=after.clips if after else 0
    )


@blueprint.post("/<int:playlist_id>/answer")
def answer(playlist_id: int) -> Response:
    """The listener's own answer at the end: 1..5 on "I do this on my calls", and a sentence."""
    with library_told(), parts().database.session() as db:
        task = own_task(db, viewer(), playlist_id)
        if task is None:
            abort(404)
        rating = read_number(request.form.get("rating")) or 0
        assess_oneself(db, viewer(), task.id, rating, request.form.get("words", ""))
    flash(_("Kept. You can change it whenever you like."))
    return redirect(url_for(".show", playlist_id=playlist_id))


@blueprint.post("/<int:playlist_id>")
def change(playlist_id: int) -> Response:
    """Name it anew, move a clip, take one out, or throw the playlist away."""
    form = request.form
    act = form.get("act", "change")
    clip = read_number(form.get("clip")) or 0
    with library_told(), parts().database.session() as db:
        if act == "delete":
            service.delete_playlist(db, viewer(), playlist_id)
            flash(_("The playlist is thrown away; its clips stay in the library."))
            return redirect(url_for("clips.index"))
        if act in ("up", "down"):
            service.move_in_playlist(db, viewer(), playlist_id, clip, -1 if act == "up" else 1)
        elif act == "out":
            service.take_from_playlist(db, viewer(), playlist_id, clip)
        else:
            service.change_playlist(db, viewer(), playlist_id, title=form.get("title", ""), note=form.get("note", ""))
    return redirect(url_for(".show", playlist_id=playlist_id))


def read_day(text: str | None) -> date | None:
    """A day as date fields send it; None for none. Raises Refused for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(422, _("This is no day"), _("Nothing was stored."), _("Choose one in the calendar.")) from None
