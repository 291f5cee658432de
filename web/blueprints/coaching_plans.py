"""Coaching plans: the list with who is behind, a new plan, its weeks with their steps, and how it goes."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.coaching.criteria import criteria_now
from review.coaching.listing import coached, list_sessions
from review.coaching.plans import (
    MOST_CRITERIA,
    MOST_WEEKS,
    PlanTerms,
    change_plan,
    end_plan,
    make_plan,
    take_over_plan,
)
from review.coaching.progress import PlanDetail, list_plans, read_plan
from review.coaching.refusals import BadField, CoachingRefused, Moved, NoSuchCoaching
from review.coaching.steps import StepTerms, add_step, finish_step, remove_step, undo_step
from review.comments.playlists import list_playlists
from review.quizzes.reading import list_quizzes
from web.auth import viewer
from web.blueprints.clips import read_number
from web.blueprints.coaching import coaching_words, do
from web.blueprints.coaching_forms import field_words, told
from web.parts import parts
from web.reading.coaching import here, read_day

blueprint = Blueprint("coaching_plans", __name__, url_prefix="/coaching/plans")

blueprint.context_processor(coaching_words)
USUAL_WEEKS = 4


@blueprint.get("")
def index() -> str:
    """Plans under way, those without a coach and those behind first, and the ended ones."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        plans = list_plans(db, viewer(), now)
        reps = coached(db, viewer())
    return render_template(
        "coaching/plans.html",
        active=sorted(
            (plan for plan in plans if plan.state == "active"),
            key=lambda plan: (not plan.coach_left, -plan.late, -plan.id),
        ),
        ended=[plan for plan in plans if plan.state == "ended"],
        reps=reps,
        own_reps=viewer().rep_ids,
        closed=False,
        now=here(now),
    )


@blueprint.get("/new")
def new() -> str:
    """The form of a new plan for one rep."""
    rep_id = read_number(request.args.get("rep"))
    typed = {"goal": "", "starts_on": here(datetime.now(UTC)).date().isoformat(), "weeks": str(USUAL_WEEKS)}
    with parts().database.read() as db:
        if rep_id is None:
            return render_template("coaching/plan_form.html", reps=coached(db, viewer()), rep=None, plan=None)
        return _form(db, rep_id, typed, ())


@blueprint.post("/new")
def create() -> str | Response | tuple[str, int]:
    """Put the plan down."""
    rep_id = read_number(request.form.get("rep")) or 0
    try:
        with parts().database.session() as db:
            made = make_plan(db, viewer(), rep_id, _read_form(), token=request.form.get("token", "")[:64])
    except BadField as error:
        return _again(rep_id, None, error), 422
    except CoachingRefused as error:
        raise told(error) from error
    flash(_("The plan is made. Put into each week what is to be done."))
    return redirect(url_for(".show", plan_id=made))


