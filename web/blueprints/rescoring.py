"""Scoring calls again: starting a run, how far it is, how scores moved, and what changed in each call and why."""

from __future__ import annotations

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.doorbell import ring_rescore
from review.queries.rescore_runs import list_runs, names_of, read_changed, read_spread
from review.services.rescore import NoSuchRun, NothingToRescore, RunGoesOn, RunRow, cancel_run, get_run, start_run
from review.services.sources import UnknownSource, list_sources
from review.services.standards import list_choices
from scoring.standards import in_language
from web.auth import viewer
from web.errors import Refused, is_htmx
from web.parts import parts
from web.reading.rescoring import draw_spread

blueprint = Blueprint("rescoring", __name__, url_prefix="/rescoring")


@blueprint.get("")
def index() -> str:
    """The runs, newest first, and a form to start one."""
    with parts().database.read() as db:
        runs = list_runs(db)
        names = names_of(db, runs)
        if is_htmx():
            return render_template("rescoring/_runs.html", runs=runs, names=names)
        choices = list_choices(db)
        sources = list_sources(db)
    standards = [(choice.name, choice.version, in_language(choice.title, viewer().language)) for choice in choices]
    return render_template("rescoring.html", runs=runs, names=names, standards=standards, sources=sources)


@blueprint.post("")
def start() -> Response:
    """Start a run in the background."""
    standard = request.form.get("standard") or None
    try:
        with parts().database.session() as db:
            if standard is not None and standard not in {choice.name for choice in list_choices(db)}:
                raise Refused(
                    422,
                    _("There is no such scorecard, or it was put away"),
                    _("Nothing was started."),
                    _("Choose one of the list."),
                    code="no_such_standard",
                )
            run_id = start_run(
                db,
                by=viewer().user_id,
                standard=standard,
                source=request.form.get("source") or None,
                show=request.form.get("compare") != "1",
            )
            total = get_run(db, run_id).total
    except RunGoesOn as error:
        flash(_("Another run is still going on; nothing was started."), "error")
        return redirect(url_for(".show", run_id=error.run_id))
    except NothingToRescore:
        flash(_("There is no scored call to score again."), "error")
        return redirect(url_for(".index"))
    except UnknownSource as error:
        raise Refused(
            422, _("There is no such source"), _("Nothing was started."), _("Choose one of the list."), code=error.code
        ) from error
    ring_rescore(parts().redis, [run_id])
    flash(
        ngettext("%(num)s call is being scored again.", "%(num)s calls are being scored again.", total),
    )
    return redirect(url_for(".show", run_id=run_id))


@blueprint.get("/<int:run_id>")
def show(run_id: int) -> str:
    """One run: how scores moved, and the calls that changed."""
    page = request.args.get("page", "1")
    with parts().database.read() as db:
        run = _run(db, run_id)
        spread = read_spread(db, run)
        changed = read_changed(db, viewer(), run_id, int(page) if page.isdecimal() and len(page) < 8 else 1)
        names = names_of(db, (run,))
    return render_template(
        "rescoring_run.html", run=run, spread=spread, chart=draw_spread(spread), changed=changed, names=names
    )


@blueprint.get("/<int:run_id>/progress")
def progress(run_id: int) -> Response:
    """How far a run is, for its page to ask again; the whole page is loaded anew when it ends."""
    with parts().database.read() as db:
        run = _run(db, run_id)
    response = make_response(render_template("rescoring/_progress.html", run=run))
    if not run.active and is_htmx():
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/<int:run_id>/cancel")
def cancel(run_id: int) -> Response:
    """End a run; what is done stays."""
    with parts().database.session() as db:
        _run(db, run_id)
        stopped = cancel_run(db, run_id, by=viewer().user_id)
    flash(_("Stopped. Calls scored by then keep their new scores.") if stopped else _("The run had ended already."))
    return redirect(url_for(".show", run_id=run_id))


def _run(db: object, run_id: int) -> RunRow:
    try:
        return get_run(db, run_id)  # type: ignore[arg-type]  # pages know the session only by its use
    except NoSuchRun:
        abort(404)
