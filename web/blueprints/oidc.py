"""Signing in by another provider: the way there, the way back, and the passphrase before the first connection."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.invitations import InvitationClosed
from review.accounts.oidc import protocol
from review.accounts.oidc.connect import NotLetIn, ToConfirm, connect, open_account
from review.accounts.oidc.protocol import BadIdentity, Identity, ProviderDown
from review.accounts.oidc.provider import ProviderRow, read_provider, read_secret
from review.accounts.own import WrongPassphrase, confirm_passphrase
from review.accounts.sealing import SecretLost
from review.services.sessions import TooManyAttempts, go_on
from review.services.users import BadUser
from web.auth import enter
from web.blueprints.auth import local_path, sign_in_page, too_many
from web.blueprints.auth_code import seals
from web.blueprints.invitations import INVITATION
from web.parts import parts
from web.public_address import shown_address

blueprint = Blueprint("oidc", __name__, url_prefix="/sign-in/provider")
log = logging.getLogger(__name__)

LEFT = "oidc_left"  # in the browser's cookie: what must come back with it
WAITS = "oidc_waits"  # in the browser's cookie: an identity that waits for the passphrase
SECONDS: Final = 600  # to come back in, and to type the passphrase in


@blueprint.get("/start")
def start() -> Response | tuple[str, int]:
    """Off to the provider, with state, nonce and a PKCE challenge."""
    provider = _provider()
    if provider is None:
        return redirect(url_for("auth.sign_in"))
    target = local_path(request.args.get("next"))
    try:
        departure = protocol.depart(provider, shown_address("oidc.back"))
    except ProviderDown as error:
        return _down(error, target)
    session[LEFT] = {
        "state": departure.state,
        "nonce": departure.nonce,
        "verifier": departure.verifier,
        "next": target,
        "at": int(time.time()),
    }
    return redirect(departure.url)


@blueprint.get("/back")
def back() -> Response | tuple[str, int]:
    """The provider sends the browser back with a code: check what it says, then open the account it belongs to."""
    provider, left = _provider(), _kept(LEFT)
    session.pop(LEFT, None)
    if provider is None:
        return redirect(url_for("auth.sign_in"))
    if left is None or request.args.get("state") != left["state"]:
        return _refused(_("This sign-in was not begun here, or took too long. Begin again."))
    target = local_path(left["next"])
    if "error" in request.args or not request.args.get("code"):
        return _refused(_("The provider did not let you in. Nothing was changed here."))
    try:
        with parts().database.read() as db:
            secret = read_secret(db, seals())
        identity = protocol.arrive(
            provider,
            secret,
            shown_address("oidc.back"),
            code=request.args["code"][:4000],
            verifier=left["verifier"],
            nonce=left["nonce"],
        )
    except (ProviderDown, SecretLost) as error:
        return _down(error, target)
    except BadIdentity as error:
        log.warning("the provider's answer was refused: %s", error.detail)
        return _refused(_("The provider’s answer could not be trusted, so nobody was signed in. Try again."))
    return _open(identity, provider, target)


@blueprint.get("/connect")
def confirm() -> Response | str:
    """The page that asks for the passphrase before an identity is connected for the first time."""
    waits = _kept(WAITS)
    if waits is None:
        return redirect(url_for("auth.sign_in"))
    return render_template("account/connect.html", email=waits["email"], message=None)


@blueprint.post("/connect")
def take() -> Response | tuple[str, int]:
    """Connect the identity to the account whose passphrase was typed, and sign in."""
    waits = _kept(WAITS)
    if waits is None:
        return redirect(url_for("auth.sign_in"))
    address, agent = request.remote_addr or "", request.user_agent.string[:300]
    identity = Identity(waits["issuer"], waits["subject"], waits["email"], True, "")
    started = None
    with parts().database.session() as db:
        # Refusals are caught inside the block: the wrong try they counted is to be committed.
        try:
            confirm_passphrase(db, waits["user_id"], request.form.get("password", ""), address)
            connect(db, waits["user_id"], identity)
            started = go_on(db, waits["user_id"], address, agent, how="provider")
        except TooManyAttempts as error:
            status, message = 429, too_many(error.retry_after)
        except WrongPassphrase:
            status, message = 401, _("This is not your passphrase. Nothing was changed.")
        except NotLetIn as error:
            session.pop(WAITS, None)
            return _refused(_why(error))
    if started is None:
        return render_template("account/connect.html", email=waits["email"], message=message), status
    session.pop(WAITS, None)
    flash(_("Connected. From now on the provider’s button signs you in here."))
    return enter(started, local_path(waits["next"]))


def _open(identity: Identity, provider: ProviderRow, target: str) -> Response | tuple[str, int]:
    address, agent = request.remote_addr or "", request.user_agent.string[:300]
    refused, opened, started = "", None, None
    with parts().database.session() as db:
        # Refusals are written down, so they are caught inside the block.
        try:
            opened = open_account(db, identity, provider, invitation=session.get(INVITATION))
            if not isinstance(opened, ToConfirm):
                started = go_on(db, opened.user_id, address, agent, how="provider")
        except NotLetIn as error:
            refused = _why(error)
        except (BadUser, InvitationClosed):
            refused = _("The provider’s answer names nobody who could have an account here.")
    if refused or opened is None:
        return _refused(refused)
    if isinstance(opened, ToConfirm) or started is None:
        session[WAITS] = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "email": identity.email,
            "user_id": opened.user_id,
            "next": target,
            "at": int(time.time()),
        }
        return redirect(url_for(".confirm"))
    session.pop(INVITATION, None)
    answer = enter(started, target)
    if opened.said:
        flash(
            _(
                "The provider now names you %(said)s. Your account and its address here stay as they are.",
                said=opened.said,
            )
        )
    return answer


def _why(error: NotLetIn) -> str:
    words = {
        "disabled": _("This account was shut out. Ask an admin of your company."),
        "unverified": _("The provider has not verified your e-mail address, so it opens nothing here."),
        "domain": _("Addresses like %(email)s are not let in here.", email=error.email),
        "other_subject": _(
            "The account %(email)s belongs to another person at the provider. Nothing was changed; ask an admin.",
            email=error.email,
        ),
        "use_invitation": _("You are invited: open the link in your invitation’s letter and use the button there."),
        "not_invited": _("Nobody has invited %(email)s yet. Ask an admin of your company.", email=error.email),
        "already_connected": _("This identity or this account is connected already. Nothing was changed."),
    }
    return str(words[error.why])


def _provider() -> ProviderRow | None:
    with parts().database.read() as db:
        found = read_provider(db)
    return found if found is not None and found.enabled else None


def _kept(name: str) -> dict[str, Any] | None:
    """What the cookie holds under this name; None when it holds nothing or its time is over."""
    kept = session.get(name)
    return kept if isinstance(kept, dict) and time.time() - kept.get("at", 0) < SECONDS else None


def _down(error: ProviderDown | SecretLost, target: str) -> tuple[str, int]:
    log.warning("the sign-in provider cannot be used: %s", getattr(error, "detail", error))
    said = _("The sign-in provider does not answer now. Sign in with your passphrase, or try again later.")
    return sign_in_page(target, message=said), 502


def _refused(message: str) -> tuple[str, int]:
    return sign_in_page(url_for("inbox.index"), message=message), 401
