"""The client card: who they are, their deals and tasks, and every call the viewer may see."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from review.queries.client import get_client
from web.auth import viewer
from web.parts import parts

blueprint = Blueprint("clients", __name__, url_prefix="/clients")


@blueprint.get("/<int:client_id>")
def show(client_id: int) -> str:
    """The card of one client; 404 when there is none or the viewer may see nothing of it."""
    with parts().database.read() as db:
        card = get_client(db, viewer(), client_id)
    if card is None:
        abort(404)
    return render_template("client.html", card=card)
