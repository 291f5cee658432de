"""Acting on many calls at once: how many they are, then slice by slice with what could not be done and why; export.

The page sends one slice after another, so that every request is short, progress is seen, and what was done stays done
when the page is closed in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Blueprint, Response, jsonify, request, stream_with_context, url_for
from flask_babel import gettext as _

from review.doorbell import ring
from review.queries.filters import read_day
from review.queries.selection import MOST_IDS, SLICE, Selection, count_selected, slice_selected
from review.queries.viewer import Viewer
from review.sampling.reviewers import can_score, list_reviewers
from review.services.audit import record
from review.services.bulk import BulkDone, assign_many, rescore_many, tag_many, untag_many
from review.services.calls_export import MEDIA, MOST_EXPORTED, write_calls, write_head
from review.services.tags import LONGEST_TAG, TagRefused
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.asked import read_asked

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")

MOST_ASSIGNED: Final = 1_000  # calls given to one person in one go; nobody scores more in a month

Act = Callable[[Any, Viewer, tuple[int, ...]], BulkDone]


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
    """Put a tag on the next slice."""
    return _act(lambda db, who, calls: tag_many(db, who, calls, request.form.get("name", "")))


@blueprint.post("/untag")
def untag() -> Response:
    """Take a tag off the next slice."""
    return _act(lambda db, who, calls: untag_many(db, who, calls, request.form.get("name", "")))


@blueprint.post("/rescore")
def rescore() -> Response:
    """Send the next slice to be scored anew."""
    return _act(rescore_many)


@blueprint.post("/assign")
def assign() -> Response:
    """Give the next slice to a reviewer."""
    person, due = request.form.get("user_id", ""), read_day(request.form.get("due"))
    user_id = int(person) if person.isdecimal() and len(person) < 16 else 0
    with parts().database.read() as db:
        if not can_score(db, user_id):
            raise _refused(_("Choose who is to score these calls"), _("Choose somebody of the list."), "user_id")
        if count_selected(db, viewer(), _selection()).count > MOST_ASSIGNED:
            raise _refused(
                _("That is more than %(most)s calls for one person", most=MOST_ASSIGNED),
                _("Narrow the filter, or let a sampling rule draw them."),
                "user_id",
            )
    due_at = datetime.combine(due, time(23, 59), tzinfo=UTC) if due else None
    why = request.form.get("why", "")[:500]
    return _act(lambda db, who, calls: assign_many(db, who, calls, user_id, due_at=due_at, why=why))


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


def _act(act: Act) -> Response:
    """Do it to the next slice: how many were done, were so already, were left and why, and where to go on."""
    form, selection = request.form, _selection()
    after, last = _number(form.get("after")), _number(form.get("last"))
    with parts().database.session() as db:
        matching = last or count_selected(db, viewer(), selection).last
        calls = slice_selected(db, viewer(), selection, after=after, last=matching)
        try:
            made = act(db, viewer(), calls) if calls else BulkDone(done=0)
        except TagRefused as error:
            raise _refused(
                _("A tag is a word or a few, at most %(most)s characters", most=LONGEST_TAG),
                _("Shorten it."),
                "name",
            ) from error
    ring(parts().redis, made.rings)
    return jsonify(
        ok=True,
        done=made.done,
        same=made.same,
        left=[{"id": one, "url": url_for("calls.show", call_id=one), "why": _why(why)} for one, why in made.left],
        next=calls[-1] if len(calls) == SLICE else None,
        last=matching,
    )


def _why(code: str) -> str:
    words = {
        "not_scored": _("It is being worked on, or was never scored."),
        "gone": _("It is not there any more."),
        "full": _("It carries twenty tags already."),
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


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _refused(what: str, todo: str, field: str) -> Refused:
    return Refused(422, what, _("Nothing was changed."), todo, code="bulk_refused", field=field)
