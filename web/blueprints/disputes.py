"""Disputes: the lists, one of them whole, and the acts of those who decide, go further or take back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from review.disputes import deciding, moving
from review.disputes.listing import TABS, count_tabs, count_to_decide, list_disputes
from review.disputes.reading import read_dispute
from review.disputes.types import DisputeChanged, DisputeView, NoSuchDispute, Ruling
from review.queries.blind import judges_blind
from review.queries.call_audio import audio_folder
from review.queries.paging import read_mark
from review.queries.viewer import Viewer
from web.access import rule_of
from web.auth import viewer
from web.blueprints.dispute_refusals import dispute_refusals_told
from web.errors import Refused
from web.parts import parts
from web.reading.dispute import read_lines, read_page

blueprint = Blueprint("disputes", __name__)


@blueprint.app_context_processor
def navigation_count() -> dict[str, Any]:
    """For the navigation of every page: how many disputes wait for the viewer's decision."""
    return {"disputes_to_decide": disputes_to_decide}


def disputes_to_decide() -> int:
    """Asked only where the navigation has the entry."""
    with parts().database.read() as db:
        return count_to_decide(db, viewer())


@blueprint.get("/disputes")
def index() -> str | AnyResponse:
    """A list: mine to decide, of me and my people, open ones, closed ones; who only sets deadlines goes there."""
    if not rule_of("disputes.show").allows(viewer()):
        return redirect(url_for(".deadlines"))
    tabs = tabs_of(viewer())
    tab = request.args.get("tab", "")
    criterion = request.args.get("criterion", "")[:200]
    reviewer = request.args.get("reviewer", "")
    now = datetime.now(UTC)
    with parts().database.read() as db:
        counts = count_tabs(db, viewer())
        if tab not in tabs:
            tab = next((name for name in tabs if counts[name]), tabs[0])
        place = read_mark(request.args.get("after"))
        page = list_disputes(
            db,
            viewer(),
            tab=tab,
            criterion=criterion,
            scorer_id=int(reviewer) if reviewer.isdecimal() and len(reviewer) < 16 else None,
            place=place if place is not None and isinstance(place[0], datetime) else None,
            now=now,
        )
        lines = read_lines(db, page.rows, viewer().language, now)
    narrowed = {"criterion": criterion or None, "reviewer": reviewer or None}
    return render_template(
        "disputes/index.html", lines=lines, page=page, tab=tab, tabs=tabs, counts=counts, narrowed=narrowed
    )


def tabs_of(viewer: Viewer) -> tuple[str, ...]:
    """The tabs that make sense for this person, the first one opened where nothing waits."""
    decides = viewer.has_role("manager", "quality_lead")
    people = bool(viewer.rep_ids) or viewer.has_role("manager")
    return tuple(tab for tab in TABS if (tab != "decide" or decides) and (tab != "raised" or people))


@blueprint.get("/disputes/<int:dispute_id>")
def show(dispute_id: int) -> str:
    """One dispute: both answers with their evidence, the steps, and the form of who decides."""
    with dispute_refusals_told(), parts().database.read() as db:
        found = see_dispute(db, dispute_id)
        page = read_page(db, found, viewer().language, datetime.now(UTC))
        plays = audio_folder(db, viewer(), found.call_id) is not None
    return render_template("disputes/show.html", found=found, page=page, plays=plays, user_id=viewer().user_id)


def see_dispute(db: Any, dispute_id: int) -> DisputeView:
    """The dispute, unless the viewer is to judge its call blind. Raises NoSuchDispute, Refused."""
    found = read_dispute(db, dispute_id, viewer())
    if judges_blind(db, found.call_id, viewer().user_id):
        raise Refused(
            409,
            _("You are to judge this call blind, so its disputes are hidden until you have submitted"),
            "",
            _("Score the call first."),
            code="blind",
        )
    return found


@blueprint.post("/disputes/<int:dispute_id>/decision")
def decide(dispute_id: int) -> Response:
    """Decide what is sent as JSON: `revision` and `rulings`, one for each criterion."""
    sent = _sent(dispute_id)
    rulings = [read_ruling(item) for item in _list(sent.get("rulings"))]
    return _act(
        dispute_id,
        lambda db: deciding.decide(db, dispute_id, viewer(), revision=_revision(sent), rulings=rulings),
    )


@blueprint.post("/disputes/<int:dispute_id>/escalate")
def escalate(dispute_id: int) -> Response:
    """To the quality lead, with words."""
    sent = _sent(dispute_id)
    words = _text(sent.get("words"))
    return _act(
        dispute_id,
        lambda db: moving.escalate(db, dispute_id, viewer(), words=words, revision=_revision(sent)),
    )


@blueprint.post("/disputes/<int:dispute_id>/withdraw")
def withdraw(dispute_id: int) -> Response:
    """Take it back, or be content with what the manager decided."""
    sent = _sent(dispute_id)
    words = _text(sent.get("words"))
    return _act(
        dispute_id,
        lambda db: moving.withdraw(db, dispute_id, viewer(), words=words, revision=_revision(sent)),
    )


def _act(dispute_id: int, act: Callable[[Any], DisputeView]) -> Response:
    """Do the act in one transaction; where somebody was quicker, what stands there now."""
    try:
        with dispute_refusals_told(), parts().database.session() as db:
            found = act(db)
    except DisputeChanged as error:
        return _changed(error.theirs)
    return jsonify(ok=True, state=found.state, url=url_for(".show", dispute_id=dispute_id))


def _changed(theirs: DisputeView) -> Response:
    """Both: what was decided meanwhile, and on the page still what was typed."""
    with parts().database.read() as db:
        page = read_page(db, theirs, viewer().language, datetime.now(UTC))
    answer = jsonify(
        ok=False,
        code=DisputeChanged.code,
        message=_("Somebody was quicker: this dispute stands otherwise now. Your words are kept; nothing was stored."),
        revision=theirs.revision,
        again="decide" in theirs.may,
        html=render_template("disputes/_changed.html", found=theirs, page=page),
    )
    answer.status_code = 409
    return answer


def read_ruling(item: object) -> Ruling:
    """One decision as a page sends it. Raises Refused."""
    if not isinstance(item, dict) or item.get("decision") not in ("accept", "other", "reject"):
        raise Refused(422, _("Decide on every criterion: accept, another answer, or reject"), _("Nothing was changed."))
    answers = item.get("answers") or {}
    if not isinstance(answers, dict):
        raise _unread()
    return Ruling(
        criterion=_text(item.get("criterion")),
        decision=item["decision"],
        words=_text(item.get("words")),
        answer=_text(item.get("answer")),
        answers={_text(name): _text(answer) for name, answer in answers.items()},
    )


def _sent(dispute_id: int) -> dict[str, Any]:
    """The JSON a page sends; a dispute one may not see is 404 before anything else."""
    try:
        with parts().database.read() as db:
            read_dispute(db, dispute_id, viewer())
    except NoSuchDispute:
        abort(404)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise _unread()
    return body


def _revision(sent: dict[str, Any]) -> int:
    revision = sent.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise _unread()
    return revision


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _unread()
    return value


def _text(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise _unread()
    return plain(value or "")


def plain(text: str) -> str:
    """The text without halves of characters, which JSON can hold and no answer can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _unread() -> Refused:
    return Refused(422, _("This request could not be read"), _("Nothing was changed."))
