"""Promises of reps across clients: what is overdue, what is open, what was kept, and a person's word on each."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, render_template, request

from review.client_card.decisions import decide_promise
from review.queries.client_promises import LISTED, PromiseFilter, list_promises, read_promises
from review.queries.inbox import filter_choices
from web.access_rules import EDITS_CLIENT
from web.auth import viewer
from web.errors import is_htmx
from web.parts import parts
from web.reading.client_card import card_refusals_told, sellers_zone

blueprint = Blueprint("promises", __name__, url_prefix="/promises")

PAGE: Final = 40


@blueprint.get("")
def index() -> str:
    """Promises of the calls one may see, overdue ones unless asked otherwise; more lines alone for htmx."""
    wanted = _read_filter()
    after = request.args.get("after") or None
    chosen = {"listed": wanted.listed, "rep_id": wanted.rep_id, "client_id": wanted.client_id}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    with parts().database.read() as db:
        page = list_promises(db, viewer(), wanted, zone=sellers_zone(), after=after, limit=PAGE)
        choices = None if is_htmx() and after else filter_choices(db, viewer())
    may_edit = EDITS_CLIENT.allows(viewer())
    if choices is None:
        return render_template("client/_promise_lines.html", page=page, chosen=chosen, may_edit=may_edit)
    return render_template(
        "client/promises.html",
        page=page,
        filters=wanted,
        chosen=chosen,
        listed=LISTED,
        reps=choices.reps,
        may_edit=may_edit,
    )


@blueprint.post("/<int:promise_id>")
def decide(promise_id: int) -> str:
    """Say of a promise that it was kept or not; its line as it stands then."""
    with card_refusals_told(), parts().database.session() as db:
        client_id = decide_promise(db, viewer(), promise_id, request.form.get("decision", ""))
    with parts().database.read() as db:
        promises = read_promises(db, viewer(), [client_id], zone=sellers_zone(), most=None).get(client_id, ())
    row = next((row for row in promises if row.id == promise_id), None)
    if row is None:
        abort(404)
    with_client = request.form.get("with_client") == "1"
    return render_template("client/_promise.html", row=row, with_client=with_client, may_edit=True)


def _read_filter() -> PromiseFilter:
    listed = request.args.get("listed", "")
    return PromiseFilter(
        listed=listed if listed in LISTED else "overdue", rep_id=_number("rep_id"), client_id=_number("client_id")
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
