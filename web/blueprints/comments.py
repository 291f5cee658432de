"""Comments on a call: read, written, changed and taken back without a new page; whom one may name in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from review.comments import comments as service
from review.comments.people import suggest, viewers_of
from review.comments.refusals import WritingRefused
from review.errors import NoSuchCall
from review.queries.call import get_call_row
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.comments import count_comments, read_comments, read_marks

blueprint = Blueprint("comments", __name__, url_prefix="/calls")


@blueprint.get("/<int:call_id>/comments")
def index(call_id: int) -> Response:
    """The comments as they stand now: the list as HTML, and the marks on the sound."""
    return _answer(call_id)


@blueprint.post("/<int:call_id>/comments")
def write(call_id: int) -> Response:
    """Write a comment, at a second or on the whole call, or an answer to one."""
    form = request.form
    with refusals_told(), parts().database.session() as db:
        made = service.add_comment(
            db,
            viewer(),
            call_id,
            form.get("body", ""),
            at=_second(form.get("at")),
            turn=_number(form.get("turn")),
            parent_id=_number(form.get("parent")),
            reviewers_only=form.get("reviewers_only") == "1",
            token=form.get("token", "")[:64] or None,
        )
    return _answer(call_id, made)


@blueprint.post("/<int:call_id>/comments/<int:comment_id>")
def change(call_id: int, comment_id: int) -> Response:
    """Change one's own words, or take a comment back."""
    with refusals_told(), parts().database.session() as db:
        if request.form.get("act") == "delete":
            service.delete_comment(db, viewer(), call_id, comment_id)
        else:
            service.edit_comment(db, viewer(), call_id, comment_id, request.form.get("body", ""))
    return _answer(call_id, comment_id)


@blueprint.get("/<int:call_id>/people")
def people(call_id: int) -> Response:
    """Those who may see the call and whose name begins with `q`: whom a comment may name."""
    with parts().database.read() as db:
        if get_call_row(db, viewer(), call_id) is None:
            abort(404)
        seeing = viewers_of(db, call_id, reviewers_only=request.args.get("reviewers_only") == "1")
    others = [one for one in seeing if one.user_id != viewer().user_id and not viewer().is_outsider]
    names = [one.name for one in seeing]
    found = [
        {"name": one.name, "write": one.name if names.count(one.name) == 1 else one.email, "email": one.email}
        for one in suggest(others, request.args.get("q", "")[:80])
    ]
    return jsonify(people=found)


def _answer(call_id: int, made: int | None = None) -> Response:
    with parts().database.read() as db:
        call = get_call_row(db, viewer(), call_id)
        rows = service.read_comments(db, viewer(), call_id) if call else ()
    if call is None:
        abort(404)
    listed = render_template("call/_comments_list.html", call=call, comments=read_comments(rows, call.duration))
    return jsonify(ok=True, id=made, html=listed, count=count_comments(rows), marks=read_marks(rows))


@contextmanager
def refusals_told() -> Iterator[None]:
    """What the services refuse, in the viewer's language; what was typed stays where it was typed."""
    try:
        yield
    except NoSuchCall:
        abort(404)
    except WritingRefused as refusal:
        status = {"gone": 410, "not_yours": 403, "answered": 409}.get(refusal.code, 422)
        kept = _("Nothing was stored.") if status == 422 else _("Nothing was changed.")
        raise Refused(
            status, _sentence(refusal), kept, code=refusal.code, field=refusal.facts.get("field")
        ) from refusal


def _sentence(refusal: WritingRefused) -> str:
    facts = refusal.facts
    if refusal.code == "too_long":
        length, most = int(str(facts["length"])), int(str(facts["most"]))
        return str(
            ngettext(
                "This is %(num)s character long; at most %(most)s fit",
                "This is %(num)s characters long; at most %(most)s fit",
                length,
                most=most,
            )
        )
    if refusal.code == "mention":
        raw = facts["names"]
        names = ", ".join(raw) if isinstance(raw, tuple) else ""
        if facts["reviewers_only"]:
            return str(_("%(names)s may not read what is for reviewers only: take the name out", names=names))
        return str(_("%(names)s may not see this call: take the name out or choose somebody else", names=names))
    words = {
        "empty": _("Write a few words first"),
        "not_yours": _("Only the person who wrote this may change it"),
        "answered": _("Somebody has answered this comment, so it stays as they read it: write another one"),
        "gone": _("This is no longer there: somebody has taken it back"),
        "outside": _("Choose a stretch inside the call"),
    }
    return str(words.get(refusal.code, refusal))


def _second(text: str | None) -> float | None:
    """Seconds with at most two decimals; None for what is no number."""
    try:
        second = float(text) if text else None
    except ValueError:
        return None
    return round(second, 2) if second is not None and math.isfinite(second) else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 16 else None


def comments_for_page(db: Any, call_id: int, duration: float | None, *, own_only: bool = False) -> dict[str, object]:
    """What the call page draws at once: the comments, how many, and their marks."""
    rows = service.read_comments(db, viewer(), call_id, own_only=own_only)
    return {"views": read_comments(rows, duration), "count": count_comments(rows), "marks": read_marks(rows)}
