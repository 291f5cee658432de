"""Whose call it is, where its number tells more than one; and its recording, where it did not come yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.doorbell import ring
from review.queries.call import get_call_row
from review.services.number_choices import Ambiguity, BadChoice, choose_meant, who_is_meant
from review.telephony.fetches import FetchRow, call_result, fetches_of_call, retry_fetch
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("whose", __name__, url_prefix="/calls")


@dataclass(frozen=True, slots=True)
class Telephone:
    """What the call page says of a call's way here."""

    meant: Ambiguity
    fetches: tuple[FetchRow, ...]
    result: str | None  # whether somebody answered, as the telephone system says


def telephone_of(db: Any, call_id: int) -> Telephone:
    """The choice to be made and the recordings that are still to come, of a call the viewer may see."""
    return Telephone(who_is_meant(db, call_id), fetches_of_call(db, call_id), call_result(db, call_id))


@blueprint.post("/<int:call_id>/meant")
def choose(call_id: int) -> Response:
    """This client (and deal) is meant: for this call, and for those to come from its number."""
    client, _space, deal = request.form.get("meant", "").partition(" ")
    with parts().database.session() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        try:
            steps = choose_meant(
                db,
                call_id,
                client_id=int(client) if client.isdecimal() and len(client) < 19 else 0,
                deal_id=int(deal) if deal.isdecimal() and len(deal) < 19 else None,
                by=viewer().user_id,
            )
        except BadChoice as error:
            raise Refused(
                422,
                _("This client does not have the call's number"),
                _("Nothing was changed."),
                _("Load the page again and choose one that is shown."),
                code=error.code,
            ) from error
    ring(parts().redis, steps)
    flash(_("Noted, for this call and those to come from its number."))
    return redirect(url_for("calls.show", call_id=call_id))


@blueprint.post("/<int:call_id>/fetches/<int:fetch_id>/retry")
def fetch_again(call_id: int, fetch_id: int) -> Response:
    """Fetch the call's recording now."""
    with parts().database.session() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        mine = {fetch.id for fetch in fetches_of_call(db, call_id)}
        found = retry_fetch(db, fetch_id, by=viewer().user_id) if fetch_id in mine else None
    flash(_("It is fetched again now.") if found else _("There was nothing to fetch again."))
    return redirect(url_for("calls.show", call_id=call_id))
