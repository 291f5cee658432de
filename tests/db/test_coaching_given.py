"""What a plan gives its rep is due when its steps are, also after the plan was moved, and over a change of the zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.coaching.plans import change_plan, make_plan
from review.coaching.steps import StepTerms, add_step
from review.comments.playlists import make_playlist
from review.db import Database
from review.library.tasks import give_playlist
from review.models import (
    CoachingPlan,
    CoachingStep,
    PlaylistTask,
    Quiz,
    QuizQuestion,
    QuizTask,
    WorkingCalendar,
    utc_now,
)
from tests.db.coaching_world import World, settle
from tests.db.test_coaching_follow_up import plan_terms

TODAY = utc_now().date()
NEXT = TODAY + timedelta(days=7)


@pytest.fixture
def world(database: Database) -> World:
    """The people, and the rep's team in Berlin."""
    with database.session() as session:
        found = settle(session)
        week = ["9:00-18:00"] * 5 + ["", ""]
        session.add(WorkingCalendar(scope=f"team:{found.team}", team_id=found.team, zone="Europe/Berlin", week=week))
        return found


def make(session: Session, world: World, starts_on: date, *, weeks: int = 4) -> tuple[int, int, int]:
    """A plan with a playlist in its first week and a quiz in its second; the numbers of all three."""
    coach = world.viewer(session, "coach")
    plan = make_plan(session, coach, world.rep, plan_terms(starts_on=starts_on, weeks=weeks))
    playlist = make_playlist(session, coach, "Open questions")
    quiz = Quiz(user_id=coach.user_id, author=coach.name, title="What now?")
    session.add(quiz)
    session.flush()
    session.add(QuizQuestion(quiz_id=quiz.id, position=1, start=0.0, until=3.0))
    session.flush()
    add_step(session, coach, plan, StepTerms(kind="playlist", week=1, playlist_id=playlist))
    add_step(session, coach, plan, StepTerms(kind="quiz", week=2, quiz_id=quiz.id))
    return plan, playlist, quiz.id


def move(session: Session, world: World, plan: int, starts_on: date, *, weeks: int = 4) -> None:
    revision = session.get_one(CoachingPlan, plan).revision
    fresh = plan_terms(starts_on=starts_on, weeks=weeks)
    change_plan(session, world.viewer(session, "coach"), plan, fresh, revision=revision)


def dues(session: Session) -> list[datetime | None]:
    return [
        session.scalars(select(PlaylistTask.due_at)).one(),
        session.scalars(select(QuizTask.due_at)).one(),
    ]


def days_of_steps(session: Session, zone: str) -> list[datetime]:
    """The last minute of the day each step is due, in a zone."""
    found = session.scalars(select(CoachingStep.due_at).order_by(CoachingStep.week, CoachingStep.id))
    place = ZoneInfo(zone)
    return [
        datetime.combine((due - timedelta(seconds=1)).astimezone(place).date(), time(23, 59), place) for due in found
    ]


def test_a_plan_that_is_moved_takes_what_it_gave_along(database: Database, world: World) -> None:
    with database.session() as session:
        plan, _playlist, _quiz = make(session, world, NEXT)
        before = dues(session)
        assert before == days_of_steps(session, "Europe/Berlin")
        session.execute(update(PlaylistTask).values(told="late"))
        move(session, world, plan, NEXT + timedelta(days=14))
        assert dues(session) == days_of_steps(session, "Europe/Berlin")
        assert dues(session) == [None if due is None else due + timedelta(days=14) for due in before]
        assert session.scalars(select(PlaylistTask.told)).one() == "", "reminders begin anew"
        move(session, world, plan, NEXT + timedelta(days=14), weeks=1)
        first, second = dues(session)
        assert first == second, "a step of a week the plan no longer has is of its last one"


def test_a_day_set_by_hand_stays_and_so_does_what_is_done_or_taken_back(database: Database, world: World) -> None:
    by_hand = NEXT + timedelta(days=50)
    with database.session() as session:
        plan, playlist, _quiz = make(session, world, NEXT)
        give_playlist(session, world.viewer(session, "coach"), playlist, user_ids=[world.rep_user], due_on=by_hand)
        session.execute(update(QuizTask).values(withdrawn_at=utc_now()))
        before = dues(session)
        move(session, world, plan, NEXT + timedelta(days=14))
        assert dues(session) == before
        session.execute(update(QuizTask).values(withdrawn_at=None, done_at=utc_now()))
        move(session, world, plan, NEXT + timedelta(days=21))
        assert dues(session) == before


def test_what_was_given_without_a_day_gets_one_when_its_week_comes_after_all(database: Database, world: World) -> None:
    with database.session() as session:
        plan, _playlist, _quiz = make(session, world, TODAY - timedelta(days=30))
        assert dues(session) == [None, None]
        move(session, world, plan, NEXT)
        assert dues(session) == days_of_steps(session, "Europe/Berlin")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Vladivostok"])
def test_a_zone_that_changed_since_does_not_tear_the_two_apart(database: Database, world: World, zone: str) -> None:
    with database.session() as session:
        plan, _playlist, _quiz = make(session, world, NEXT)
        session.execute(update(WorkingCalendar).values(zone=zone))
        session.expire_all()
        move(session, world, plan, NEXT + timedelta(days=28))
        assert dues(session) == days_of_steps(session, zone)


def test_named_by_two_steps_it_is_due_with_the_first(database: Database, world: World) -> None:
    with database.session() as session:
        plan, playlist, _quiz = make(session, world, NEXT)
        session.add(
            CoachingStep(
                plan_id=plan,
                week=1,
                position=3,
                kind="playlist",
                words="Once more",
                playlist_id=playlist,
                due_at=session.scalars(select(CoachingStep.due_at).where(CoachingStep.week == 1)).one(),
            )
        )
        session.flush()
        move(session, world, plan, NEXT + timedelta(days=7))
        assert dues(session)[0] == days_of_steps(session, "Europe/Berlin")[0]


def test_a_rep_without_an_account_has_nothing_to_move(database: Database, world: World) -> None:
    with database.session() as session:
        coach = world.viewer(session, "stranger_coach")
        plan = make_plan(session, coach, world.stranger, plan_terms(starts_on=NEXT))
        playlist = make_playlist(session, coach, "Open questions")
        add_step(session, coach, plan, StepTerms(kind="playlist", week=1, playlist_id=playlist))
        row = session.get_one(CoachingPlan, plan)
        change_plan(session, coach, plan, plan_terms(starts_on=NEXT + timedelta(days=7)), revision=row.revision)
        assert session.scalar(select(PlaylistTask.id)) is None
