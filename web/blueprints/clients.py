"""Clients: the list with its search, the card of one, and its story page by page."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from review.queries.client import get_client, may_see_client
from review.queries.client_list import STANDSTILLS, list_clients, read_client_filter
from review.queries.client_timeline import KINDS, list_timeline
from review.queries.client_values import known_values
from web.access_rules import EDITS_CLIENT
from web.auth import viewer
from web.blueprints.client_card import facts_told
from web.errors import is_htmx
from web.parts import parts
from web.reading.client_card import crm_setup_url, name_pieces, sellers_zone

blueprint = Blueprint("clients", __name__, url_prefix="/clients")


@blueprint.get("")
def index() -> str:
    """The clients by name; more lines alone when htmx asks for them."""
    wanted = read_client_filter(request.args)
    after = request.args.get("after") or None
    with parts().database.read() as db:
        page = list_clients(db, viewer(), wanted, zone=sellers_zone(), after=after)
    if is_htmx() and after:
        return render_template("client/_lines.html", page=page, chosen=wanted.to_query())
    return render_template(
        "client/index.html", page=page, filters=wanted, chosen=wanted.to_query(), standstills=STANDSTILLS
    )


@blueprint.get("/<int:client_id>")
def show(client_id: int) -> str:
    """The card of one client; 404 when there is none or the viewer may see nothing of it."""
    kind = _kind()
    with parts().database.read() as db:
        card = get_client(db, viewer(), client_id, zone=sellers_zone(), kind=kind)
        if card is None:
            abort(404)
        told = facts_told(db, client_id, card.facts)
        values = known_values(db)
    return render_template(
        "client.html",
        card=card,
        kind=kind,
        kinds=tuple(KINDS),
        told=told,
        values=values,
        may_edit=EDITS_CLIENT.allows(viewer()),
        name_pieces=name_pieces,
        crm_setup=crm_setup_url(),
    )


@blueprint.get("/<int:client_id>/timeline")
def timeline(client_id: int) -> str:
    """The story of one kind, or its next page."""
    kind, after = _kind(), request.args.get("after") or None
    with parts().database.read() as db:
        if not may_see_client(db, viewer(), client_id):
            abort(404)
        page = list_timeline(db, viewer(), client_id, kind=kind, after=after)
    name = "client/_moments.html" if after else "client/_timeline.html"
    return render_template(
        name,
        client_id=client_id,
        items=page.items,
        more=page.next,
        kind=kind,
        kinds=tuple(KINDS),
        name_pieces=name_pieces,
    )


def _kind() -> str | None:
    kind = request.args.get("kind", "")
    return kind if kind in KINDS else None
