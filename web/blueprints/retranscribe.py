"""Transcribing again once a better speech model is there: the offer, one call or all of them, and how far it is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.doorbell import ring
from review.queries.better_words import Offer, is_offered, read_offer
from review.queries.call import get_call_row
from review.services.retranscribe import NotOffered, transcribe_again, transcribe_all_again
from web.access import rule_of
from web.auth import viewer
from web.errors import Refused, is_htmx
from web.parts import parts

blueprint = Blueprint("retranscribe", __name__)

RUNG_AT_ONCE = 200  # the sweep rings for the rest, as workers catch up


@blueprint.get("/transcribe-again")
def bar() -> str:
    """The inbox's bar alone, for it to ask again while calls are under way."""
    with parts().database.read() as db:
        offer = offer_for_viewer(db)
    return render_template("inbox/_offer.html", offer=offer)


@blueprint.post("/transcribe-again")
def all_calls() -> Response:
    """Send round every call the viewer may see that the model there is now would write down better."""
    with parts().database.session() as db:
        sent = transcribe_all_again(db, viewer=viewer(), by=viewer().user_id, engine=parts().settings.engine)
    ring(parts().redis, sent[:RUNG_AT_ONCE])
    if sent:
        flash(
            ngettext(
                "%(num)s call is transcribed again; what people wrote and decided stays.",
                "%(num)s calls are transcribed again; what people wrote and decided stays.",
                len(sent),
            )
        )
    else:
        flash(_("There was nothing left to transcribe again."))
    return _go(url_for("inbox.index"))


@blueprint.get("/calls/<int:call_id>/transcribe-again")
def state(call_id: int) -> Response:
    """How far one call is, for its page to ask again; the whole page is loaded anew when it is done."""
    with parts().database.read() as db:
        call = get_call_row(db, viewer(), call_id)
    if call is None:
        abort(404)
    response = make_response(render_template("call/_again.html", call=call, better=None, had_words=True))
    if call.phase not in ("queued", "transcribing") and is_htmx():
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/calls/<int:call_id>/transcribe-again")
def one_call(call_id: int) -> Response:
    """Send one call round."""
    with parts().database.session() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        try:
            sent = transcribe_again(db, call_id, by=viewer().user_id, engine=parts().settings.engine)
        except NotOffered as error:
            raise Refused(
                409,
                _("This call cannot be transcribed better now"),
                _("Nothing was changed."),
                _("Load the page again to see how it stands."),
                code="not_offered",
            ) from error
    ring(parts().redis, sent)
    return _go(url_for("calls.show", call_id=call_id))


def offer_for_viewer(db: Any) -> Offer | None:
    """What the inbox offers this person; None for those who cannot accept it."""
    if not rule_of("retranscribe.all_calls").allows(viewer()):
        return None
    return read_offer(db, viewer(), parts().settings.engine)


def better_model_for(db: Any, call_id: int) -> str | None:
    """The model that would write this call down better, for a person who may send it round; else None."""
    if not rule_of("retranscribe.one_call").allows(viewer()):
        return None
    now = is_offered(db, call_id, parts().settings.engine)
    return now.model if now else None


def _go(target: str) -> Response:
    return Response(status=204, headers={"HX-Redirect": target}) if is_htmx() else redirect(target)
