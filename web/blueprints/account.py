"""One's own account: name, language, passphrase, one-time codes, sessions, the connected provider."""

from __future__ import annotations

import time
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.accounts import codes, own
from review.accounts.oidc.connect import disconnect, identities_of
from review.accounts.oidc.provider import read_provider
from review.accounts.sealing import SecretLost
from review.accounts.team_history import history_of_user
from review.services import users
from review.services.passwords import WeakPassword
from review.services.sessions import TooManyAttempts, list_sessions
from review.services.users import BadUser
from review.ui_languages import UI_LANGUAGES
from web.auth import session_token, viewer
from web.blueprints.auth import too_many
from web.blueprints.auth_code import recovery_page, seals, set_up_words
from web.parts import parts
from web.reading.account_refusals import words_of
from web.reading.agents import agent_words
from web.reading.passphrases import weak_words

blueprint = Blueprint("account", __name__, url_prefix="/account")

SHOWN_AT = "passphrase_shown_at"  # in the browser's cookie: when the passphrase before setting codes up was right
SECONDS: Final = 600  # for it to hold


@blueprint.get("")
def index() -> str:
    """The page."""
    return _page()


@blueprint.post("")
def save() -> Response | tuple[str, int]:
    """Keep name and language."""
    language = request.form.get("language", "")
    try:
        with parts().database.session() as db:
            users.set_name(db, viewer().user_id, request.form.get("name", ""), by=viewer().user_id)
            if language in UI_LANGUAGES:
                users.set_language(db, viewer().user_id, language)
    except BadUser as error:
        return _page(error_of={"name": words_of(error)}), 422
    flash(_("Kept."))
    return redirect(url_for(".index"))


@blueprint.post("/passphrase")
def passphrase() -> Response | tuple[str, int]:
    """Set a new passphrase after the old one; every other session ends."""
    form = request.form
    message, status = "", 422
    if form.get("password", "") != form.get("again", ""):
        message = _("The two passphrases differ. Type the same one twice.")
    else:
        with parts().database.session() as db:
            # Refusals are caught inside the block: the wrong try they counted is to be committed.
            try:
                own.change_passphrase(
                    db,
                    viewer().user_id,
                    form.get("old", ""),
                    form.get("password", ""),
                    address=request.remote_addr or "",
                    keep=session_token(),
                )
            except TooManyAttempts as error:
                message, status = too_many(error.retry_after), 429
            except own.WrongPassphrase as error:
                message = words_of(error)
            except WeakPassword as error:
                message = weak_words(error)
    if message:
        return _page(error_of={"passphrase": message}), status
    flash(_("Your passphrase is changed, and all your other sessions have ended."))
    return redirect(url_for(".index"))


@blueprint.post("/sessions")
def end_others() -> Response:
    """End all sessions but this one."""
    with parts().database.session() as db:
        ended = own.end_other_sessions(db, viewer().user_id, session_token())
    flash(ngettext("%(num)s other session has ended.", "%(num)s other sessions have ended.", ended))
    return redirect(url_for(".index"))


@blueprint.post("/provider")
def forget_provider() -> Response | tuple[str, int]:
    """Let the provider open this account no more; without a passphrase there would be no way in."""
    with parts().database.session() as db:
        may = own.has_passphrase(db, viewer().user_id)
        gone = may and disconnect(db, viewer().user_id)
    if not may:
        said = _("Set a passphrase first: ask for a new one on the sign-in page. Else there would be no way in.")
        return _page(error_of={"provider": said}), 409
    if gone:
        flash(_("Disconnected. You sign in with your passphrase."))
    return redirect(url_for(".index"))


@blueprint.route("/codes", methods=["GET", "POST"])
def set_up_codes() -> Response | str | tuple[str, int]:
    """Set one-time codes up: the passphrase, then the picture, then the first code."""
    with parts().database.read() as db:
        state = codes.read_state(db, viewer().user_id)
    if state.on:
        return redirect(url_for(".index"))
    if request.method == "GET":
        return render_template("account/codes.html", step="passphrase", message=None)
    shown_at = session.get(SHOWN_AT)
    if "code" not in request.form or not isinstance(shown_at, int) or time.time() - shown_at > SECONDS:
        refused = _check_passphrase()
        if refused is not None:
            return render_template("account/codes.html", step="passphrase", message=refused[0]), refused[1]
        session[SHOWN_AT] = int(time.time())
        return render_template("account/codes.html", step="code", message=None, **set_up_words(viewer().user_id))
    message = ""
    with parts().database.session() as db:
        # Refusals are caught inside the block: the wrong try they counted is to be committed.
        try:
            made = codes.confirm(db, viewer().user_id, request.form["code"][:100], seals())
        except codes.TooManyCodes as error:
            message, status = too_many(error.retry_after), 429
        except (codes.WrongCode, SecretLost):
            message, status = _("This code is not right any more. Wait for the next one and type that."), 422
    if message:
        words = set_up_words(viewer().user_id)
        return render_template("account/codes.html", step="code", message=message, **words), status
    session.pop(SHOWN_AT, None)
    return recovery_page(viewer().user_id, made, url_for(".index"))


@blueprint.post("/codes/<any(off, renew):act>")
def change_codes(act: str) -> Response | str | tuple[str, int]:
    """Turn codes off, or make new recovery codes; the passphrase first."""
    with parts().database.read() as db:
        state = codes.read_state(db, viewer().user_id)
    if not state.on:
        return redirect(url_for(".index"))
    refused = _check_passphrase()
    if refused is None and act == "off" and state.required:
        refused = _("Your role asks for one-time codes, so they stay on."), 409
    if refused is not None:
        return _page(error_of={"codes": refused[0]}), refused[1]
    made: tuple[str, ...] = ()
    with parts().database.session() as db:
        if act == "renew":
            made = codes.renew_recovery(db, viewer().user_id, by=viewer().user_id)
        else:
            codes.turn_off(db, viewer().user_id, by=viewer().user_id)
    if made:
        return recovery_page(viewer().user_id, made, url_for(".index"))
    flash(_("One-time codes are off."))
    return redirect(url_for(".index"))


def _check_passphrase() -> tuple[str, int] | None:
    """What refuses the passphrase in the form, and with which status; None when it is right."""
    with parts().database.session() as db:
        # Refusals are caught inside the block: the wrong try they counted is to be committed.
        try:
            own.confirm_passphrase(db, viewer().user_id, request.form.get("passphrase", ""), request.remote_addr or "")
        except TooManyAttempts as error:
            return too_many(error.retry_after), 429
        except own.WrongPassphrase as error:
            return words_of(error), 422
    return None


def _page(error_of: dict[str, Any] | None = None) -> str:
    with parts().database.read() as db:
        user_id = viewer().user_id
        return render_template(
            "account/index.html",
            me=users.get_user(db, user_id),
            codes=codes.read_state(db, user_id),
            sessions=[(row, agent_words(row.user_agent)) for row in list_sessions(db, user_id, session_token())],
            history=history_of_user(db, user_id),
            identities=identities_of(db, user_id),
            provider=read_provider(db),
            has_passphrase=own.has_passphrase(db, user_id),
            languages=UI_LANGUAGES,
            refused=error_of or {},
        )
