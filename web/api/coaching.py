"""Coaching over the API: sessions and plans listed, read, made, changed and moved on, and what later calls show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Response
from pydantic import BaseModel

from review.coaching.listing import list_sessions as find_sessions
from review.coaching.listing import read_session as get_session
from review.coaching.moves import comment, move_session
from review.coaching.plans import PlanTerms, change_plan, end_plan, make_plan
from review.coaching.progress import list_plans as find_plans
from review.coaching.progress import read_plan as get_plan
from review.coaching.refusals import CoachingRefused
from review.coaching.sessions import change_session, make_session, take_over
from review.coaching.steps import StepTerms, add_step, finish_step, remove_step, undo_step
from review.coaching.terms import ClipTerms, SessionTerms
from web.api.coaching_models import (
    CoachingCommentIn,
    CoachingMoveIn,
    CoachingSessionChange,
    CoachingSessionFields,
    CoachingSessionIn,
    CoachingSessionPath,
    CoachingSessionQuery,
)
from web.api.coaching_plan_models import (
    CoachingPlanChange,
    CoachingPlanEndIn,
    CoachingPlanFields,
    CoachingPlanIn,
    CoachingPlanOut,
    CoachingPlanPage,
    CoachingPlanPath,
    CoachingPlanQuery,
    CoachingStepIn,
    CoachingStepMoveIn,
    CoachingStepPath,
    plan_line_out,
    plan_out,
)
from web.api.coaching_shown import (
    CoachingFollowUpOut,
    CoachingSessionOut,
    CoachingSessionPage,
    follow_up_out,
    line_out,
    session_out,
)
from web.api.doing import answer, area, do_once, once_by_key
from web.api.paging import cut
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.coaching_forms import told
from web.parts import parts

blueprint = area("coaching", "coaching", "Coaching sessions and plans, and what later calls show of them.")

T = TypeVar("T")
READS: dict[Any, Any] = {404: Problem}
WRITES: dict[Any, Any] = {404: Problem, 409: Problem, 422: Problem}


@blueprint.get("/coaching/sessions", responses={200: CoachingSessionPage, 422: Problem})
def list_sessions(query: CoachingSessionQuery) -> Response:
    """List the sessions that the token's person may see: a rep's own, a manager's teams', all for leads."""
    with parts().database.read() as db:
        rows = find_sessions(
            db,
            viewer(),
            state=query.state,
            rep_id=query.rep_id,
            plan_id=query.plan_id,
            after=query.place(datetime),
            limit=query.limit + 1,
        )
    shown, following = cut(rows, query.limit, lambda row: (row.created_at, row.id))
    return answer(CoachingSessionPage(sessions=[line_out(row) for row in shown], next=following))


@blueprint.get("/coaching/sessions/<int:session_id>", responses={200: CoachingSessionOut, **READS})
def read_session(path: CoachingSessionPath) -> Response:
    """Read one session."""
    return answer(_reading(lambda db: _session(db, path.session_id)))


@blueprint.get("/coaching/sessions/<int:session_id>/follow-up", responses={200: CoachingFollowUpOut, **READS})
def read_follow_up(path: CoachingSessionPath) -> Response:
    """Read what later calls show: the rep before and after, the rest of the team, and every call behind a number."""
    return answer(_reading(lambda db: follow_up_out(get_session(db, viewer(), path.session_id, datetime.now(UTC)))))


@blueprint.post("/coaching/sessions", responses={201: CoachingSessionOut, **WRITES})
@once_by_key
def create_session(body: CoachingSessionIn) -> Response:
    """Put a session down; the rep is told and asked to confirm."""
    return _once(lambda db: _session(db, make_session(db, viewer(), body.rep_id, _terms(body))))


@blueprint.put("/coaching/sessions/<int:session_id>", responses={200: CoachingSessionOut, **WRITES})
def update_session(path: CoachingSessionPath, body: CoachingSessionChange) -> Response:
    """Write a session anew on top of the revision that was read; 409 when it is another now."""

    def act(db: Any) -> CoachingSessionOut:
        change_session(db, viewer(), path.session_id, _terms(body), revision=body.revision)
        return _session(db, path.session_id)

    return _write(act)


@blueprint.post("/coaching/sessions/<int:session_id>/move", responses={200: CoachingSessionOut, **WRITES})
def move_on(path: CoachingSessionPath, body: CoachingMoveIn) -> Response:
    """Do one step: hold, confirm, done, not_done, follow_up or close."""

    def act(db: Any) -> CoachingSessionOut:
        move_session(db, viewer(), path.session_id, body.move, word=body.word, at=body.at, revision=body.revision)
        return _session(db, path.session_id)

    return _write(act)


@blueprint.post("/coaching/sessions/<int:session_id>/comments", responses={201: CoachingSessionOut, **WRITES})
@once_by_key
def write_comment(path: CoachingSessionPath, body: CoachingCommentIn) -> Response:
    """Write a comment that rep and coach read."""

    def act(db: Any) -> CoachingSessionOut:
        comment(db, viewer(), path.session_id, body.body)
        return _session(db, path.session_id)

    return _once(act)


@blueprint.post("/coaching/sessions/<int:session_id>/take-over", responses={200: CoachingSessionOut, **WRITES})
def lead(path: CoachingSessionPath) -> Response:
    """Become the coach of a session that another one began."""

    def act(db: Any) -> CoachingSessionOut:
        take_over(db, viewer(), path.session_id)
        return _session(db, path.session_id)

    return _write(act)


@blueprint.get("/coaching/plans", responses={200: CoachingPlanPage, 422: Problem})
def list_plans(query: CoachingPlanQuery) -> Response:
    """List the plans that the token's person may see, with how many steps are behind."""
    with parts().database.read() as db:
        rows = find_plans(
            db,
            viewer(),
            datetime.now(UTC),
            state=query.state,
            rep_id=query.rep_id,
            after=query.place(datetime),
            limit=query.limit + 1,
        )
    shown, following = cut(rows, query.limit, lambda row: (row.created_at, row.id))
    return answer(CoachingPlanPage(plans=[plan_line_out(row) for row in shown], next=following))


