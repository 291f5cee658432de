"""Clips: made on the call page, heard again in the library, put into playlists."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WebResponse

from review.comments import clips as service
from review.comments import playlists
from review.library.listing import list_library, read_library_filter
from review.library.seeing import may_share
from review.library.sound import LONGEST_CUT
from review.library.tasks import own_tasks
from review.queries.call import get_call_row
from review.queries.filters import OBJECTION_TYPES
from review.queries.objections_filter import STAGES
from web.auth import viewer
from web.blueprints.library_told import library_told
from web.parts import parts
from web.reading.library import read_facets
from web.reading.library_aims import read_aim

blueprint = Blueprint("clips", __name__)

MOST_PAGES = 500


@blueprint.get("/clips")
def index() -> str:
    """The library: every clip one may hear, good examples first, and the playlists."""
    wanted = read_library_filter(request.args)
    page = read_number(request.args.get("page")) or 1
    with parts().database.read() as db:
        found = list_library(db, viewer(), wanted, page=min(page, MOST_PAGES))
        lists = playlists.list_playlists(db, viewer())
        tasks = own_tasks(db, viewer())
        aim = read_aim(db, request.args)
    return render_template(
        "clips/index.html",
        aim=aim,
        carried=aim.query if aim else {},
        found=found,
        lists=lists,
        own=[one for one in lists if one.may_change],
        tasks=tasks,
        chosen=wanted.to_query(),
        facets=read_facets(found, wanted.to_query()),
        page=page,
        may_share=may_share(viewer()),
        kinds=OBJECTION_TYPES,
        stages=STAGES,
        longest_cut=LONGEST_CUT,
    )


@blueprint.get("/calls/<int:call_id>/clips")
def of_call(call_id: int) -> Response:
    """What the form for a new clip offers: topics in use and one's own playlists."""
    with parts().database.read() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        found = service.list_clips(db, viewer(), call_id=call_id)
        lists = playlists.list_playlists(db, viewer())
    return jsonify(
        topics=list(found.topics),
        playlists=[{"id": one.id, "title": one.title} for one in lists if one.may_change],
        count=found.count,
    )


@blueprint.post("/calls/<int:call_id>/clips")
def make(call_id: int) -> Response:
    """Keep a stretch of the call; into a playlist at once when `playlist` or the title `new_playlist` names one."""
    form = request.form
    with library_told(), parts().database.session() as db:
        made = service.make_clip(
            db,
            viewer(),
            call_id,
            read_seconds(form.get("start")),
            read_seconds(form.get("end")),
            form.get("title", ""),
            note=form.get("note", ""),
            topic=form.get("topic", ""),
            objection=form.get("objection"),
            stage=form.get("stage"),
        )
        title = form.get("new_playlist", "").strip()
        wanted = playlists.make_playlist(db, viewer(), title) if title else read_number(form.get("playlist"))
        if wanted:
            playlists.add_to_playlist(db, viewer(), wanted, made)
    return jsonify(ok=True, id=made, url=url_for(".index"), message=_("The clip is in the library."))


@blueprint.post("/clips/<int:clip_id>")
def change(clip_id: int) -> WebResponse:
    """Name a clip anew, put it into a playlist, or throw it away."""
    form = request.form
    act = form.get("act", "change")
    with library_told(), parts().database.session() as db:
        if act == "delete":
            service.delete_clip(db, viewer(), clip_id)
            said = _("The clip is thrown away; the call is as it was.")
        elif act == "add":
            title = form.get("new_playlist", "").strip()
            wanted = playlists.make_playlist(db, viewer(), title) if title else read_number(form.get("playlist")) or 0
            fresh = playlists.add_to_playlist(db, viewer(), wanted, clip_id)
            said = _("It is in the playlist.") if fresh else _("It was in the playlist already.")
        else:
            service.change_clip(
                db,
                viewer(),
                clip_id,
                title=form.get("title", ""),
                note=form.get("note", ""),
                topic=form.get("topic", ""),
                objection=form.get("objection"),
                stage=form.get("stage"),
            )
            said = _("Changed.")
    flash(said)
    return redirect(read_back(form.get("back")) or url_for(".index"))


def read_number(text: str | None) -> int | None:
    """A whole number that fits an id; None for anything else."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 16 else None


def read_seconds(text: str | None) -> float:
    """Seconds; what is no number is one that no call has."""
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def read_back(text: str | None) -> str | None:
    """The page to go back to: one of the library's, and nothing from outside."""
    return text if text and text.startswith(("/clips", "/playlists/", "/quizzes")) and "\\" not in text else None
