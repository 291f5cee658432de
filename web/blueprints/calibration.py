"""Calibration: the sessions, a new one, one session before and after it is closed, and what a group agreed on."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.calibration.agreed import write_agreed
from review.calibration.closing import cancel, close
from review.calibration.listing import list_calibrations, read_session
from review.calibration.making import make_calibration
from review.calibration.picking import find_calls, list_versions, read_calls
from review.calibration.results import read_results
from review.calibration.types import MOST_CALLS, MOST_DAYS, BadCalibration, Terms
from review.errors import ReviewError
from review.learning.shown import standard_of
from review.queries.call_audio import audible_calls
from review.sampling.reviewers import list_reviewers
from scoring.standards import StandardNotFound, in_language
from web.auth import viewer
from web.blueprints.calibration_refusals import refusal, words_of
from web.errors import Refused
from web.parts import parts
from web.reading.calibration import read_page

blueprint = Blueprint("calibration", __name__, url_prefix="/calibration")

LONGEST_NUMBER: Final = 15  # digits


@blueprint.get("")
def index() -> str:
    """The sessions one leads or takes part in, open ones first on the page."""
    after = _number(request.args.get("after"))
    with parts().database.read() as db:
        rows, following = list_calibrations(db, viewer(), after=after)
    return render_template("calibration/index.html", rows=rows, following=following, first=after is None)


@blueprint.get("/new")
def new() -> str:
    """The form, with the calls that were ticked in the inbox."""
    chosen = _numbers([request.args.get("calls", "")])[:MOST_CALLS]
    return _form(Terms(name="", standard=request.args.get("standard", ""), call_ids=chosen))


@blueprint.get("/find")
def find() -> str:
    """Calls that match a few words, as lines to add."""
    with parts().database.read() as db:
        found = find_calls(db, viewer(), request.args.get("q", ""))
    return render_template("calibration/_found.html", calls=found, asked=request.args.get("q", "").strip())


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Make the session; what is wrong with the form is said on it."""
    terms = _terms()
    try:
        with parts().database.session() as db:
            made = make_calibration(db, viewer(), terms)
    except BadCalibration as error:
        return _form(terms, error), 422
    except ReviewError as error:
        raise refusal(error) from error
    return redirect(url_for(".show", calibration_id=made))


@blueprint.get("/<int:calibration_id>")
def show(calibration_id: int) -> str:
    """One session: how far everybody is, or once it is closed what it found."""
    try:
        with parts().database.read() as db:
            view = read_session(db, viewer(), calibration_id)
            sheet = standard_of(db, view.row.standard, view.row.version)
            shows = view.row.state == "closed" and not viewer().is_outsider  # what the house answered stays in it
            found = read_results(db, viewer(), calibration_id) if shows else None
            plays = audible_calls(db, viewer(), [call.call_id for call in view.calls]) if shows else frozenset()
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error
    if found is None:
        title = sheet.describe(viewer().language).title if sheet else view.row.standard
        return render_template("calibration/session.html", view=view, row=view.row, title=title)
    return render_template(
        "calibration/results.html",
        view=view,
        row=view.row,
        found=found,
        page=read_page(found, viewer().language),
        plays=plays,
        agrees=view.row.may_lead and view.row.against == "consensus",
    )


@blueprint.post("/<int:calibration_id>/end")
def end(calibration_id: int) -> Response:
    """Close the session, or call it off."""
    act = {"close": close, "cancel": cancel}.get(request.form.get("act", ""))
    if act is None:
        raise Refused(422, _("This request could not be read"), _("Nothing was changed."))
    try:
        with parts().database.session() as db:
            act(db, viewer(), calibration_id)
    except ReviewError as error:
        raise refusal(error) from error
    return redirect(url_for(".show", calibration_id=calibration_id))


@blueprint.post("/<int:calibration_id>/agree")
def agree(calibration_id: int) -> Response:
    """Write down what the group agreed on for one criterion of one call; an empty answer takes it back."""
    form = request.form
    try:
        with parts().database.session() as db:
            made = write_agreed(
                db,
                viewer(),
                calibration_id,
                _number(form.get("call")) or 0,
                form.get("criterion", ""),
                form.get("answer", ""),
                form.get("note", ""),
            )
    except ReviewError as error:
        raise refusal(error) from error
    if request.accept_mimetypes.best == "application/json":
        return jsonify(ok=True, answer=made.answer if made else "", note=made.note if made else "")
    return redirect(url_for(".show", calibration_id=calibration_id, _anchor="differences"))


def _terms() -> Terms:
    form = request.form
    standard, _sep, version = form.get("standard", "").partition("@")
    return Terms(
        name=form.get("name", ""),
        standard=standard,
        version=_number(version),
        call_ids=_numbers(form.getlist("calls")),
        lot=_number(form.get("lot")) or 0,
        user_ids=_numbers(form.getlist("people")),
        against=form.get("against", "none"),
        benchmark_id=_number(form.get("benchmark")),
        days=_number(form.get("days")) or 0,
        note=form.get("note", ""),
    )


def _form(terms: Terms, error: BadCalibration | None = None) -> str:
    with parts().database.read() as db:
        chosen = read_calls(db, viewer(), terms.call_ids)
        people = list_reviewers(db)
        standards = [(one, in_language(one.title, viewer().language) or one.name) for one in list_versions(db)]
    wanted = terms.standard or next((call.standard for call in chosen if call.standard), "")
    return render_template(
        "calibration/new.html",
        terms=terms,
        chosen=chosen,
        people=people,
        standards=standards,
        wanted=wanted,
        most_calls=MOST_CALLS,
        most_days=MOST_DAYS,
        refused=words_of(error) if error else None,
        field=error.field if error else "",
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _numbers(texts: list[Any]) -> tuple[int, ...]:
    found = [_number(part.strip().lstrip("#")) for text in texts for part in str(text).split(",")]
    return tuple(dict.fromkeys(number for number in found if number))
