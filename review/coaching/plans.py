"""Plans over several weeks: a goal, the criteria it aims at, and what is to be done in each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.coaching.criteria import question_of
from review.coaching.days import end_of_week
from review.coaching.given import move_given
from review.coaching.refusals import BadField, Moved, NoSuchCoaching, NotNow, NotYourPart
from review.coaching.rights import is_rep, may_coach, visible_plans
from review.coaching.sessions import hold_rep, own_token
from review.coaching.telling import tell_rep
from review.coaching.terms import LONGEST_WORDS, read_words
from review.models import CoachingPlan, CoachingStep, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record

LONGEST_GOAL: Final = 300
MOST_WEEKS: Final = 26
MOST_CRITERIA: Final = 3
"""More at once is no goal any more."""
FARTHEST_DAYS: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """A plan as the coach writes it."""

    goal: str
    standard: str
    criteria: tuple[str, ...]
    starts_on: date
    weeks: int


def make_plan(session: Session, viewer: Viewer, rep_id: int, terms: PlanTerms, *, token: str | None = None) -> int:
    """Put a plan down and tell the rep; its id. The same `token` again gives the plan made before.

    Raises NoSuchCoaching (the rep is not the viewer's to coach) and BadField.
    """
    if not may_coach(session, viewer, rep_id):
        raise NoSuchCoaching("rep", rep_id)
    rep = hold_rep(session, rep_id)
    token = own_token(viewer, token)
    if token is not None:
        known = session.scalar(select(CoachingPlan.id).where(CoachingPlan.token == token))
        if known is not None:
            return int(known)
    row = CoachingPlan(
        rep_id=rep.id,
        rep_name=rep.name,
        team_id=rep.team_id,
        coach_id=viewer.user_id,
        coach_name=viewer.name,
        token=token,
        **_columns(session, terms, None),
    )
    session.add(row)
    session.flush()
    record(session, viewer.user_id, "coaching.plan_made", "coaching_plan", row.id, rep=rep.id, weeks=row.weeks)
    tell_rep(session, row, "coaching_plan", by=viewer)
    return int(row.id)


def change_plan(session: Session, viewer: Viewer, plan_id: int, terms: PlanTerms, *, revision: int) -> int:
    """Write a plan anew on top of `revision`; the new revision. Steps in weeks it no longer has go to its last one.

    A step whose week lies elsewhere now is due when that week ends, and so is the playlist or quiz it gave.
    Raises NoSuchCoaching, NotYourPart, NotNow, Moved and BadField.
    """
    row = hold_plan(session, viewer, plan_id)
    if row.revision != revision:
        raise Moved("plan", row.id, row.revision)
    began = row.starts_on
    for name, value in _columns(session, terms, row).items():
        setattr(row, name, value)
    moved = []
    for step in session.scalars(select(CoachingStep).where(CoachingStep.plan_id == row.id)):
        if row.starts_on != began or step.week > row.weeks:
            before, step.week = step.due_at, min(step.week, row.weeks)
            step.due_at = end_of_week(session, row, step.week)
            moved.append((step, before))
    move_given(session, row, moved)
    step_plan(session, row, revision)
    return row.revision


def end_plan(session: Session, viewer: Viewer, plan_id: int, outcome: str, *, revision: int | None = None) -> None:
    """End a plan with a word on what came of it. Raises NoSuchCoaching, NotYourPart, NotNow, Moved and BadField."""
    row = hold_plan(session, viewer, plan_id)
    if revision is not None and row.revision != revision:
        raise Moved("plan", row.id, row.revision)
    row.outcome = read_words("outcome", outcome, LONGEST_WORDS)
    row.state, row.ended_at = "ended", utc_now()
    step_plan(session, row, row.revision)
    record(session, viewer.user_id, "coaching.plan_ended", "coaching_plan", row.id)
    tell_rep(session, row, "coaching_plan_ended", by=viewer)


def take_over_plan(session: Session, viewer: Viewer, plan_id: int) -> None:
    """Lead a plan another coach began: one who left, or who does not coach this rep any more. The rep is told.

    Its sessions are taken over one by one. Raises NoSuchCoaching, NotYourPart, NotNow and Moved.
    """
    row = hold_plan(session, viewer, plan_id)
    if row.coach_id == viewer.user_id:
        return
    before = row.coach_name
    row.coach_id, row.coach_name = viewer.user_id, viewer.name
    step_plan(session, row, row.revision)
    record(session, viewer.user_id, "coaching.plan_taken_over", "coaching_plan", row.id, before=before)
    tell_rep(session, row, "coaching_taken_over", by=viewer, plan=True)


def hold_plan(session: Session, viewer: Viewer, plan_id: int, *, as_rep: bool = False) -> CoachingPlan:
    """An active plan for its coach (`as_rep`: for its rep as well), locked until the transaction ends.

    Raises NoSuchCoaching, NotYourPart and NotNow.
    """
    row = session.scalar(
        select(CoachingPlan)
        .where(CoachingPlan.id == plan_id, visible_plans(viewer))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NoSuchCoaching("plan", plan_id)
    rep = is_rep(viewer, row.rep_id)
    if not (as_rep and rep) and (rep or not may_coach(session, viewer, row.rep_id)):
        raise NotYourPart("change")
    if row.state != "active":
        raise NotNow("change", row.state)
    return row


def step_plan(session: Session, row: CoachingPlan, revision: int) -> None:
    """Count a write on top of `revision`: of two at once the later one fails. Raises Moved."""
    session.flush()
    done = session.execute(
        update(CoachingPlan)
        .where(CoachingPlan.id == row.id, CoachingPlan.revision == revision)
        .values(revision=revision + 1, updated_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Moved("plan", row.id, revision + 1)
    session.refresh(row)


def _columns(session: Session, terms: PlanTerms, row: CoachingPlan | None) -> dict[str, Any]:
    criteria = tuple(dict.fromkeys(terms.criteria))
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        raise BadField("criteria", "range" if criteria else "missing", most=MOST_CRITERIA)
    if not 1 <= terms.weeks <= MOST_WEEKS:
        raise BadField("weeks", "range", least=1, most=MOST_WEEKS)
    if abs(terms.starts_on - utc_now().date()) > timedelta(days=FARTHEST_DAYS):
        raise BadField("starts_on", "range")
    known = dict(row.questions) if row is not None and row.standard == terms.standard else {}
    return {
        "goal": read_words("goal", terms.goal, LONGEST_GOAL),
        "standard": terms.standard,
        "criteria": list(criteria),
        "questions": {name: known.get(name) or question_of(session, terms.standard, name) for name in criteria},
        "starts_on": terms.starts_on,
        "weeks": terms.weeks,
    }
