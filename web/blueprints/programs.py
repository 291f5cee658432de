"""Programs that work with this installation: the tokens they come with, and the webhooks they are told by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.services.tokens import (
    BadToken,
    NotYourToken,
    create_api_token,
    list_api_tokens,
    revoke_own_token,
)
from review.webhooks.keeping import (
    BadWebhook,
    NoSuchWebhook,
    change_webhook,
    make_poster,
    make_webhook,
    open_box,
    remove_webhook,
    renew_secret,
    send_again,
    send_failed_again,
    try_webhook,
)
from review.webhooks.listing import get_webhook, list_messages, list_webhooks
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.programs import address_words, event_words, scope_words, why_words

blueprint = Blueprint("programs", __name__, url_prefix="/programs")

SHOWN: Final = 50
STATES: Final = ("waiting", "sent", "failed")


@blueprint.get("")
def index() -> str:
    """Tokens and webhooks."""
    return _index()


def _index(refused: str | None = None) -> str:
    """The page; after a refusal the form of a new token as it was sent, and why it was not made."""
    with parts().database.read() as db:
        tokens, webhooks = list_api_tokens(db), list_webhooks(db)
    mine = tokens if viewer().has_role("admin") else tuple(row for row in tokens if row.user_id == viewer().user_id)
    return render_template(
        "programs/index.html",
        tokens=tuple(row for row in mine if row.revoked_at is None),
        revoked=tuple(row for row in mine if row.revoked_at is not None)[:20],
        webhooks=webhooks,
        scopes=scope_words(),
        events=event_words(),
        refused=refused,
        form=request.form,
    )


@blueprint.post("/tokens")
def make_token() -> str | tuple[str, int]:
    """Make a token that speaks for whoever makes it, and show it this once."""
    name, scopes = request.form.get("name", ""), request.form.getlist("scope")
    try:
        with parts().database.session() as db:
            made = create_api_token(db, viewer().user_id, name.replace("\x00", ""), scopes, by=viewer().user_id)
    except BadToken:
        return _index(
            _(
                "Give it a name of at most 120 characters that says which program uses it, and at least one thing it "
                "may do."
            )
        ), 422
    return render_template("programs/shown_once.html", kind="token", name=" ".join(name.split()), secret=made.token)


@blueprint.post("/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> Response:
    """Make a token useless at once."""
    try:
        with parts().database.session() as db:
            done = revoke_own_token(db, token_id, viewer())
    except NotYourToken:
        abort(404)
    flash(
        _("Revoked. Programs that still use this token are refused from now on.")
        if done
        else _("It was revoked before.")
    )
    return redirect(url_for(".index"))


@blueprint.get("/webhooks/new")
def new_webhook() -> str:
    """The form of a new webhook."""
    return render_template("programs/webhook_form.html", webhook=None, events=event_words(), form=request.form)


@blueprint.post("/webhooks/new")
def create_webhook() -> str | tuple[str, int]:
    """Keep a new webhook, and show its secret this once."""
    name = request.form.get("name", "")
    try:
        with parts().database.session() as db:
            made, secret = make_webhook(
                db,
                open_box(parts().settings),
                make_poster(parts().settings),
                name=name,
                url=request.form.get("url", ""),
                events=request.form.getlist("event"),
                by=viewer().user_id,
            )
    except BadWebhook as error:
        return render_template(
            "programs/webhook_form.html",
            webhook=None,
            events=event_words(),
            form=request.form,
            refused=webhook_refusal(error).sentence,
        ), 422
    return render_template(
        "programs/shown_once.html", kind="webhook", name=" ".join(name.split()), secret=secret, webhook_id=made
    )


@blueprint.get("/webhooks/<int:webhook_id>")
def webhook(webhook_id: int) -> str:
    """One webhook: how it stands, what was sent with every try, and its settings."""
    return _webhook(webhook_id)


def _webhook(webhook_id: int, refused: str | None = None) -> str:
    """Its page; after a refusal with the settings as they were sent, and why they were not kept."""
    page = _page(webhook_id)
    return render_template("programs/webhook.html", **page, events=event_words(), form=request.form, refused=refused)


@blueprint.get("/webhooks/<int:webhook_id>/deliveries")
def deliveries(webhook_id: int) -> str:
    """The list of what was sent, asked for again while something waits."""
    return render_template("programs/_deliveries.html", **_page(webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>")
def change(webhook_id: int) -> Response | tuple[str, int]:
    """Keep changed settings."""
    try:
        with parts().database.session() as db:
            change_webhook(
                db,
                make_poster(parts().settings),
                webhook_id,
                by=viewer().user_id,
                name=request.form.get("name", ""),
                url=request.form.get("url", ""),
                events=request.form.getlist("event"),
            )
    except BadWebhook as error:
        return _webhook(webhook_id, webhook_refusal(error).sentence), 422
    except NoSuchWebhook:
        abort(404)
    flash(_("Saved."))
    return redirect(url_for(".webhook", webhook_id=webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/<any(on, off, test, failed_again, remove):act>")
def act(webhook_id: int, act: str) -> Response:
    """Switch on or off, try it, send what failed again, or remove it."""
    by = viewer().user_id
    said = {
        "on": _("Switched on. What waits goes out now."),
        "off": _("Switched off. What waits stays, and goes out when you switch it on again."),
        "test": _("A test is on its way: see below what its receiver answers."),
        "failed_again": _("What failed is sent once more."),
        "remove": _("The webhook is removed, with its deliveries."),
    }
    try:
        with parts().database.session() as db:
            if act in ("on", "off"):
                change_webhook(db, make_poster(parts().settings), webhook_id, by=by, on=act == "on")
            elif act == "test":
                try_webhook(db, webhook_id, by=by)
            elif act == "failed_again":
                send_failed_again(db, webhook_id, by=by)
            else:
                remove_webhook(db, webhook_id, by=by)
    except NoSuchWebhook:
        abort(404)
    flash(said[act])
    return redirect(url_for(".index") if act == "remove" else url_for(".webhook", webhook_id=webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/secret")
def renew(webhook_id: int) -> str:
    """A new signing secret, shown this once; the one before signs beside it for a day."""
    try:
        with parts().database.session() as db:
            secret = renew_secret(db, open_box(parts().settings), webhook_id, by=viewer().user_id)
            row = get_webhook(db, webhook_id)
    except NoSuchWebhook:
        abort(404)
    return render_template(
        "programs/shown_once.html",
        kind="secret",
        name=row.name if row else "",
        secret=secret,
        webhook_id=webhook_id,
        until=row.old_secret_until if row else None,
    )


@blueprint.post("/webhooks/<int:webhook_id>/deliveries/<int:message_id>/again")
def again(webhook_id: int, message_id: int) -> Response:
    """Send one delivery once more, under the same id."""
    try:
        with parts().database.session() as db:
            send_again(db, webhook_id, message_id, by=viewer().user_id)
    except NoSuchWebhook:
        abort(404)
    flash(_("It is sent again within seconds, under the same id."))
    return redirect(url_for(".webhook", webhook_id=webhook_id))


def _page(webhook_id: int) -> Mapping[str, object]:
    state = request.args.get("state")
    state = state if state in STATES else None
    before = request.args.get("before", "")
    with parts().database.read() as db:
        row = get_webhook(db, webhook_id)
        if row is None:
            abort(404)
        until = int(before) if before.isdecimal() and len(before) < 19 else None
        messages = list_messages(db, webhook_id, before=until, state=state, limit=SHOWN + 1)
    shown = messages[:SHOWN]
    return {
        "webhook": row,
        "messages": shown,
        "more": shown[-1].id if len(messages) > SHOWN else None,
        "state": state,
        "before": until,
        "states": STATES,
        "why_words": why_words,
        "waits": any(one.state == "waiting" and (row.state == "on" or one.event == "test") for one in shown),
    }


def webhook_refusal(error: BadWebhook) -> Refused:
    """Why a webhook cannot be kept, in words."""
    texts = {
        "name": _("Give it a name of at most 120 characters."),
        "events": _("Choose at least one event, and only events that there are."),
        "number": _("Remove one that is not used any more first."),
        "url": address_words(error.why),
    }
    return Refused(
        422,
        _("This webhook cannot be kept"),
        _("Nothing was changed."),
        texts[error.field],
        code="bad_webhook",
        field=error.field,
        why=error.why,
    )
