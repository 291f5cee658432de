"""A coach who left leaves nothing with nobody: others see it, are told what falls due, and can take it over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.coaching.listing import list_sessions
from review.coaching.moves import comment, move_session
from review.coaching.plans import end_plan, make_plan, take_over_plan
from review.coaching.progress import list_plans, read_plan
from review.coaching.refusals import NoSuchCoaching, NotNow, NotYourPart
from review.coaching.sessions import make_session, take_over
from review.coaching.steps import StepTerms, add_step
from review.db import Database
from review.models import AuditEvent, CoachingSession, CoachingStep, Notification, Rep, TeamMember, User, utc_now
from tests.db.coaching_world import World, answer_calls, held_long_ago, settle, terms
from tests.db.test_coaching_follow_up import plan_terms
from tests.factories import make_user
from workers.coaching import remind_now


def told(database: Database, user_id: int) -> list[str]:
    with database.read() as session:
        wanted = select(Notification.kind).where(Notification.user_id == user_id).order_by(Notification.id)
        return list(session.scalars(wanted))


def leave(session: Session, world: World) -> None:
    session.get_one(User, world.coach).disabled_at = utc_now()
    session.flush()


def second_manager(session: Session, world: World) -> int:
    """Another manager of the same team, who follows the coach."""
    made = make_user(session, "manager", name="Sam Successor")
    session.add(TeamMember(team_id=world.team, user_id=made.id, is_manager=True))
    world.users["successor"] = made.id
    session.flush()
    return made.id


def test_what_a_departed_coach_began_stands_without_a_coach_for_those_who_can_take_it(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        second_manager(session, world)
        made = make_session(session, world.viewer(session, "coach"), world.rep, terms())
        closed = make_session(session, world.viewer(session, "coach"), world.rep, terms())
        move_session(session, world.viewer(session, "coach"), closed, "close", word="Never held")
        plan = make_plan(session, world.viewer(session, "coach"), world.rep, plan_terms())
        now = utc_now()
        successor = world.viewer(session, "successor")
        assert not any(line.coach_left for line in list_sessions(session, successor))
        assert not list_plans(session, successor, now)[0].coach_left
        leave(session, world)
        for who in ("successor", "quality_lead", "head_of_sales", "rep"):
            viewer = world.viewer(session, who)
            groups = {line.id: line.group(now) for line in list_sessions(session, viewer)}
            assert groups == {made: "without_coach", closed: "closed"}
            assert list_plans(session, viewer, now)[0].coach_left
        with pytest.raises(NoSuchCoaching):
            take_over_plan(session, world.viewer(session, "stranger_coach"), plan)
        with pytest.raises(NotYourPart):
            take_over_plan(session, world.viewer(session, "rep"), plan)
        take_over_plan(session, successor, plan)
        take_over_plan(session, successor, plan)
        take_over(session, successor, made)
        seen = read_plan(session, successor, plan, now)
        assert (seen.leads, seen.line.coach_left, seen.line.coach_name) == (True, False, "Sam Successor")
        assert [line.group(now) for line in list_sessions(session, successor, open_only=True)] == ["planned"]
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "coaching.plan_taken_over")).one()
        assert event.details == {"before": "Helen Coach"}
        notice = select(Notification.body).where(Notification.kind == "coaching_taken_over").order_by(Notification.id)
        assert [body.get("plan", False) for body in session.scalars(notice)] == [True, False]
        end_plan(session, successor, plan, "Done")
        session.get_one(User, world.users["successor"]).disabled_at = utc_now()
        session.flush()
        lead = world.viewer(session, "quality_lead")
        assert not list_plans(session, lead, now)[0].coach_left, "an ended plan needs nobody"
        with pytest.raises(NotNow):
            take_over_plan(session, lead, plan)


def test_deadlines_go_to_the_managers_of_the_rep_and_then_to_the_successor(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        successor = second_manager(session, world)
        coach = world.viewer(session, "coach")
        late = make_session(session, coach, world.rep, terms())
        session.get_one(CoachingSession, late).due_at = utc_now() - timedelta(hours=1)
        followed = held_long_ago(session, world)
        held = session.get_one(CoachingSession, followed).held_at
        assert held is not None
        answer_calls(session, world.rep, held - timedelta(days=14), [False] * 12)
        answer_calls(session, world.rep, held + timedelta(days=3), [True] * 12)
        plan = make_plan(session, coach, world.rep, plan_terms())
        add_step(session, coach, plan, StepTerms(kind="practice", week=1, words="Ask first"))
        session.query(Notification).delete()
        leave(session, world)
    assert remind_now(database, utc_now()) == 3
    assert remind_now(database, utc_now()) == 0
    assert told(database, successor) == ["coaching_late", "coaching_steps_late", "coaching_ready"]
    assert told(database, world.coach) == []
    assert told(database, world.users["head_of_sales"]) == []
    with database.session() as session:
        comment(session, world.viewer(session, "rep"), late, "Who do I talk to now?")
        take_over_plan(session, world.viewer(session, "quality_lead"), plan)
        step = session.scalars(select(CoachingStep)).one()
        step.due_at = utc_now() - timedelta(minutes=1)
    assert told(database, successor)[3:] == ["coaching_comment"]
    assert remind_now(database, utc_now()) == 1
    assert told(database, world.users["quality_lead"]) == ["coaching_steps_late"]
    assert len(told(database, successor)) == 4


def test_without_a_manager_the_leads_are_told_and_never_the_rep_as_their_own_coach(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        made = make_session(session, world.viewer(session, "coach"), world.rep, terms())
        session.get_one(CoachingSession, made).due_at = utc_now() - timedelta(hours=1)
        session.execute(delete(TeamMember).where(TeamMember.user_id == world.coach))
        session.add(TeamMember(team_id=world.team, user_id=world.users["quality_lead"], is_manager=False))
        playing_manager = second_manager(session, world)
        session.get_one(Rep, world.rep).user_id = playing_manager
        session.query(Notification).delete()
        leave(session, world)
    assert remind_now(database, utc_now()) == 1
    assert told(database, playing_manager) == [], "nobody coaches themselves"
    for who in ("quality_lead", "head_of_sales"):
        assert told(database, world.users[who]) == ["coaching_late"]
    assert told(database, world.users["reviewer"]) == []
