"""The page behind an invitation's link: name and passphrase, then in."""

from __future__ import annotations

from flask import Blueprint, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.invitations import InvitationClosed, accept, read_invitation
from review.accounts.oidc.provider import read_provider
from review.services.passwords import WeakPassword
from review.services.sessions import go_on
from review.services.users import BadUser, UserExists
from web.auth import enter
from web.parts import parts
from web.reading.account_refusals import words_of
from web.reading.passphrases import weak_words

blueprint = Blueprint("invitations", __name__)

INVITATION = "invitation"  # in the browser's cookie: the link it opened, for the way over another provider


@blueprint.get("/invitations/<token>")
def show(token: str) -> str | tuple[str, int]:
    """The page behind the link."""
    return _page(token)


@blueprint.post("/invitations/<token>")
def take(token: str) -> Response | tuple[str, int]:
    """Make the sign-in that was offered and go in; where a role asks for one-time codes, over their page."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(token, _("The two passphrases differ. Type the same one twice."), 422)
    address, agent = request.remote_addr or "", request.user_agent.string[:300]
    try:
        with parts().database.session() as db:
            user_id = accept(db, token, name=name, password=password)
            started = go_on(db, user_id, address, agent, how="invitation")
    except InvitationClosed:
        return _page(token)
    except WeakPassword as error:
        return _page(token, weak_words(error), 422)
    except UserExists:
        return _page(token, _("This address has a sign-in already. Sign in with it, or ask for a new passphrase."), 409)
    except BadUser as error:
        return _page(token, words_of(error), 422)
    session.pop(INVITATION, None)
    return enter(started, url_for("inbox.index"))


def _page(token: str, message: str | None = None, status: int = 200) -> tuple[str, int]:
    try:
        with parts().database.read() as db:
            found = read_invitation(db, token)
            provider = read_provider(db)
    except InvitationClosed as error:
        return render_template("account/closed.html", what="invitation", state=error.state), 410
    shown = provider if provider is not None and provider.enabled else None
    if shown is not None:
        session[INVITATION] = token
    name = request.form.get("name", found.name)
    page = render_template(
        "account/invitation.html", found=found, message=message, token=token, name=name, provider=shown
    )
    return page, status
