"""A forgotten passphrase: asking for a letter, and the page behind its link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.resets import ResetClosed, ask_reset, read_reset, use_reset
from review.services.passwords import WeakPassword
from web.parts import parts
from web.public_address import letter_address
from web.reading.passphrases import weak_words

blueprint = Blueprint("reset", __name__)


@blueprint.get("/forgotten")
def form() -> str:
    """The page that asks for the address."""
    return render_template("account/forgotten.html", sent=False)


@blueprint.post("/forgotten")
def ask() -> str:
    """Send a letter if the address is somebody's; the answer is the same in every case."""
    with parts().database.session() as db:
        ask_reset(db, request.form.get("email", "")[:320], lambda token: letter_address("reset.show", token=token))
    return render_template("account/forgotten.html", sent=True)


@blueprint.get("/reset/<token>")
def show(token: str) -> str | tuple[str, int]:
    """The page behind the link."""
    return _page(token)


@blueprint.post("/reset/<token>")
def use(token: str) -> Response | tuple[str, int] | str:
    """Set the passphrase; all sessions end and the person signs in with it."""
    first, second = request.form.get("password", ""), request.form.get("again", "")
    if first != second:
        return _page(token, _("The two passphrases differ. Type the same one twice."), 422)
    try:
        with parts().database.session() as db:
            use_reset(db, token, first)
    except ResetClosed:
        return _page(token)
    except WeakPassword as error:
        return _page(token, weak_words(error), 422)
    flash(_("Your passphrase is set, and all older sessions have ended. Sign in with it."))
    return redirect(url_for("auth.sign_in"))


def _page(token: str, message: str | None = None, status: int = 200) -> tuple[str, int]:
    try:
        with parts().database.read() as db:
            person = read_reset(db, token)
    except ResetClosed:
        return render_template("account/closed.html", what="reset"), 410
    return render_template("account/reset.html", person=person, message=message, token=token), status
