"""The days of coaching as moments: when a day, a plan's week and a plan itself begin and end where the rep works."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from review.coaching.telling import rep_user
from review.models import CoachingPlan
from review.working_time.due import calendar_of


def begin_of_plan(session: Session, plan: CoachingPlan) -> datetime:
    """The midnight a plan's first day begins with: a call of that morning is one of the plan's, in every zone."""
    return calendar_of(session, rep_user(session, plan.rep_id)).at(plan.starts_on, 0)


def end_of_week(session: Session, plan: CoachingPlan, week: int) -> datetime:
    """The end of the last working day of a plan's week, by the rep's calendar; of its last day where nobody works."""
    calendar = calendar_of(session, rep_user(session, plan.rep_id))
    last = plan.starts_on + timedelta(days=7 * week - 1)
    days = [last - timedelta(days=back) for back in range(7)]
    return calendar.end_of(next((day for day in days if calendar.is_working_day(day)), last))


def end_of_day(session: Session, rep_id: int | None, day: date) -> datetime:
    """The end of a working day where the rep works; of a day off, of the day itself."""
    return calendar_of(session, rep_user(session, rep_id)).end_of(day)


def due_day(session: Session, rep_id: int | None, due_at: datetime) -> date:
    """The day a deadline ends, where the rep works; the last moment before it counts, for a day may end at midnight."""
    return calendar_of(session, rep_user(session, rep_id)).day_of(due_at - timedelta(seconds=1))
