"""How people sign in: which roles must use one-time codes, and the provider they may come by."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts.installation import read_installation, set_code_roles
from review.accounts.oidc.provider import NEW_ROLES, BadProvider, read_provider, remove_provider, save_provider
from review.queries.viewer import ROLES
from web.auth import viewer
from web.blueprints.auth_code import seals
from web.parts import parts
from web.public_address import shown_address

blueprint = Blueprint("users_rules", __name__, url_prefix="/users/sign-in")


@blueprint.get("")
def index() -> str:
    """The page."""
    return _page()


@blueprint.post("/codes")
def code_roles() -> Response:
    """Keep which roles must use one-time codes."""
    wanted = [role for role in request.form.getlist("roles") if role in ROLES]
    with parts().database.session() as db:
        set_code_roles(db, wanted, by=viewer().user_id)
    flash(_("Kept. Who has no codes yet is asked to set them up at the next sign-in."))
    return redirect(url_for(".index"))


@blueprint.post("/provider")
def provider() -> Response | tuple[str, int]:
    """Keep the provider's settings, or forget it."""
    form = request.form
    if form.get("act") == "remove":
        with parts().database.session() as db:
            remove_provider(db, by=viewer().user_id)
        flash(_("Forgotten. People sign in with their passphrases."))
        return redirect(url_for(".index"))
    typed = form.get("secret", "")
    try:
        with parts().database.session() as db:
            save_provider(
                db,
                seals(),
                issuer=form.get("issuer", ""),
                client_id=form.get("client_id", ""),
                secret="" if form.get("no_secret") else typed or None,
                label=form.get("label", ""),
                domains=form.get("domains", "").splitlines(),
                invited_only=form.get("who", "invited") != "anyone",
                new_roles=form.getlist("new_roles"),
                enabled=bool(form.get("enabled")),
                by=viewer().user_id,
            )
    except BadProvider as error:
        return _page(provider_words(error)), 422
    flash(_("Kept. Try the button on the sign-in page before you rely on it."))
    return redirect(url_for(".index"))


def provider_words(error: BadProvider) -> str:
    """What is wrong with a provider's settings."""
    words = {
        "issuer": _("Write the issuer’s address, beginning with https://."),
        "client_id": _("Copy the client id that the provider shows for this application."),
        "label": _("Write what the button says, at most 60 characters."),
        "domains": _("Write domains like example.com, one a line, at most 50."),
        "new_roles": _("Choose the roles of people who come without an invitation."),
    }
    return str(words[error.field])


def _page(refused: str | None = None) -> str:
    with parts().database.read() as db:
        kept, found = read_installation(db), read_provider(db)
    return render_template(
        "users/rules.html",
        kept=kept,
        provider=found,
        roles=ROLES,
        new_roles=NEW_ROLES,
        back=shown_address("oidc.back"),
        refused=refused,
        form=request.form,
    )
