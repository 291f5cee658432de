"""Two coaches, or two windows, at one session or plan in the same moment; and rounds of reminders that are full."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.coaching import reminders
from review.coaching.moves import move_session
from review.coaching.plans import change_plan, make_plan
from review.coaching.refusals import Moved
from review.coaching.reminders import remind, unread_follow_ups
from review.coaching.sessions import change_session, make_session
from review.coaching.steps import StepTerms, add_step
from review.db import Database
from review.models import CoachingPlan, CoachingSession, Notification, utc_now
from tests.db.coaching_world import World, settle, terms
from tests.db.test_coaching_follow_up import plan_terms
from workers.coaching import remind_now

Act = Callable[[Session], int]


@pytest.fixture
def world(database: Database) -> World:
    with database.session() as session:
        return settle(session)


def at_once(database: Database, *acts: Act) -> list[int | Exception]:
    """What each act gave or raised, all begun in the same moment in transactions of their own."""
    gate = threading.Barrier(len(acts))

    def run(act: Act) -> int | Exception:
        gate.wait()
        try:
            with database.session() as session:
                return act(session)
        except Exception as error:  # noqa: BLE001 (it is what is asserted)
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_form_sent_four_times_at_once_is_stored_once(database: Database, world: World) -> None:
    with database.read() as session:
        coach = world.viewer(session, "coach")
    made = at_once(database, *[lambda s: make_session(s, coach, world.rep, terms(), token="a form")] * 4)
    plans = at_once(database, *[lambda s: make_plan(s, coach, world.rep, plan_terms(), token="a form")] * 4)
    assert (len(set(made)), len(set(plans))) == (1, 1), (made, plans)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CoachingSession)) == 1
        assert session.scalar(select(func.count()).select_from(CoachingPlan)) == 1
        assert session.scalar(select(func.count()).where(Notification.kind == "coaching_planned")) == 1


def test_of_two_who_write_at_once_the_later_one_is_told(database: Database, world: World) -> None:
    with database.session() as session:
        coach, lead = world.viewer(session, "coach"), world.viewer(session, "quality_lead")
        one = make_session(session, coach, world.rep, terms())
        plan = make_plan(session, coach, world.rep, plan_terms())
    found = at_once(
        database,
        lambda s: change_session(s, coach, one, terms(action="The coach says this."), revision=1),
        lambda s: change_session(s, lead, one, terms(action="The lead says that."), revision=1),
    )
    assert sorted(type(one).__name__ for one in found) == ["Moved", "int"], found
    found = at_once(
        database,
        lambda s: change_plan(s, coach, plan, plan_terms(goal="This"), revision=1),
        lambda s: change_plan(s, lead, plan, plan_terms(goal="That"), revision=1),
    )
    assert sorted(type(one).__name__ for one in found) == ["Moved", "int"], found
    assert any(isinstance(one, Moved) for one in found)


def test_plans_with_nothing_to_tell_do_not_fill_every_round(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "ROUND", 2)
    with database.session() as session:
        coach = world.viewer(session, "coach")
        for _ in range(3):  # their week is over, and the talk was held: done by itself
            plan = make_plan(session, coach, world.rep, plan_terms())
            talk = make_session(session, coach, world.rep, terms(plan_id=plan))
            add_step(session, coach, plan, StepTerms(kind="session", week=1, session_id=talk))
            move_session(session, coach, talk, "hold")
        behind = make_plan(session, coach, world.rep, plan_terms())
        add_step(session, coach, behind, StepTerms(kind="practice", week=1, words="Ask"))
    for _ in range(3):
        with database.session() as session:
            remind(session, utc_now())
    with database.read() as session:
        told = session.scalars(select(Notification.body).where(Notification.kind == "coaching_steps_late")).all()
    assert [body["url"] for body in told] == [f"/coaching/plans/{behind}"] * 2, "the rep and the coach, once"


def test_follow_ups_that_wait_take_no_turn_to_write(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session() as session:
        coach = world.viewer(session, "coach")
        for _ in range(3):
            made = make_session(session, coach, world.rep, terms())
            move_session(session, coach, made, "hold")
            move_session(session, coach, made, "done", word="Did it")
    now, turns, begin = utc_now() + timedelta(days=1), [], database.session
    monkeypatch.setattr(database, "session", lambda: turns.append(1) or begin())
    remind_now(database, now)
    assert len(turns) == 1, "for the deadlines"
    with database.read() as session:
        assert len(unread_follow_ups(session)) == 3
