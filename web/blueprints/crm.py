"""CRM connections: set up, tested, read, and what was told to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.services.crm_connections import (
    BadConnection,
    ConnectionRow,
    NoSuchConnection,
    add_connection,
    change_connection,
    count_outbox,
    get_connection,
    list_connections,
    list_people,
    name_person,
    remove_connection,
    set_state,
    sync_soon,
)
from review.services.crm_pages import KINDS, NotRetriable, list_conflicts, list_outbox, retry, try_now
from review.services.crm_secrets import SecretBox
from review.services.people import list_reps
from web.auth import viewer
from web.connector_sentences import reason_text
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("crm", __name__, url_prefix="/crm")

LANGUAGES = ("en", "ru", "ko", "zh")
STATES = ("waiting", "failed", "sent", "skipped")
_LISTS = frozenset({"unqualified_reasons"})
_TABLES = frozenset({"fields"})


@blueprint.get("")
def index() -> str:
    """All connections, what waits or failed, and what did not agree."""
    with parts().database.read() as db:
        return render_template(
            "crm/index.html",
            connections=list_connections(db),
            outbox=count_outbox(db),
            failed=list_outbox(db, state="failed", limit=10),
            conflicts=list_conflicts(db, limit=10),
            kinds=tuple(KINDS.values()),
        )


@blueprint.get("/new/<kind>")
def new(kind: str) -> str:
    """The form of a new connection."""
    if kind not in KINDS:
        abort(404)
    return render_template("crm/form.html", kind=KINDS[kind], connection=None, languages=LANGUAGES, people=(), reps=())


@blueprint.post("/new/<kind>")
def create(kind: str) -> Response:
    """Keep a new connection; it is read at once."""
    if kind not in KINDS:
        abort(404)
    try:
        with parts().database.session() as db:
            made = add_connection(
                db,
                _box(),
                kind=kind,
                name=request.form.get("name", ""),
                settings=_settings(kind, request.form),
                secrets=_secrets(kind, request.form),
                note_when=request.form.get("note_when", ""),
                by=viewer().user_id,
            )
    except BadConnection as error:
        raise _refused(error) from error
    flash(_("Connected. The first reading begins within seconds; test the connection to see whether it answers."))
    return redirect(url_for(".show", connection_id=made))


@blueprint.get("/<int:connection_id>")
def show(connection_id: int) -> str:
    """One connection: how it stands, who is who, what was told, and its settings."""
    with parts().database.read() as db:
        connection = _connection(get_connection(db, connection_id))
        return render_template(
            "crm/show.html",
            connection=connection,
            kind=KINDS[connection.kind],
            languages=LANGUAGES,
            people=list_people(db, connection_id),
            reps=tuple(rep for rep in list_reps(db) if rep.active),
            conflicts=list_conflicts(db, connection_id, limit=20),
            items=list_outbox(db, connection_id=connection_id, limit=20),
        )


@blueprint.post("/<int:connection_id>")
def change(connection_id: int) -> Response:
    """Keep changed settings; a key left empty stays."""
    with parts().database.session() as db:
        connection = _connection(get_connection(db, connection_id))
        try:
            change_connection(
                db,
                _box(),
                connection_id,
                name=request.form.get("name", ""),
                settings=_settings(connection.kind, request.form),
                secrets=_secrets(connection.kind, request.form),
                note_when=request.form.get("note_when", ""),
                by=viewer().user_id,
            )
        except BadConnection as error:
            raise _refused(error) from error
    flash(_("Saved."))
    return redirect(url_for(".show", connection_id=connection_id))


@blueprint.post("/<int:connection_id>/test")
def test(connection_id: int) -> Response:
    """Ask the CRM who we are there."""
    with parts().database.read() as db:
        _connection(get_connection(db, connection_id))
    works, words = try_now(parts().database, _box(), connection_id, region=parts().settings.region)
    if works:
        flash(_("It answers: %(account)s", account=words), "success")
    else:
        flash(_("It does not work: %(why)s", why=reason_text(words)), "error")
    return redirect(url_for(".show", connection_id=connection_id))


@blueprint.post("/<int:connection_id>/<any(sync, pause, go_on, remove):act>")
def act(connection_id: int, act: str) -> Response:
    """Read now, pause, go on, or forget the connection."""
    by = viewer().user_id
    with parts().database.session() as db:
        _connection(get_connection(db, connection_id))
        if act == "sync":
            sync_soon(db, connection_id, by=by)
        elif act == "remove":
            remove_connection(db, connection_id, by=by)
        else:
            set_state(db, connection_id, "paused" if act == "pause" else "active", by=by)
    said = {
        "sync": _("It is read within seconds."),
        "pause": _("Paused: nothing is read and nothing is sent until you let it go on."),
        "go_on": _("It goes on."),
        "remove": _("The connection is removed. Clients, deals and notes stay."),
    }
    flash(said[act])
    return redirect(url_for(".index") if act == "remove" else url_for(".show", connection_id=connection_id))


@blueprint.post("/<int:connection_id>/people")
def name(connection_id: int) -> Response:
    """Say which rep somebody of the CRM is."""
    rep = request.form.get("rep", "")
    try:
        with parts().database.session() as db:
            changed = name_person(
                db,
                connection_id,
                request.form.get("person", ""),
                int(rep) if rep.isdigit() else None,
                by=viewer().user_id,
            )
    except NoSuchConnection:
        abort(404)
    flash(
        ngettext(
            "Kept. %(num)s deal or task has its rep now.", "Kept. %(num)s deals and tasks have their rep now.", changed
        )
    )
    return redirect(url_for(".show", connection_id=connection_id))


@blueprint.get("/outbox")
def outbox() -> str:
    """What is to be told to CRMs, and what was."""
    state = request.args.get("state")
    state = state if state in STATES else None
    with parts().database.read() as db:
        return render_template(
            "crm/outbox.html", items=list_outbox(db, state=state), counts=count_outbox(db), states=STATES, state=state
        )


@blueprint.post("/outbox/<int:item_id>/retry")
def retry_item(item_id: int) -> Response:
    """Try what failed again."""
    try:
        with parts().database.session() as db:
            retry(db, item_id, by=viewer().user_id)
    except NotRetriable:
        flash(_("It was sent or is waiting already."))
    else:
        flash(_("It is sent again within seconds."))
    return redirect(url_for(".outbox", state="failed"))


def _connection(found: ConnectionRow | None) -> ConnectionRow:
    if found is None:
        abort(404)
    return found


def _box() -> SecretBox:
    return SecretBox(parts().settings.secret_key())


def _secrets(kind: str, form: Mapping[str, str]) -> dict[str, str]:
    return {secret: form.get(f"secret_{secret}", "") for secret in KINDS[kind].secrets}


def _settings(kind: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The form's settings: lists have one word on each line, tables `ours = theirs`."""
    found: dict[str, Any] = {}
    for setting in KINDS[kind].settings:
        text = form.get(setting, "").strip()
        if setting in _LISTS:
            found[setting] = [line.strip() for line in text.splitlines() if line.strip()]
        elif setting in _TABLES:
            pairs = (line.partition("=") for line in text.splitlines())
            found[setting] = {ours.strip(): theirs.strip() for ours, _equals, theirs in pairs if theirs.strip()}
        else:
            found[setting] = text
    minutes = form.get("every_minutes", "")
    found["every_minutes"] = int(minutes) if minutes.isdigit() and 1 <= int(minutes) <= 1440 else None
    language = form.get("language")
    found["language"] = language if language in LANGUAGES else None
    found["transcripts"] = form.get("transcripts") == "1"
    return found


def _refused(error: BadConnection) -> Refused:
    texts = {
        "name": _("Give it a name of its own, at most 60 characters."),
        "address": _("The address must begin with https://"),
    }
    return Refused(
        422,
        _("This connection cannot be kept"),
        _("Nothing was changed."),
        texts.get(error.field, _("Look at what you filled in and send it again.")),
        code="bad_connection",
        field=error.field,
    )
