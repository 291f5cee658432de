"""Saved views: filters kept under a name, shared, ordered, opened first."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.services.views import (
    NoSuchView,
    ViewRefused,
    choose_default,
    delete_view,
    move_view,
    rename_view,
    save_view,
    share_view,
)
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.asked import read_view_query

blueprint = Blueprint("views", __name__, url_prefix="/views")

HOME: Final = {"inbox": "inbox.index", "objections": "objections.index"}


@blueprint.post("")
def save() -> Response:
    """Keep the filters of a page under a name; the same name of one's own gets the new filters."""
    form = request.form
    page = form.get("page", "")
    if page not in HOME:
        raise _refused(ViewRefused("query", ""))
    query = read_view_query(page, form.get("query", ""), viewer())
    shared, team_id = _sharing(form.get("shared", "nobody"))
    try:
        with parts().database.session() as db:
            made = save_view(db, viewer(), page, form.get("name", ""), query, shared=shared, team_id=team_id)
            if form.get("default") == "1":
                choose_default(db, viewer(), page, made)
    except ViewRefused as error:
        raise _refused(error) from error
    flash(_("The view is kept."))
    return redirect(_address(page, query))


@blueprint.post("/<int:view_id>")
def change(view_id: int) -> Response:
    """Rename, share, move, delete a view, or open the page with it (`act`)."""
    form = request.form
    act, page = form.get("act", ""), form.get("page", "")
    try:
        with parts().database.session() as db:
            if act == "rename":
                rename_view(db, viewer(), view_id, form.get("name", ""))
                shared, team_id = _sharing(form.get("shared", "nobody"))
                share_view(db, viewer(), view_id, shared, team_id)
                said = _("Changed.")
            elif act == "delete":
                said = _(
                    "The view “%(name)s” is gone; the calls are as they were.", name=delete_view(db, viewer(), view_id)
                )
            elif act in ("left", "right"):
                move_view(db, viewer(), view_id, -1 if act == "left" else 1)
                said = ""
            elif act == "default":
                choose_default(db, viewer(), page, view_id)
                said = _("The page opens with this view from now on.")
            elif act == "no_default":
                choose_default(db, viewer(), page, None)
                said = _("The page opens with everything from now on.")
            else:
                raise ViewRefused("act", "")
    except NoSuchView:
        abort(404)
    except ViewRefused as error:
        raise _refused(error) from error
    if said:
        flash(said)
    return redirect(_address(page, form.get("query", "") if act != "delete" else ""))


def _address(page: str, query: str) -> str:
    """The page with these filters; the query is one of ours, never taken as an address."""
    kept = read_view_query(page, query, viewer()) if page in HOME else ""
    base = url_for(HOME.get(page, "inbox.index"), view="none")
    return f"{base}&{kept}" if kept else base


def _sharing(text: str) -> tuple[str, int | None]:
    """`nobody`, `everybody`, or `team:3`."""
    kind, _colon, team = text.partition(":")
    return kind, int(team) if team.isdecimal() and len(team) < 16 else None


def _refused(error: ViewRefused) -> Refused:
    words = {
        "name": _("Give the view a name of at most 60 characters that none of your other views has"),
        "query": _("There is nothing to keep: set a filter first"),
        "shared": _("Only a quality lead or the head of sales shares a view with everybody"),
        "team": _("Choose a team you manage"),
    }
    return Refused(
        422,
        words.get(error.field, _("That is nothing one can do with a view")),
        _("Nothing was changed."),
        _("Go back and choose again."),
        code=error.code,
        field=error.field,
    )
