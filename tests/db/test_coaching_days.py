"""Plans by the rep's calendar and on the calls that count; nothing of a call its coach is to judge blind."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from review.coaching import progress
from review.coaching.criteria import criteria_now
from review.coaching.days import end_of_week
from review.coaching.listing import read_session
from review.coaching.plans import change_plan, make_plan
from review.coaching.progress import read_plan
from review.coaching.steps import StepTerms, add_step
from review.coaching.strengths import find_strengths
from review.db import Database
from review.models import CoachingPlan, CoachingSession, CoachingStep, CriterionResult, WorkingCalendar, utc_now
from review.sampling.handing import put
from tests.db.coaching_world import CRITERION, answer_calls, held_long_ago, settle
from tests.db.test_coaching_follow_up import plan_terms


def test_a_plan_that_is_moved_takes_the_days_of_its_steps_along(database: Database) -> None:
    now = utc_now()
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        plan = make_plan(session, coach, world.rep, plan_terms(weeks=4))
        for week in (1, 4):
            add_step(session, coach, plan, StepTerms(kind="practice", week=week, words="Ask"))
        assert read_plan(session, coach, plan, now).line.late == 1
        row = session.get_one(CoachingPlan, plan)
        fresh = plan_terms(weeks=2, starts_on=now.date() + timedelta(days=7))
        change_plan(session, coach, plan, fresh, revision=row.revision)
        steps = session.scalars(select(CoachingStep).order_by(CoachingStep.id)).all()
        assert [(step.week, step.due_at) for step in steps] == [
            (1, end_of_week(session, row, 1)),
            (2, end_of_week(session, row, 2)),
        ]
        assert read_plan(session, coach, plan, now).line.late == 0, "nothing is behind in a plan that begins next week"


def test_a_plan_begins_with_the_first_day_where_the_rep_works(database: Database) -> None:
    zone = ZoneInfo("Asia/Vladivostok")
    first = utc_now().date() - timedelta(days=20)
    with database.session() as session:
        world = settle(session)
        week = ["9:00-18:00"] * 5 + ["", ""]
        session.add(WorkingCalendar(scope=f"team:{world.team}", team_id=world.team, zone=zone.key, week=week))
        coach = world.viewer(session, "coach")
        plan = make_plan(session, coach, world.rep, plan_terms(starts_on=first))
        answer_calls(session, world.rep, datetime.combine(first, time(8), zone), [True])
        answer_calls(session, world.rep, datetime.combine(first, time(8), zone) - timedelta(days=1), [False])
        change = read_plan(session, coach, plan, utc_now()).changes[0][2]
    assert (change.calls_before, change.calls_after) == (1, 1), "eight in the morning there is the day before in UTC"


def test_calls_picked_for_a_fault_count_in_no_plan_of_what_only_people_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "machine_answers", lambda *_: False)
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        plan = make_plan(session, coach, world.rep, plan_terms())
        begin = utc_now() - timedelta(days=30)
        calls = answer_calls(session, world.rep, begin, [False] * 6, every=timedelta(hours=1))
        later = answer_calls(session, world.rep, begin + timedelta(days=15), [True] * 6, every=timedelta(hours=1))
        session.execute(update(CriterionResult).values(source="person", part="random"))
        picked = CriterionResult.call_id.in_([*calls[:2], later[0]])
        session.execute(update(CriterionResult).where(picked).values(part="risk"))
        change = read_plan(session, coach, plan, utc_now()).changes[0][2]
    assert (change.calls_before, change.calls_after, change.verdict) == (4, 5, "too_early")


def test_a_coach_who_is_to_judge_a_call_blind_reads_no_answer_of_it(database: Database) -> None:
    now = utc_now()
    with database.session() as session:
        world = settle(session)
        made = held_long_ago(session, world)
        held = session.get_one(CoachingSession, made).held_at
        assert held is not None
        later = answer_calls(session, world.rep, held + timedelta(days=3), [True] * 6)
        coach = world.viewer(session, "coach")
        criteria = criteria_now(session, world.rep, language="en", now=now)
        before = find_strengths(session, coach, world.rep, criteria, now).moments
        waiting = {"user_id": world.coach, "part": "chosen", "why": [], "blind": True, "due_at": now}
        for call_id in later:
            assert put(session, {**waiting, "call_id": call_id})
        found = read_session(session, coach, made, now)
        assert found.veiled == frozenset(later)
        assert read_session(session, world.viewer(session, "quality_lead"), made, now).veiled == frozenset()
        assert find_strengths(session, coach, world.rep, criteria, now).moments == ()
        assert before
        assert {one.call_id for one in before} <= set(later)
        assert CRITERION.id == found.line.criterion
