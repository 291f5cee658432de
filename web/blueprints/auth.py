"""Signing in and out, and the language switch."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.first_run import is_first
from review.accounts.oidc.provider import read_provider
from review.services import sessions, users
from review.ui_languages import UI_LANGUAGES
from web.auth import end_session, enter, viewer_of_session
from web.context import LANGUAGE_COOKIE
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("auth", __name__)

A_YEAR = 365 * 86_400  # seconds


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in form. A right answer starts a session and goes on to the page that was asked for."""
    if request.method == "POST":
        return _check_sign_in()
    target = local_path(request.args.get("next"))
    if viewer_of_session() is not None:
        return redirect(target)
    with parts().database.read() as db:
        if is_first(db):
            return redirect(url_for("first_run.begin"))
    return sign_in_page(target)


def sign_in_page(target: str, *, email: str = "", message: str | None = None) -> str:
    """The form, with the provider's button where one is set up."""
    with parts().database.read() as db:
        provider = read_provider(db)
    shown = provider if provider is not None and provider.enabled else None
    return render_template("sign_in.html", form={"email": email}, message=message, next=target, provider=shown)


def _check_sign_in() -> Response | tuple[str, int]:
    email = request.form.get("email", "").strip()[:320]
    password = request.form.get("password", "")
    target = local_path(request.form.get("next"))
    address, agent = request.remote_addr or "", request.user_agent.string[:300]
    started = None
    with parts().database.session() as db:
        # Refusals are caught inside the block: the failed attempt they counted is to be committed.
        try:
            started = sessions.sign_in(db, email, password, address, agent)
        except sessions.TooManyAttempts as error:
            status, message = 429, too_many(error.retry_after)
        except sessions.SignInRefused:
            # One sentence for an unknown address, a wrong passphrase and a disabled person: it tells nothing.
            status, message = 401, _("E-mail address and passphrase do not match.")
    if started is None:
        return sign_in_page(target, email=email, message=message), status
    return enter(started, target)


def too_many(retry_after: int) -> str:
    """How long to wait, in words; `retry_after` in seconds."""
    minutes = max(1, -(-retry_after // 60))
    return str(_("Too many attempts. Wait %(minutes)s min, then try again.", minutes=minutes))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session, here and in the database."""
    viewer_of_session()
    token = end_session()
    if token is not None:
        with parts().database.session() as db:
            sessions.sign_out(db, token)
    return redirect(url_for("auth.sign_in"))


@blueprint.post("/language")
def set_language() -> Response:
    """Keep the chosen language: on the person when signed in, in a cookie before that."""
    language = request.form.get("language", "")
    if language not in UI_LANGUAGES:
        raise Refused(
            400, _("There is no such language here"), _("Nothing was changed."), _("Choose one from the list.")
        )
    found = viewer_of_session()
    if found is not None:
        with parts().database.session() as db:
            users.set_language(db, found.user_id, language)
    response = redirect(local_path(request.form.get("next")))
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=(parts().settings.public_url or "").startswith("https://"),
    )
    return response


def local_path(text: str | None) -> str:
    """`text` when it is a path of this site, else the inbox: nobody is led away by a prepared link."""
    path = text or ""
    # Browsers read a backslash as a slash and drop control characters, so both may hide "//elsewhere".
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(c < " " or c == "\x7f" for c in path):
        return url_for("inbox.index")
    return path
