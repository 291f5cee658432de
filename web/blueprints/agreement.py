"""Machine and people: how far they agree on each criterion, and the switch of automatic mode."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.agreement.automatic import switch_off, switch_on
from review.agreement.reading import read_agreement
from review.agreement.types import NotOffered
from web.access import rule_of
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.agreement import read_lines

blueprint = Blueprint("agreement", __name__, url_prefix="/calibration/agreement")


@blueprint.get("")
def index() -> str:
    """Every criterion people answered, with people among themselves as the ceiling."""
    with parts().database.read() as db:
        found = read_agreement(db)
    return render_template(
        "calibration/agreement.html",
        lines=read_lines(found, viewer().language),
        switches=rule_of("agreement.switch").allows(viewer()),
    )


@blueprint.post("/switch")
def switch() -> Response:
    """Let the machine answer a criterion by itself, or people again."""
    form = request.form
    criterion, language, act = form.get("criterion", ""), form.get("language", ""), form.get("act", "")
    if act not in ("on", "off") or "\x00" in criterion + language:
        raise Refused(422, _("This request could not be read"), _("Nothing was changed."))
    try:
        with parts().database.session() as db:
            (switch_on if act == "on" else switch_off)(db, viewer(), criterion, language)
    except NotOffered as error:
        raise refusal(error) from error
    flash(
        _("The machine answers this criterion by itself from now on.")
        if act == "on"
        else _("People answer this criterion again from now on.")
    )
    return redirect(url_for(".index"))


def refusal(error: NotOffered) -> Refused:
    """Why the switch was not moved."""
    words = {
        "on": _("It is in automatic mode already"),
        "off": _("It is not in automatic mode"),
        "people": _("By the scorecard people alone answer this criterion"),
        "unknown": _("Nobody has answered this criterion yet"),
    }
    return Refused(
        409,
        words.get(error.why, _("Automatic mode is not offered: the criterion does not pass the gate now")),
        _("Nothing was changed."),
        code=error.code,
        why=error.why,
    )
