"""Acting on many calls at once: how many they are, what was done and could not be and why; export.

A few calls are done at once. More are left to the workers, slice by slice: the page only looks on, and may be closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, jsonify, request, stream_with_context, url_for
from flask_babel import gettext as _

from review.doorbell import ring, ring_bulk
from review.queries.filters import read_day
from review.queries.selection import MOST_IDS, SLICE, Selection, count_selected, slice_selected
from review.queries.viewer import Viewer
from review.sampling.reviewers import can_score, list_reviewers
from review.services.audit import record
from review.services.bulk_runs import BulkRow, NoSuchBulkRun, cancel_bulk, do_now, get_bulk, start_bulk
from review.services.calls_export import MEDIA, MOST_EXPORTED, write_calls, write_head
from review.services.tags import LONGEST_TAG, TagRefused, read_name
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.asked import read_asked

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")

MOST_ASSIGNED: Final = 1_000  # scorings given in one go; nobody does more in a month
MOST_PEOPLE: Final = 50


@blueprint.get("/count")
def count() -> Response:
    """How many calls the words and filters of the address match, for the page to say it before acting."""
    with parts().database.read() as db:
        found = count_selected(db, viewer(), _of_query(dict(request.args)))
    return jsonify(ok=True, count=found.count, last=found.last)


@blueprint.get("/people")
def people() -> Response:
    """Who can be given calls, and how many wait for each."""
    with parts().database.read() as db:
        found = list_reviewers(db)
    return jsonify(ok=True, people=[{"id": one.id, "name": one.name, "open": one.open} for one in found])


@blueprint.post("/tag")
def tag() -> Response:
    """Put a tag on calls."""
    return _act("tag", _tag())


@blueprint.post("/untag")
def untag() -> Response:
    """Take a tag off calls."""
    return _act("untag", _tag())


@blueprint.post("/rescore")
def rescore() -> Response:
    """Send calls to be scored anew."""
    return _act("rescore", {})


@blueprint.post("/assign")
def assign() -> Response:
    """Give calls to one reviewer, or each of them to several: then their answers can be compared."""
    people = sorted({int(one) for one in request.form.getlist("user_id") if one.isdecimal() and len(one) < 16})
    due = read_day(request.form.get("due"))
    with parts().database.read() as db:
        if not 0 < len(people) <= MOST_PEOPLE or not all(can_score(db, user_id) for user_id in people):
            raise _refused(_("Choose who is to score these calls"), _("Choose somebody of the list."), "user_id")
        if count_selected(db, viewer(), _selection()).count * len(people) > MOST_ASSIGNED:
            raise _refused(
                _("That is more than %(most)s calls to be scored", most=MOST_ASSIGNED),
                _("Narrow the filter, choose fewer people, or let a sampling rule draw them."),
                "user_id",
            )
    terms = {
        "user_ids": people,
        "due_at": datetime.combine(due, time(23, 59), tzinfo=UTC).isoformat() if due else None,
        "why": request.form.get("why", "")[:500],
        "blind": request.form.get("blind") == "1",
    }
    return _act("assign", terms)


@blueprint.get("/runs/<int:run_id>")
def progress(run_id: int) -> Response:
    """How far one's own act on many calls is."""
    try:
        with parts().database.read() as db:
            return jsonify(tell_run(get_bulk(db, viewer(), run_id)))
    except NoSuchBulkRun:
        abort(404)


@blueprint.post("/runs/<int:run_id>/cancel")
def cancel(run_id: int) -> Response:
    """Stop it; what was done stays done."""
    try:
        with parts().database.session() as db:
            cancel_bulk(db, viewer(), run_id)
            return jsonify(tell_run(get_bulk(db, viewer(), run_id)))
    except NoSuchBulkRun:
        abort(404)