@blueprint.get("/coaching/plans/<int:plan_id>", responses={200: CoachingPlanOut, **READS})
def read_plan(path: CoachingPlanPath) -> Response:
    """Read one plan with its steps and how its criteria changed."""
    return answer(_reading(lambda db: _plan(db, path.plan_id)))


@blueprint.post("/coaching/plans", responses={201: CoachingPlanOut, **WRITES})
@once_by_key
def create_plan(body: CoachingPlanIn) -> Response:
    """Put a plan down; the rep is told."""
    return _once(lambda db: _plan(db, make_plan(db, viewer(), body.rep_id, _plan_terms(body))))


@blueprint.put("/coaching/plans/<int:plan_id>", responses={200: CoachingPlanOut, **WRITES})
def update_plan(path: CoachingPlanPath, body: CoachingPlanChange) -> Response:
    """Write a plan anew on top of the revision that was read; 409 when it is another now."""

    def act(db: Any) -> CoachingPlanOut:
        change_plan(db, viewer(), path.plan_id, _plan_terms(body), revision=body.revision)
        return _plan(db, path.plan_id)

    return _write(act)


@blueprint.post("/coaching/plans/<int:plan_id>/steps", responses={201: CoachingPlanOut, **WRITES})
@once_by_key
def create_step(path: CoachingPlanPath, body: CoachingStepIn) -> Response:
    """Put a step into a week."""

    def act(db: Any) -> CoachingPlanOut:
        add_step(db, viewer(), path.plan_id, StepTerms(**body.model_dump()))
        return _plan(db, path.plan_id)

    return _once(act)


@blueprint.post("/coaching/plans/<int:plan_id>/steps/<int:step_id>/move", responses={200: CoachingPlanOut, **WRITES})
def move_step(path: CoachingStepPath, body: CoachingStepMoveIn) -> Response:
    """Mark a step done, or take that back."""

    def act(db: Any) -> CoachingPlanOut:
        if body.move == "done":
            finish_step(db, viewer(), path.plan_id, path.step_id, body.word)
        else:
            undo_step(db, viewer(), path.plan_id, path.step_id)
        return _plan(db, path.plan_id)

    return _write(act)


@blueprint.delete("/coaching/plans/<int:plan_id>/steps/<int:step_id>", responses={200: CoachingPlanOut, **WRITES})
def delete_step(path: CoachingStepPath) -> Response:
    """Take a step out of a plan."""

    def act(db: Any) -> CoachingPlanOut:
        remove_step(db, viewer(), path.plan_id, path.step_id)
        return _plan(db, path.plan_id)

    return _write(act)


@blueprint.post("/coaching/plans/<int:plan_id>/end", responses={200: CoachingPlanOut, **WRITES})
def finish_plan(path: CoachingPlanPath, body: CoachingPlanEndIn) -> Response:
    """End a plan with a word on what came of it."""

    def act(db: Any) -> CoachingPlanOut:
        end_plan(db, viewer(), path.plan_id, body.outcome)
        return _plan(db, path.plan_id)

    return _write(act)


def _terms(body: CoachingSessionFields) -> SessionTerms:
    plain = body.model_dump(exclude={"rep_id", "revision", "moments"})
    return SessionTerms(**plain, clips=tuple(ClipTerms(**one.model_dump()) for one in body.moments))


def _plan_terms(body: CoachingPlanFields) -> PlanTerms:
    plain = body.model_dump(exclude={"rep_id", "revision", "criteria"})
    return PlanTerms(**plain, criteria=tuple(body.criteria))


def _session(db: Any, session_id: int) -> CoachingSessionOut:
    db.flush()
    return session_out(get_session(db, viewer(), session_id, datetime.now(UTC)))


def _plan(db: Any, plan_id: int) -> CoachingPlanOut:
    db.flush()
    return plan_out(get_plan(db, viewer(), plan_id, datetime.now(UTC)))


def _reading(read: Callable[[Any], T]) -> T:
    try:
        with parts().database.read() as db:
            return read(db)
    except CoachingRefused as error:
        raise told(error) from error


def _write(act: Callable[[Any], BaseModel]) -> Response:
    try:
        with parts().database.session() as db:
            return answer(act(db))
    except CoachingRefused as error:
        raise told(error) from error


def _once(act: Callable[[Any], BaseModel]) -> Response:
    try:
        return do_once(act)
    except CoachingRefused as error:
        raise told(error) from error
