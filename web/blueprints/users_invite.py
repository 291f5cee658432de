"""Asking people in: the form, sending again, withdrawing; the link is shown to copy."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.granting import grantable
from review.accounts.invitations import NoSuchInvitation, invite, send_again, withdraw
from review.accounts.teams import list_teams
from web.auth import viewer
from web.blueprints.users import LINK
from web.parts import parts
from web.public_address import shown_address
from web.reading.account_refusals import REFUSALS, status_of, words_of

blueprint = Blueprint("users_invite", __name__, url_prefix="/users/invite")


def link_of(token: str) -> str:
    """The whole address of an invitation."""
    return shown_address("invitations.show", token=token)


@blueprint.get("")
def form() -> str:
    """The form."""
    return _page()


@blueprint.post("")
def send() -> Response | tuple[str, int]:
    """Ask a person in."""
    form, team = request.form, request.form.get("team", "")
    try:
        with parts().database.session() as db:
            made = invite(
                db,
                viewer(),
                link_of,
                email=form.get("email", ""),
                roles=form.getlist("roles"),
                name=form.get("name", ""),
                language=form.get("language", ""),
                team_id=int(team) if team.isascii() and team.isdecimal() and len(team) < 16 else None,
                manages=bool(form.get("manages")),
            )
    except REFUSALS as error:
        return _page(words_of(error)), status_of(error)
    session[LINK] = made.url
    flash(_("Invited. A letter is on its way; the link works once, for seven days."))
    return redirect(url_for("users.index"))


@blueprint.post("/<int:invitation_id>/<any(again, withdraw):act>")
def move(invitation_id: int, act: str) -> Response:
    """Send an invitation again with a new link, or withdraw it."""
    try:
        with parts().database.session() as db:
            if act == "again":
                session[LINK] = send_again(db, viewer(), invitation_id, link_of).url
            else:
                withdraw(db, viewer(), invitation_id)
    except NoSuchInvitation:
        abort(404)
    except REFUSALS as error:
        flash(words_of(error), "error")
        return redirect(url_for("users.index"))
    sent = _("A new letter is on its way, and only its link works now.")
    flash(sent if act == "again" else _("Withdrawn. Its link opens nothing any more."))
    return redirect(url_for("users.index"))


def _page(refused: str | None = None) -> str:
    with parts().database.read() as db:
        teams = list_teams(db)
    return render_template(
        "users/invite.html", refused=refused, teams=teams, grants=grantable(viewer().roles), form=request.form
    )
