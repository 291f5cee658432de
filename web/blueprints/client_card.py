"""What people do on a client's card: change its fields, comment, and send a fact from a call to the CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from review.client_card import edits, remarks
from review.client_card.decisions import fact_key, write_fact_to_crm
from review.client_card.refusals import ClientChanged
from review.comments.people import suggest
from review.crm.outbox import Told, find_home
from review.crm.outbox import told as read_told
from review.queries.client import may_see_client
from review.queries.client_said import FactGroup, get_fact
from web.auth import viewer
from web.parts import parts
from web.reading.client_card import (
    card_refusals_told,
    compare,
    crm_setup_url,
    fields_from_json,
    read_fields_json,
    read_form,
)

blueprint = Blueprint("client_card", __name__, url_prefix="/clients")


@blueprint.post("/<int:client_id>")
def save(client_id: int) -> tuple[Response, int]:
    """Store the card's fields; 409 with both versions side by side when somebody stored a change meanwhile."""
    revision = request.form.get("revision", "")
    try:
        with card_refusals_told(), parts().database.session() as db:
            if not may_see_client(db, viewer(), client_id):
                abort(404)
            mine = read_form(request.form)
            base = read_fields_json(request.form.get("base"))
            edits.save_card(db, viewer(), client_id, int(revision) if revision.isdecimal() else 0, mine, base)
    except ClientChanged as changed:
        theirs = fields_from_json(changed.theirs)
        lines = compare(theirs, mine, base)
        html = render_template("client/_conflict.html", lines=lines)
        return jsonify(ok=False, code=changed.code, revision=changed.revision, fields=theirs.to_json(), html=html), 409
    with parts().database.read() as db:
        made, stored = edits.read_fields(db, viewer(), client_id)
    return jsonify(ok=True, revision=made, fields=stored.to_json()), 200


@blueprint.get("/<int:client_id>/revision")
def live(client_id: int) -> Response:
    """The version the card stands at now: a page that has it open asks whether somebody stored a change."""
    with card_refusals_told(), parts().database.read() as db:
        revision, _fields = edits.read_fields(db, viewer(), client_id)
    return jsonify(revision=revision)


@blueprint.post("/<int:client_id>/comments")
def remark(client_id: int) -> Response:
    """Write a comment on the client."""
    with card_refusals_told(), parts().database.session() as db:
        made = remarks.add_remark(
            db, viewer(), client_id, request.form.get("body", ""), token=request.form.get("token", "")[:64] or None
        )
    return jsonify(ok=True, id=made)


@blueprint.post("/<int:client_id>/comments/<int:remark_id>")
def change_remark(client_id: int, remark_id: int) -> Response:
    """Change one's own words, or take a comment back."""
    with card_refusals_told(), parts().database.session() as db:
        if request.form.get("act") == "delete":
            remarks.delete_remark(db, viewer(), client_id, remark_id)
        else:
            remarks.edit_remark(db, viewer(), client_id, remark_id, request.form.get("body", ""))
    return jsonify(ok=True, id=remark_id)


@blueprint.get("/<int:client_id>/people")
def people(client_id: int) -> Response:
    """Those who may see the client and whose name begins with `q`: whom a comment may name."""
    with parts().database.read() as db:
        if not may_see_client(db, viewer(), client_id):
            abort(404)
        seeing = remarks.viewers_of_client(db, client_id)
    others = [one for one in seeing if one.user_id != viewer().user_id]
    names = [one.name for one in seeing]
    found = [
        {"name": one.name, "write": one.name if names.count(one.name) == 1 else one.email, "email": one.email}
        for one in suggest(others, request.args.get("q", "")[:80])
    ]
    return jsonify(people=found)


@blueprint.post("/<int:client_id>/facts/<int:fact_id>")
def write_fact(client_id: int, fact_id: int) -> str:
    """Put a fact from a call down for the CRM; how far it is, as the line shows it."""
    with card_refusals_told(), parts().database.session() as db:
        write_fact_to_crm(db, viewer(), client_id, fact_id)
    with parts().database.read() as db:
        fact = get_fact(db, viewer(), client_id, fact_id)
        if fact is None:
            abort(404)
        told = tell_of(db, client_id, fact.name, fact.value)
    return render_template(
        "client/_fact_crm.html", client_id=client_id, fact=fact, told=told, may_edit=True, crm_setup=crm_setup_url()
    )


def facts_told(db: Any, client_id: int, groups: Iterable[FactGroup]) -> Mapping[int, Told | str]:
    """How far each newest fact is on its way to the CRM, by the fact's id."""
    return {group.newest.id: tell_of(db, client_id, group.name, group.newest.value) for group in groups}


def tell_of(db: Any, client_id: int, name: str, value: str) -> Told | str:
    """The outbox's word on a fact; "no_crm" when the client came from no connection, "ready" when nothing was sent."""
    found = read_told(db, fact_key(client_id, name, value))
    if found is not None:
        return found
    return "no_crm" if find_home(db, client_id=client_id) is None else "ready"
