"""Coaching sessions: the lists of coach and rep, a new session, its page, and the steps each of the two takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.coaching.follow_up import read_calls
from review.coaching.listing import GROUPS, coached, count_closed, list_sessions, read_session
from review.coaching.moves import comment, move_session
from review.coaching.progress import list_plans
from review.coaching.refusals import BadField, CoachingRefused, Moved, NoSuchCoaching
from review.coaching.rights import COACHES, may_coach
from review.coaching.sessions import change_session, make_session, take_over, write_notes
from review.queries.call import get_call_row
from web.auth import viewer
from web.blueprints.clips import read_number
from web.blueprints.coaching_forms import (
    field_words,
    form_page,
    read_form,
    stored_of,
    suggested,
    told,
    typed_of,
)
from web.parts import parts
from web.reading import coaching as reading
from web.reading.coaching_chart import draw_effect

blueprint = Blueprint("coaching", __name__, url_prefix="/coaching")

T = TypeVar("T")


@blueprint.app_template_filter("coaching_points")
def points(change: float | None) -> str:
    """A change in points, for templates."""
    return reading.points(change)


@blueprint.context_processor
def words() -> dict[str, Any]:
    """The words of codes, for the templates of coaching."""
    return coaching_words()


def coaching_words() -> dict[str, Any]:
    """What every page of coaching may use."""
    names = ("STATES", "PICKED", "DOERS", "GROUPS", "EVENTS", "STEPS")
    return {
        "coaching_words": {
            name.lower(): {code: write() for code, write in getattr(reading, name).items()} for name in names
        },
        "causes": {code: (name(), line()) for code, (name, line) in reading.CAUSES.items()},
        "coaches": viewer().has_role(*COACHES),
    }


@blueprint.get("")
def index() -> str:
    """Open sessions by what they ask for next, or the closed ones; a rep finds their own."""
    now = datetime.now(UTC)
    closed = request.args.get("tab") == "closed"
    with parts().database.read() as db:
        lines = list_sessions(db, viewer(), state="closed" if closed else None, open_only=not closed)
        plans = list_plans(db, viewer(), now, state="active")
        reps = coached(db, viewer())
        shut = count_closed(db, viewer())
    groups = {group: [line for line in lines if line.group(now) == group] for group in GROUPS}
    return render_template(
        "coaching/index.html",
        groups={name: found for name, found in groups.items() if found},
        closed=closed,
        counts=(len(lines) if not closed else None, shut),
        coachless=[plan for plan in plans if plan.coach_left],
        behind=[plan for plan in plans if plan.late and not plan.coach_left],
        plans=plans,
        reps=reps,
        own_reps=viewer().rep_ids,
        now=reading.here(now),
    )


@blueprint.get("/new")
def new() -> str:
    """The form of a new session; `rep`, or a `call` with a stretch and a criterion, say what it is about."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        rep_id = read_number(request.args.get("rep"))
        call_id = read_number(request.args.get("call"))
        if rep_id is None and call_id is not None:
            call = get_call_row(db, viewer(), call_id)
            rep_id = call.rep_id if call is not None else None
        reps = coached(db, viewer())
        if rep_id is None:
            return render_template("coaching/new.html", reps=reps, rep=None)
        return _form(db, rep_id, suggested(db, rep_id, now, request.args), now, reps=reps)


@blueprint.post("/new")
def create() -> str | Response | tuple[str, int]:
    """Put the session down; what was typed stands in the form again when something is missing."""
    rep_id = read_number(request.form.get("rep")) or 0
    try:
        with parts().database.session() as db:
            made = make_session(
                db, viewer(), rep_id, read_form(db, request.form, rep_id), token=request.form.get("token", "")[:64]
            )
    except BadField as error:
        return _again(rep_id, error), 422
    except CoachingRefused as error:
        raise told(error) from error
    flash(_("Written down. The rep sees it, without your private notes, and is asked to confirm."))
    return redirect(url_for(".show", session_id=made))


@blueprint.get("/<int:session_id>")
def show(session_id: int) -> str:
    """One session: what went well first, then the one thing, the agreement, and what later calls show."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        found = _session(db, session_id, now)
        effect = found.follow_up.effect
        values = (*effect.before.values, *effect.after.values) if effect else ()
        calls = read_calls(db, viewer(), [call_id for call_id, _value in values])
    return render_template(
        "coaching/show.html",
        found=found,
        line=found.line,
        verdict=reading.read_verdict(found.follow_up, picked=found.picked, rep=found.line.rep_name),
        chart=draw_effect(effect) if effect else None,
        calls=calls,
        now=reading.here(now),
    )


@blueprint.get("/<int:session_id>/edit")
def edit(session_id: int) -> str | Response:
    """The form over a stored session."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        found = _session(db, session_id, now)
        if not found.may_change or found.line.rep_id is None:
            flash(_("This session cannot be changed any more; notes and comments still can be written."))
            return redirect(url_for(".show", session_id=session_id))
        return _form(db, found.line.rep_id, stored_of(db, found), now, found=found)


