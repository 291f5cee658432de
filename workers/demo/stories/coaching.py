"""The demo's coaching: a talk about one thing that was held and confirmed, and a plan around it.

Later calls are not made up: the follow-up says that it is too early, and how many calls are missing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.coaching.criteria import CriterionNow, criteria_now
from review.coaching.moves import comment, move_session
from review.coaching.plans import PlanTerms, make_plan
from review.coaching.sessions import make_session, own_token
from review.coaching.steps import StepTerms, add_step
from review.coaching.strengths import Strengths, find_strengths
from review.coaching.terms import ClipTerms, SessionTerms
from review.models import CoachingSession, Rep, User, utc_now
from review.queries.viewer import Viewer, load_viewer
from review.working_time.due import due_after

MARK: Final = "demo-coaching"
COACH: Final = "manager@demo.example"
WORKING_DAYS: Final = 5
LEAD: Final = 2.0  # seconds before the words: a clip of one word alone says nothing


def tell(session: Session, now: datetime | None = None) -> bool:
    """Tell the story once; False when it was told before or the demo has no calls for it. Does not commit."""
    now = now or utc_now()
    coach = _person(session, select(User.id).where(User.email == COACH))
    if coach is None:
        return False
    told = select(CoachingSession.id).where(CoachingSession.token == own_token(coach, MARK))
    if session.scalar(told) is not None:
        return False
    for rep_id in session.scalars(select(Rep.id).where(Rep.user_id.is_not(None), Rep.active).order_by(Rep.id)):
        rep = _person(session, select(Rep.user_id).where(Rep.id == rep_id))
        criteria = criteria_now(session, rep_id, language="en", now=now)
        weak = next((one for one in criteria if one.mean is not None and one.mean < 1), None)
        if rep is not None and weak is not None:
            strengths = find_strengths(session, coach, rep_id, criteria, now)
            _begin(session, coach, rep, rep_id, weak, strengths, now)
            return True
    return False


def _begin(
    session: Session,
    coach: Viewer,
    rep: Viewer,
    rep_id: int,
    weak: CriterionNow,
    strengths: Strengths,
    now: datetime,
) -> None:
    plan = make_plan(
        session,
        coach,
        rep_id,
        PlanTerms(
            goal=weak.question,
            standard=weak.standard,
            criteria=(weak.criterion,),
            starts_on=now.date() - timedelta(days=2),
            weeks=4,
        ),
        token=MARK,
    )
    best = next(iter(strengths.criteria), None) or next(iter(strengths.moments), None)
    moments = tuple(
        ClipTerms(
            call_id=one.call_id, start=max(0.0, one.start - LEAD), end=one.end, title=one.question[:120], good=True
        )
        for one in strengths.moments[:1]
    )
    made = make_session(
        session,
        coach,
        rep_id,
        SessionTerms(
            went_well=f"Keep doing this: {best.question}" if best else "You came prepared and took notes.",
            standard=weak.standard,
            criterion=weak.criterion,
            cause="knowledge",
            action="On the next five calls this comes first, and we listen to one of them together.",
            action_by="both",
            due_at=due_after(session, now, WORKING_DAYS, user_id=rep.user_id),
            notes="We listened to two calls and agreed on one thing only.",
            picked="plan",
            plan_id=plan,
            clips=moments,
        ),
        token=MARK,
    )
    move_session(session, rep, made, "confirm")
    move_session(session, coach, made, "hold")
    comment(session, rep, made, "I wrote it on a note beside my screen.", token=MARK)
    add_step(session, coach, plan, StepTerms(kind="session", week=1, session_id=made))
    add_step(session, coach, plan, StepTerms(kind="practice", week=1, words="Try it on five calls"))
    add_step(session, coach, plan, StepTerms(kind="practice", week=3, words="Bring the call that went best"))


def _person(session: Session, query: object) -> Viewer | None:
    user_id = session.scalar(query)  # type: ignore[call-overload]
    return None if user_id is None else load_viewer(session, user_id)