@blueprint.post("/export")
def export() -> Response:
    """The calls as a file: `form` csv (facts, scores, tags) or jsonl (answers and objections too)."""
    form = request.form.get("form", "csv")
    if form not in MEDIA:
        raise _refused(_("There is no such form"), _("Choose CSV or JSON lines."), "form")
    selection, who = _selection(), viewer()
    with parts().database.session() as db:
        matching = count_selected(db, who, selection)
        if matching.count > MOST_EXPORTED:
            raise _refused(
                _("That is more than %(most)s calls", most=MOST_EXPORTED),
                _("Narrow the filter, for example by period, and take several files."),
                "query",
            )
        record(db, who.user_id, "calls.exported", "call", "many", calls=matching.count, form=form, door="page")
    lines = stream_with_context(_lines(who, selection, matching.last, form))
    response = Response(lines, content_type=MEDIA[form])
    response.headers["Content-Disposition"] = f'attachment; filename="calls.{form}"'
    return response


def _lines(who: Viewer, selection: Selection, last: int, form: str) -> Iterator[str]:
    """The file piece by piece, each slice read by itself, so that memory does not grow with it."""
    yield write_head(form)
    after = 0
    while True:
        with parts().database.read() as db:
            calls = slice_selected(db, who, selection, after=after, last=last)
            if not calls:
                return
            yield from list(write_calls(db, who, calls, form))
        after = calls[-1]


def _act(act: str, terms: Mapping[str, Any]) -> Response:
    """Do it: at once to a few calls, else by the workers, with the address at which the page looks on."""
    selection, told = _selection(), request.form.get("last", "")
    last = int(told) if told.isdecimal() and len(told) < 19 else 0
    with parts().database.session() as db:
        run_id = start_bulk(db, viewer(), act, selection, terms, last=last)
        run = get_bulk(db, viewer(), run_id)
        rings = do_now(db, run_id) if run.total <= SLICE else ()
        run = get_bulk(db, viewer(), run_id)
    if run.active:
        ring_bulk(parts().redis, [run_id])
    ring(parts().redis, rings)
    return jsonify(tell_run(run))


def tell_run(run: BulkRow) -> dict[str, Any]:
    """A run as the page's script reads it."""
    return {
        "ok": True,
        "done": run.done,
        "same": run.same,
        "refused": run.refused,
        "total": run.total,
        "active": run.active,
        "stopped": run.state == "cancelled",
        "failed": _("You may not do this any more. What was done until then stays done.") if run.why else "",
        "left": [
            {"id": one, "url": url_for("calls.show", call_id=one), "why": _why(why)} for one, why in run.left_over
        ],
        "progress": url_for("bulk.progress", run_id=run.id),
        "cancel": url_for("bulk.cancel", run_id=run.id),
    }


def _tag() -> dict[str, str]:
    """The tag's name. Raises Refused where it can be none."""
    try:
        return {"name": read_name(request.form.get("name", ""))}
    except TagRefused as error:
        raise _refused(
            _("A tag is a word or a few, at most %(most)s characters", most=LONGEST_TAG),
            _("Shorten it."),
            "name",
        ) from error


def _why(code: str) -> str:
    words = {
        "not_scored": _("It is being worked on, or was never scored."),
        "gone": _("It is not there any more."),
        "full": _("It carries twenty tags already."),
        "some_cannot_take": _(
            "Not everybody chosen may score it: those who held the call or may not see it were left out."
        ),
        "cannot_take": _("This person held the call or may not see it."),
    }
    return str(words.get(code, code))


def _selection() -> Selection:
    """What the form acts on: ids ticked by hand, or all that its query string matches."""
    form = request.form
    if form.get("all") == "1":
        return _of_query(dict(parse_qsl(form.get("query", "")[:4000])))
    ids = [int(part) for part in form.get("ids", "").split(",") if part.isdecimal() and len(part) < 16]
    if not ids:
        raise _refused(_("No call is selected"), _("Tick calls first."), "ids")
    if len(ids) > MOST_IDS:
        raise _refused(_("Too many calls were ticked"), _("Use a filter and act on all it matches."), "ids")
    return Selection(ids=tuple(sorted(set(ids))))


def _of_query(values: Mapping[str, str]) -> Selection:
    asked = read_asked(values, viewer())
    return Selection(text=asked.query, by=asked.by, filters=asked.filters)


def _refused(what: str, todo: str, field: str) -> Refused:
    return Refused(422, what, _("Nothing was changed."), todo, code="bulk_refused", field=field)
