"""People who sign in: the list, one person's page, what is changed there."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.accounts import changes
from review.accounts.granting import grantable, may_manage
from review.accounts.held import read_held
from review.accounts.invitations import list_invitations
from review.accounts.listing import PeopleFilter, get_person, list_people
from review.accounts.team_history import history_of_user
from review.accounts.teams import list_teams
from review.queries.viewer import RIGHTS, ROLES
from review.services.sessions import list_sessions
from review.services.users import UnknownUser
from review.ui_languages import UI_LANGUAGES
from web.auth import viewer
from web.parts import parts
from web.public_address import shown_address
from web.reading.account_refusals import REFUSALS, status_of, words_of

blueprint = Blueprint("users", __name__, url_prefix="/users")

MOST_SHOWN: Final = 200
LINK = "link_to_copy"  # in the browser's cookie until the next page: a link that can be shown only once


@blueprint.get("")
def index() -> str:
    """The list, with open invitations above it."""
    wanted = read_filter()
    with parts().database.read() as db:
        found = list_people(db, wanted, limit=MOST_SHOWN + 1)
        return render_template(
            "users/index.html",
            people=found[:MOST_SHOWN],
            more=len(found) > MOST_SHOWN,
            wanted=wanted,
            invitations=list_invitations(db, only_open=True),
            teams=list_teams(db),
            roles=ROLES,
            grants=grantable(viewer().roles),
            link=session.pop(LINK, None),
        )


@blueprint.get("/<int:user_id>")
def show(user_id: int) -> str:
    """One person: roles, teams, rights, sessions, teams of the past."""
    return _page(user_id)


@blueprint.post("/<int:user_id>")
def change(user_id: int) -> Response | tuple[str, int]:
    """Keep what was changed in the form, all of it or nothing."""
    form, actor = request.form, viewer()
    managed = {int(text) for text in form.getlist("manages") if _is_id(text)}
    teams = {int(text): int(text) in managed for text in form.getlist("teams") if _is_id(text)}
    try:
        with parts().database.session() as db:
            changes.change_name(db, actor, user_id, form.get("name", ""))
            changes.change_language(db, actor, user_id, form.get("language", ""))
            if user_id != actor.user_id:
                changes.change_roles(db, actor, user_id, form.getlist("roles"))
            if user_id != actor.user_id or "admin" in actor.roles:
                changes.change_teams(db, actor, user_id, teams)
            if "admin" in actor.roles and user_id != actor.user_id:
                kept = get_person(db, user_id)
                outside = kept is not None and set(kept.roles) <= {"external_reviewer"}
                changes.change_rights(db, actor, user_id, () if outside else form.getlist("rights"))
    except UnknownUser:
        abort(404)
    except REFUSALS as error:
        return _page(user_id, words_of(error)), status_of(error)
    flash(_("Kept. It holds from their next click on."))
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<int:user_id>/<any(disable, enable, sign_out, reset, codes):act>")
def do(user_id: int, act: str) -> Response | tuple[str, int]:
    """Shut out, let in, end sessions, make a link for a new passphrase, forget one-time codes."""
    actor = viewer()
    try:
        with parts().database.session() as db:
            if act == "disable":
                changes.shut_out(db, actor, user_id)
                said = _shut_out_words(read_held(db, user_id).waiting)
            elif act == "enable":
                changes.let_in(db, actor, user_id)
                said = _("They can sign in again.")
            elif act == "sign_out":
                ended = changes.sign_out_everywhere(db, actor, user_id)
                said = ngettext("%(num)s session has ended.", "%(num)s sessions have ended.", ended)
            elif act == "codes":
                was_on = changes.forget_codes(db, actor, user_id)
                said = _("Their one-time codes are off, and their sessions have ended.")
                said = said if was_on else _("They had no one-time codes.")
            else:
                session[LINK] = changes.reset_link(
                    db, actor, user_id, lambda token: shown_address("reset.show", token=token)
                )
                said = _("The link works once, for a day. Hand it to nobody else.")
    except UnknownUser:
        abort(404)
    except REFUSALS as error:
        return _page(user_id, words_of(error)), status_of(error)
    flash(said)
    return redirect(url_for(".show", user_id=user_id))


def _shut_out_words(left: int) -> str:
    """What became of the sessions and of the calls that waited; `left` of them wait still."""
    if not left:
        return str(_("Shut out: every session has ended, and calls that waited for them were handed on."))
    return str(
        ngettext(
            "Shut out: every session has ended. %(num)s call waits until a lead hands it on or takes it back.",
            "Shut out: every session has ended. %(num)s calls wait until a lead hands them on or takes them back.",
            left,
        )
    )


def read_filter() -> PeopleFilter:
    """The filter in the address; what is not known is passed over."""
    args = request.args
    role, state, team = args.get("role"), args.get("state"), args.get("team", "")
    return PeopleFilter(
        query=args.get("q", "")[:200].replace("\x00", ""),
        role=role if role in ROLES else None,
        team_id=int(team) if _is_id(team) else None,
        state=state if state in ("active", "disabled", "never") else None,
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _page(user_id: int, refused: str | None = None) -> str:
    words: dict[str, Any] = {}
    with parts().database.read() as db:
        person = get_person(db, user_id)
        if person is None:
            abort(404)
        words = {
            "teams": list_teams(db),
            "history": history_of_user(db, user_id),
            "sessions": len(list_sessions(db, user_id)),
            "held": read_held(db, user_id),
        }
    mine = may_manage(viewer(), person.roles)
    return render_template(
        "users/person.html",
        person=person,
        mine=mine,
        own=user_id == viewer().user_id,
        grants=grantable(viewer().roles),
        roles=ROLES,
        rights=RIGHTS,
        languages=UI_LANGUAGES,
        refused=refused,
        link=session.pop(LINK, None),
        **words,
    )