@blueprint.post("/<int:session_id>/edit")
def change(session_id: int) -> str | Response | tuple[str, int]:
    """Write it anew; when somebody did so meanwhile, both stand on the page and nothing is overwritten."""
    revision = read_number(request.form.get("revision")) or 0
    try:
        with parts().database.session() as db:
            rep_id = _session(db, session_id, datetime.now(UTC)).line.rep_id
            change_session(db, viewer(), session_id, read_form(db, request.form, rep_id), revision=revision)
    except (BadField, Moved) as error:
        return _again(None, error, session_id), 409 if isinstance(error, Moved) else 422
    except CoachingRefused as error:
        raise told(error) from error
    flash(_("Changed. If the agreement is another now, the rep is asked to confirm it again."))
    return redirect(url_for(".show", session_id=session_id))


@blueprint.post("/<int:session_id>/notes")
def notes(session_id: int) -> Response:
    """Notes, whatever the state."""
    form = request.form
    revision = read_number(form.get("revision")) or 0
    do(
        lambda db: write_notes(
            db,
            viewer(),
            session_id,
            notes=form.get("notes", ""),
            private_notes=form.get("private_notes"),
            revision=revision,
        )
    )
    flash(_("The notes are kept."))
    return redirect(url_for(".show", session_id=session_id))


@blueprint.post("/<int:session_id>/move")
def move(session_id: int) -> Response:
    """One step: hold, confirm, done, not_done, follow_up or close."""
    act, word = request.form.get("act", ""), request.form.get("word", "")
    held = reading.read_day(request.form.get("held_on", ""))
    now = datetime.now(UTC)
    at = reading.noon(held) if held is not None and held != reading.here(now).date() else None
    revision = read_number(request.form.get("revision"))
    do(lambda db: move_session(db, viewer(), session_id, act, word=word, at=at, revision=revision))
    said = {
        "hold": _("Noted as held. From the due day on, later calls are compared."),
        "confirm": _("Confirmed."),
        "done": _("Noted as done."),
        "not_done": _("Noted as not done."),
        "follow_up": _("The follow-up is stored as it stands today."),
        "close": _("Closed. The figures stay as they are now."),
    }
    flash(said.get(act, _("Noted.")))
    return redirect(url_for(".show", session_id=session_id))


@blueprint.post("/<int:session_id>/comment")
def write_comment(session_id: int) -> Response:
    """What rep or coach says beside it."""
    body, token = request.form.get("comment", ""), request.form.get("token", "")[:64]
    do(lambda db: comment(db, viewer(), session_id, body, token=token))
    return redirect(url_for(".show", session_id=session_id, _anchor="comments"))


@blueprint.post("/<int:session_id>/take-over")
def lead(session_id: int) -> Response:
    """Become the coach of a session that another one began."""
    do(lambda db: take_over(db, viewer(), session_id))
    flash(_("You lead this session now. The other coach's private notes stay theirs."))
    return redirect(url_for(".show", session_id=session_id))


def do(act: Callable[[Any], T]) -> T:
    """Run one act in its transaction; a refusal is told."""
    try:
        with parts().database.session() as db:
            return act(db)
    except CoachingRefused as error:
        raise told(error) from error


def _session(db: Any, session_id: int, now: datetime) -> Any:
    try:
        return read_session(db, viewer(), session_id, now)
    except NoSuchCoaching:
        abort(404)


def _form(db: Any, rep_id: int, typed: Any, now: datetime, **more: Any) -> str:
    if not may_coach(db, viewer(), rep_id):
        abort(404)
    reps = more.pop("reps", None) or coached(db, viewer())
    rep = next((one for one in reps if one[0] == rep_id), None)
    found = more.get("found")
    if rep is None:
        if found is None:
            abort(404)
        rep = (rep_id, found.line.rep_name, None)
    page = form_page(db, rep_id, typed, now, moments=found.moments if found is not None else ())
    return render_template("coaching/new.html", reps=reps, rep=rep, **page, **more)


def _again(rep_id: int | None, error: BadField | Moved, session_id: int | None = None) -> str:
    """The form with what was typed, what stands in the way and, after somebody else's change, what is stored."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        found = None if session_id is None else _session(db, session_id, now)
        rep_id = rep_id if found is None else found.line.rep_id
        if rep_id is None:
            raise told(error)
        refused = field_words(error) if isinstance(error, BadField) else None
        field = error.field if isinstance(error, BadField) else None
        return _form(
            db,
            rep_id,
            typed_of(request.form),
            now,
            found=found,
            refused=refused,
            refused_field=field,
            theirs=stored_of(db, found) if found is not None and isinstance(error, Moved) else None,
        )
