"""Teams and reps: who is in which team and who was, extensions and names of reps, which sign-in speaks as whom."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.team_history import history_of_team, stretches_of
from review.accounts.teams import (
    aliases_of,
    change_rep,
    get_rep,
    get_team,
    list_teams,
    make_team,
    members_of,
    rename_team,
    suggested_sign_in,
    unjoined_sign_ins,
)
from review.services.people import BadRep, add_rep, list_reps
from review.services.users import BadUser, get_user
from review.telephony.people import forget_name
from web.auth import viewer
from web.parts import parts
from web.reading.account_refusals import REFUSALS, status_of, words_of

blueprint = Blueprint("teams", __name__)


@blueprint.get("/teams")
def index() -> str:
    """All teams."""
    return _index()


@blueprint.post("/teams")
def make() -> Response | tuple[str, int]:
    """A new team."""
    try:
        with parts().database.session() as db:
            team_id = make_team(db, request.form.get("name", ""), by=viewer().user_id)
    except BadRep as error:
        return _index(_team_words()), status_of(error)
    return redirect(url_for(".show", team_id=team_id))


@blueprint.get("/teams/<int:team_id>")
def show(team_id: int) -> str:
    """One team: managers and members, reps, everybody who ever was in it."""
    return _team(team_id)


@blueprint.post("/teams/<int:team_id>")
def rename(team_id: int) -> Response | tuple[str, int]:
    """Give the team another name."""
    try:
        with parts().database.session() as db:
            rename_team(db, team_id, request.form.get("name", ""), by=viewer().user_id)
    except BadRep as error:
        return _team(team_id, _team_words()), status_of(error)
    flash(_("Kept."))
    return redirect(url_for(".show", team_id=team_id))


@blueprint.get("/reps")
def reps() -> str:
    """All reps, those without a sign-in marked."""
    return _reps()


@blueprint.post("/reps")
def add() -> Response | tuple[str, int]:
    """A new rep."""
    form, team = request.form, request.form.get("team", "")
    try:
        with parts().database.session() as db:
            rep_id = add_rep(
                db,
                name=form.get("name", "")[:120],
                extension=form.get("extension", "")[:64],
                team_id=_id(team),
                by=viewer().user_id,
            )
    except BadRep as error:
        return _reps(words_of(error)), 422
    return redirect(url_for(".rep", rep_id=rep_id))


@blueprint.get("/reps/<int:rep_id>")
def rep(rep_id: int) -> str:
    """One rep."""
    return _rep(rep_id)


@blueprint.post("/reps/<int:rep_id>")
def change(rep_id: int) -> Response | tuple[str, int]:
    """Keep what was changed of a rep, or forget a name a source knows them by."""
    form = request.form
    try:
        with parts().database.session() as db:
            if form.get("act") == "forget":
                forget_name(db, form.get("source", ""), form.get("alias", ""), by=viewer().user_id)
            else:
                change_rep(
                    db,
                    viewer(),
                    rep_id,
                    name=form.get("name", ""),
                    extension=form.get("extension", ""),
                    email=form.get("email", ""),
                    team_id=_id(form.get("team", "")),
                    user_id=_id(form.get("sign_in", "")),
                    active=bool(form.get("active")),
                )
    except REFUSALS as error:
        return _rep(rep_id, words_of(error)), status_of(error)
    flash(_("Kept."))
    return redirect(url_for(".rep", rep_id=rep_id))


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 16 else None


def _team_words() -> str:
    return str(_("Give the team a name that no other team has, at most 120 characters."))


def _index(refused: str | None = None) -> str:
    with parts().database.read() as db:
        teams = list_teams(db)
    return render_template("teams/index.html", teams=teams, refused=refused)


def _team(team_id: int, refused: str | None = None) -> str:
    with parts().database.read() as db:
        team = get_team(db, team_id)
        if team is None:
            abort(404)
        return render_template(
            "teams/team.html",
            team=team,
            members=members_of(db, team_id),
            reps=[row for row in list_reps(db) if row.team_id == team_id],
            history=history_of_team(db, team_id),
            refused=refused,
        )


def _reps(refused: str | None = None) -> str:
    with parts().database.read() as db:
        return render_template("teams/reps.html", reps=list_reps(db), teams=list_teams(db), refused=refused)


def _rep(rep_id: int, refused: str | None = None) -> str:
    with parts().database.read() as db:
        found = get_rep(db, rep_id)
        if found is None:
            abort(404)
        try:
            joined = get_user(db, found.user_id) if found.user_id is not None else None
        except BadUser:
            joined = None
        return render_template(
            "teams/rep.html",
            rep=found,
            joined=joined,
            suggested=suggested_sign_in(db, found),
            free=unjoined_sign_ins(db),
            teams=list_teams(db),
            aliases=aliases_of(db, rep_id),
            history=stretches_of(db, [rep_id])[rep_id],
            refused=refused,
        )
