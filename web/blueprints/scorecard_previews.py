"""Trying a draft on past calls before it is published: starting, how far it is, how scores would have moved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.doorbell import ring_previews
from review.scorecards.bodies import parse
from review.scorecards.drafts import NoDraft, find_draft
from review.scorecards.preview_results import read_other_sheets, read_results
from review.scorecards.previews import (
    DAYS,
    MOST_CALLS,
    NoSuchPreview,
    NothingToPreview,
    PreviewRow,
    cancel_preview,
    get_preview,
    last_preview,
    start_preview,
)
from review.scorecards.publishing import NotReady
from review.services.sources import list_sources
from review.services.standards import find_standard
from scoring.standards import StandardNotFound, StandardText
from web.auth import viewer
from web.errors import is_htmx
from web.parts import parts
from web.reading.preview_chart import draw_bands

blueprint = Blueprint("scorecard_previews", __name__, url_prefix="/scorecards")

COUNTS = (25, 50, 100, MOST_CALLS)


@blueprint.get("/<name>/preview")
def show(name: str) -> str:
    """The form, and the newest preview (or the one asked for) with its results."""
    number = request.args.get("id", "")
    with parts().database.read() as db:
        draft = find_draft(db, name)
        if number.isdecimal() and len(number) < 18:
            preview: PreviewRow | None = _preview(db, int(number))
        else:
            preview = last_preview(db, name)
        if (draft is None and preview is None) or (preview is not None and preview.name != name):
            abort(404)
        results = read_results(db, viewer(), preview.id) if preview else None
        published = _published(db, name)
        others = read_other_sheets(db, preview.id) if preview else ()
        sources = list_sources(db)
    text = parse(preview.text).describe(viewer().language) if preview else None
    return render_template(
        "scorecards/preview.html",
        name=name,
        draft=draft,
        preview=preview,
        results=results,
        chart=draw_bands(results.bands) if results else None,
        text=text,
        published=published,
        others=tuple(sheet.describe(viewer().language) for sheet in others),
        sources=sources,
        days=DAYS,
        counts=COUNTS,
    )


@blueprint.post("/<name>/preview")
def start(name: str) -> Response:
    """Begin a preview in the background."""
    days, calls = _one_of("days", DAYS), _one_of("calls", COUNTS)
    try:
        with parts().database.session() as db:
            preview_id = start_preview(
                db,
                name,
                viewer().user_id,
                source=request.form.get("source") or None,
                days=days,
                calls=calls,
                same=request.form.get("same") == "1",
            )
    except NoDraft:
        flash(_("There is no draft to try: it was published or thrown away meanwhile."), "error")
        return redirect(url_for("scorecards.index"))
    except NotReady:
        flash(_("The draft has faults. Mend what the editor marks, then try it again."), "error")
        return redirect(url_for("scorecard_drafts.edit", name=name))
    except NothingToPreview:
        flash(_("No scored call lies in this period. Choose a longer one, or calls of every scorecard."), "error")
        return redirect(url_for(".show", name=name))
    ring_previews(parts().redis, [preview_id])
    return redirect(url_for(".show", name=name, id=preview_id))


@blueprint.get("/previews/<int:preview_id>/progress")
def progress(preview_id: int) -> Response:
    """How far a preview is, for its page to ask again; the whole page is loaded anew when it ends."""
    with parts().database.read() as db:
        preview = _preview(db, preview_id)
    response = make_response(render_template("scorecards/_progress.html", preview=preview))
    if not preview.active and is_htmx():
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/previews/<int:preview_id>/cancel")
def cancel(preview_id: int) -> Response:
    """Stop a preview; what is judged stays to be looked at."""
    with parts().database.session() as db:
        preview = _preview(db, preview_id)
        cancel_preview(db, preview_id)
    return redirect(url_for(".show", name=preview.name, id=preview_id))


def _preview(db: Any, preview_id: int) -> PreviewRow:
    try:
        return get_preview(db, preview_id)
    except NoSuchPreview:
        abort(404)


def _published(db: Any, name: str) -> StandardText | None:
    """The words of the version in use, for criteria the draft has no longer."""
    try:
        return find_standard(db, name).describe(viewer().language)
    except StandardNotFound:
        return None


def _one_of(field: str, choices: tuple[int, ...]) -> int:
    value = request.form.get(field, "")
    return int(value) if value.isdecimal() and len(value) < 5 and int(value) in choices else choices[1]