@blueprint.get("/<int:plan_id>")
def show(plan_id: int) -> str:
    """One plan, week by week."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        found = _plan(db, plan_id, now)
        line = found.line
        adds = found.may_coach and line.state == "active"
        playlists = list_playlists(db, viewer()) if adds else ()
        quizzes = [one for one in list_quizzes(db, viewer()) if not one.closed] if adds else []
        sessions = list_sessions(db, viewer(), rep_id=line.rep_id, limit=30) if line.rep_id is not None else ()
    return render_template(
        "coaching/plan.html",
        found=found,
        plan=line,
        adds=adds,
        playlists=playlists,
        quizzes=quizzes,
        sessions=sessions,
        now=here(now),
    )


@blueprint.get("/<int:plan_id>/edit")
def edit(plan_id: int) -> str | Response:
    """The form over a stored plan."""
    with parts().database.read() as db:
        found = _plan(db, plan_id, datetime.now(UTC))
        plan = found.line
        if plan.state != "active" or plan.rep_id is None:
            flash(_("This plan has ended and stays as it is."))
            return redirect(url_for(".show", plan_id=plan_id))
        typed = {"goal": plan.goal, "starts_on": plan.starts_on.isoformat(), "weeks": str(plan.weeks)}
        return _form(db, plan.rep_id, typed, tuple(f"{plan.standard}/{name}" for name, _w in plan.criteria), found)


@blueprint.post("/<int:plan_id>/edit")
def change(plan_id: int) -> str | Response | tuple[str, int]:
    """Write it anew; what somebody else changed meanwhile is not overwritten."""
    revision = read_number(request.form.get("revision")) or 0
    try:
        with parts().database.session() as db:
            change_plan(db, viewer(), plan_id, _read_form(), revision=revision)
    except (BadField, Moved) as error:
        return _again(None, plan_id, error), 409 if isinstance(error, Moved) else 422
    except CoachingRefused as error:
        raise told(error) from error
    flash(_("The plan is changed."))
    return redirect(url_for(".show", plan_id=plan_id))


@blueprint.post("/<int:plan_id>/steps")
def put_step(plan_id: int) -> Response:
    """Put a step into a week."""
    form = request.form
    terms = StepTerms(
        kind=form.get("kind", ""),
        week=read_number(form.get("week")) or 0,
        words=form.get("words", ""),
        session_id=read_number(form.get("session_id")),
        playlist_id=read_number(form.get("playlist_id")),
        quiz_id=read_quiz(form.get("quiz", "")),
    )
    do(lambda db: add_step(db, viewer(), plan_id, terms))
    flash(_("It stands in week %(week)s.", week=terms.week))
    return redirect(url_for(".show", plan_id=plan_id, _anchor=f"week{terms.week}"))


@blueprint.post("/<int:plan_id>/steps/<int:step_id>")
def step(plan_id: int, step_id: int) -> Response:
    """Mark a step done, take that back, or take the step out."""
    act = request.form.get("act", "")
    if act == "done":
        do(lambda db: finish_step(db, viewer(), plan_id, step_id, request.form.get("word", "")))
    elif act == "undo":
        do(lambda db: undo_step(db, viewer(), plan_id, step_id))
    elif act == "remove":
        do(lambda db: remove_step(db, viewer(), plan_id, step_id))
    else:
        abort(422)
    return redirect(url_for(".show", plan_id=plan_id, _anchor=f"step{step_id}"))


@blueprint.post("/<int:plan_id>/end")
def end(plan_id: int) -> Response:
    """End the plan with a word on what came of it."""
    outcome, revision = request.form.get("outcome", ""), read_number(request.form.get("revision"))
    do(lambda db: end_plan(db, viewer(), plan_id, outcome, revision=revision))
    flash(_("The plan has ended and stays readable."))
    return redirect(url_for(".show", plan_id=plan_id))


@blueprint.post("/<int:plan_id>/take-over")
def lead(plan_id: int) -> Response:
    """Become the coach of a plan that another one began."""
    do(lambda db: take_over_plan(db, viewer(), plan_id))
    flash(_("You lead this plan now."))
    return redirect(url_for(".show", plan_id=plan_id))


def read_quiz(text: str) -> int | None:
    """A quiz's number, typed as such or as its page's address; None for anything else."""
    return read_number(text.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/quizzes/")[2])


def _plan(db: Any, plan_id: int, now: datetime) -> PlanDetail:
    try:
        return read_plan(db, viewer(), plan_id, now)
    except NoSuchCoaching:
        abort(404)


def _read_form() -> PlanTerms:
    chosen = [value.partition("/") for value in request.form.getlist("criteria")]
    standards = {standard for standard, _slash, _criterion in chosen}
    if len(standards) > 1:
        raise BadField("criteria", "range", most=MOST_CRITERIA)
    return PlanTerms(
        goal=request.form.get("goal", ""),
        standard=next(iter(standards), ""),
        criteria=tuple(criterion for _standard, _slash, criterion in chosen),
        starts_on=read_day(request.form.get("starts_on", "")) or date.min,
        weeks=read_number(request.form.get("weeks")) or 0,
    )


def _form(
    db: Any,
    rep_id: int,
    typed: dict[str, str],
    chosen: tuple[str, ...],
    found: PlanDetail | None = None,
    **more: Any,
) -> str:
    rep = next((one for one in coached(db, viewer()) if one[0] == rep_id), None)
    if rep is None and (found is None or not found.may_coach):
        abort(404)
    first = chosen[0].partition("/") if chosen else None
    keep = (first[0], first[2]) if first else None
    return render_template(
        "coaching/plan_form.html",
        rep=rep or (rep_id, found.line.rep_name if found else "", None),
        plan=found.line if found else None,
        criteria=criteria_now(db, rep_id, language=viewer().language, now=datetime.now(UTC), keep=keep),
        typed=typed,
        chosen=chosen,
        most_criteria=MOST_CRITERIA,
        most_weeks=MOST_WEEKS,
        token=request.form.get("token") or secrets.token_urlsafe(12),
        **more,
    )


def _again(rep_id: int | None, plan_id: int | None, error: BadField | Moved) -> str:
    form = request.form
    with parts().database.read() as db:
        found = None if plan_id is None else _plan(db, plan_id, datetime.now(UTC))
        rep_id = rep_id if found is None else found.line.rep_id
        if rep_id is None:
            raise told(error)
        typed = {name: form.get(name, "") for name in ("goal", "starts_on", "weeks")}
        refused = field_words(error) if isinstance(error, BadField) else None
        return _form(
            db,
            rep_id,
            typed,
            tuple(form.getlist("criteria")),
            found,
            refused=refused,
            theirs=found.line if found is not None and isinstance(error, Moved) else None,
        )
