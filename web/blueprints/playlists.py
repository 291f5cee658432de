"""Playlists: clips in an order, played one after the other."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.comments import playlists as service
from web.auth import viewer
from web.blueprints.clips import read_number
from web.blueprints.comments import refusals_told
from web.parts import parts

blueprint = Blueprint("playlists", __name__, url_prefix="/playlists")


@blueprint.post("")
def make() -> Response:
    """A new, empty playlist."""
    with refusals_told(), parts().database.session() as db:
        made = service.make_playlist(db, viewer(), request.form.get("title", ""), note=request.form.get("note", ""))
    return redirect(url_for(".show", playlist_id=made))


@blueprint.get("/<int:playlist_id>")
def show(playlist_id: int) -> str:
    """One playlist, to be played through."""
    with refusals_told(), parts().database.read() as db:
        found = service.get_playlist(db, viewer(), playlist_id)
    return render_template("clips/playlist.html", playlist=found.row, clips=found.clips, hidden=found.hidden)


@blueprint.post("/<int:playlist_id>")
def change(playlist_id: int) -> Response:
    """Name it anew, move a clip, take one out, or throw the playlist away."""
    form = request.form
    act = form.get("act", "change")
    clip = read_number(form.get("clip")) or 0
    with refusals_told(), parts().database.session() as db:
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
