"""The follow-up on calls that exist: figures, what is stored, reminders told once; plans with their steps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review.bodies import pack_body, unpack_body
from review.coaching.criteria import criteria_now
from review.coaching.days import end_of_week
from review.coaching.follow_up import read_calls
from review.coaching.listing import read_session
from review.coaching.moves import move_session
from review.coaching.plans import PlanTerms, change_plan, end_plan, make_plan
from review.coaching.progress import list_plans, read_plan
from review.coaching.refusals import BadField, Moved, NoSuchCoaching, NotNow, NotYourPart
from review.coaching.sessions import make_session
from review.coaching.steps import StepTerms, add_step, finish_step, remove_step, undo_step
from review.coaching.strengths import find_strengths
from review.comments.playlists import make_playlist
from review.db import Database
from review.models import (
    Call,
    CoachingPlan,
    CoachingSession,
    CoachingStep,
    CriterionResult,
    Notification,
    PlaylistTask,
    StoredAssessment,
    utc_now,
)
from tests.db.coaching_world import (
    CRITERION,
    STANDARD,
    World,
    answer_calls,
    delete_rows,
    held_long_ago,
    settle,
    terms,
)
from workers.coaching import remind_now


def told(database: Database, kind: str) -> int:
    with database.read() as session:
        return len(session.scalars(select(Notification.id).where(Notification.kind == kind)).all())


def plan_terms(**changes: object) -> PlanTerms:
    plain = {
        "goal": "Ask before offering",
        "standard": STANDARD,
        "criteria": (CRITERION.id,),
        "starts_on": utc_now().date() - timedelta(days=20),
        "weeks": 4,
    }
    return PlanTerms(**{**plain, **changes})  # type: ignore[arg-type]


def test_before_and_after_with_the_team_beside_it(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        made = held_long_ago(session, world)
        held = session.get_one(CoachingSession, made).held_at
        assert held is not None
        before = answer_calls(session, world.rep, held - timedelta(days=14), [False] * 12 + [True] * 2)
        between = answer_calls(session, world.rep, held + timedelta(hours=1), [False] * 3)
        after = answer_calls(session, world.rep, held + timedelta(days=3), [True] * 12 + [False])
        answer_calls(session, world.colleague, held - timedelta(days=14), [True, False] * 6)
        answer_calls(session, world.colleague, held + timedelta(days=3), [True, False] * 6)
        coach = world.viewer(session, "coach")
        found = read_session(session, coach, made, utc_now()).follow_up
        assert found.state == "ready"
        effect = found.effect
        assert effect is not None
        assert effect.team is not None
        assert effect.gain is not None
        assert [call for call, _value in effect.before.values] == before
        assert [call for call, _value in effect.after.values] == after
        assert not set(between) & {call for call, _value in effect.before.values + effect.after.values}
        assert (effect.own.verdict, effect.team.verdict, effect.gain.verdict) == ("better", "no_change_seen", "better")
        theirs = read_session(session, world.viewer(session, "rep"), made, utc_now()).follow_up.effect
        assert theirs is not None
        assert theirs.own == effect.own
        assert (theirs.team, theirs.team_means, theirs.gain) == (None, (None, None), None), "it is one colleague"
        assert set(read_calls(session, coach, before + after)) == set(before + after)
        assert not read_calls(session, world.viewer(session, "admin"), before + after)

        move_session(session, coach, made, "follow_up")
        move_session(session, coach, made, "close", word="Well done.")
        answer_calls(session, world.rep, utc_now() - timedelta(hours=30), [False] * 5)
        stored = read_session(session, coach, made, utc_now()).follow_up
        assert stored.measured_at is not None
        assert stored.effect == effect  # later calls change nothing any more
        delete_rows(session, Call, after[0])
        assert read_session(session, coach, made, utc_now()).follow_up.effect == effect


def test_too_early_names_what_is_missing(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        made = held_long_ago(session, world)
        held = session.get_one(CoachingSession, made).held_at
        assert held is not None
        answer_calls(session, world.rep, held - timedelta(days=10), [True] * 3)
        answer_calls(session, world.rep, held + timedelta(days=5), [True])
        found = read_session(session, world.viewer(session, "coach"), made, utc_now()).follow_up
        assert found.state == "too_early"
        assert found.effect is not None
        assert (found.effect.before.missing, found.effect.after.missing) == (2, 4)


def test_a_picked_call_never_counts_and_an_action_not_done_counts_from_its_day(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        bad = answer_calls(session, world.rep, utc_now() - timedelta(days=33), [False])[0]
        made = held_long_ago(session, world, call_id=bad, picked="one_call")
        row = session.get_one(CoachingSession, made)
        row.state, row.action_done, row.finished_at = "not_done", False, row.held_at
        found = read_session(session, world.viewer(session, "coach"), made, utc_now()).follow_up
        assert found.effect is not None
        assert found.windows is not None
        assert found.effect.before.started_it == 1
        assert found.windows.after_since == row.due_at


def test_strengths_are_found_before_weaknesses(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        calls = answer_calls(session, world.rep, utc_now() - timedelta(days=9), [True] * 6)
        answer_calls(session, world.stranger, utc_now() - timedelta(days=9), [True] * 6)
        coach, now = world.viewer(session, "coach"), utc_now()
        criteria = criteria_now(session, world.rep, language="en", now=now)
        assert {one.standard for one in criteria} == {STANDARD}
        means = [one.mean for one in criteria if one.mean is not None]
        assert means == sorted(means)
        found = find_strengths(session, coach, world.rep, criteria, now)
        assert CRITERION.id in {one.criterion for one in found.criteria} or len(found.criteria) == 3
        assert found.moments
        assert {one.call_id for one in found.moments} <= set(calls)
        assert find_strengths(session, coach, world.colleague, (), now).moments == ()


def test_a_strength_quotes_the_rep_and_not_the_client(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        answer_calls(session, world.rep, utc_now() - timedelta(days=9), [True] * 6)
        coach, now = world.viewer(session, "coach"), utc_now()
        criteria = criteria_now(session, world.rep, language="en", now=now)
        for row in session.scalars(select(StoredAssessment)):
            body = unpack_body(row.body)
            for number, answer in enumerate(body["criteria"]):
                said = answer["evidence"][0]
                theirs = {**said, "role": "client", "quote": "I have used you for twenty years"}
                answer["evidence"] = [theirs] if number % 2 else [theirs, {**said, "role": "rep", "quote": "Hello"}]
            row.body = pack_body(body)
        session.flush()
        found = find_strengths(session, coach, world.rep, criteria, now)
        assert {one.quote for one in found.moments} == {"Hello"}


def test_words_the_machine_took_points_off_for_are_no_strength_when_a_person_puts_them_back(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        answer_calls(session, world.rep, utc_now() - timedelta(days=9), [True] * 6)
        coach, now = world.viewer(session, "coach"), utc_now()
        criteria = criteria_now(session, world.rep, language="en", now=now)
        session.execute(update(CriterionResult).values(source="person", part="random"))
        assert find_strengths(session, coach, world.rep, criteria, now).moments == ()
        for row in session.scalars(select(StoredAssessment)):
            body = unpack_body(row.body)
            row.body = pack_body({**body, "criteria": [{**one, "points": one["max"]} for one in body["criteria"]]})
        session.flush()
        assert find_strengths(session, coach, world.rep, criteria, now).moments


def test_reminders_are_told_once_for_each_deadline(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        made = make_session(session, coach, world.rep, terms(due_at=utc_now() + timedelta(days=3)))
        move_session(session, coach, made, "hold")
    now = utc_now()
    assert remind_now(database, now) == 0
    for _twice in range(2):
        remind_now(database, now + timedelta(days=2, hours=2))
    assert told(database, "coaching_due") == 1
    for _twice in range(2):
        remind_now(database, now + timedelta(days=4))
    assert told(database, "coaching_late") == 2  # the rep and the coach
    with database.session() as session:
        session.get_one(CoachingSession, made).due_at = now + timedelta(days=10)
    remind_now(database, now + timedelta(days=9, hours=12))
    assert told(database, "coaching_due") == 2


def test_a_follow_up_is_told_when_it_can_be_read_or_nothing_more_can_come(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        ready, early = held_long_ago(session, world), held_long_ago(session, world, weeks=8)
        held = session.get_one(CoachingSession, ready).held_at
        assert held is not None
        session.get_one(CoachingSession, early).criterion = "other"
        answer_calls(session, world.rep, held - timedelta(days=10), [True] * 6)
        answer_calls(session, world.rep, held + timedelta(days=5), [True] * 6)
    now = utc_now()
    for _twice in range(2):
        remind_now(database, now)
    assert told(database, "coaching_ready") == 1
    remind_now(database, now + timedelta(weeks=9))
    assert told(database, "coaching_ready") == 2
    with database.read() as session:
        assert session.get_one(CoachingSession, early).told_ready is not None


def make_busy_plan(database: Database) -> tuple[World, int]:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        plan = make_plan(session, coach, world.rep, plan_terms(), token="p1")
        assert make_plan(session, coach, world.rep, plan_terms(), token="p1") == plan
        talk = make_session(session, coach, world.rep, terms(plan_id=plan))
        playlist = make_playlist(session, coach, "Open questions")
        add_step(session, coach, plan, StepTerms(kind="session", week=1, session_id=talk))
        add_step(session, coach, plan, StepTerms(kind="playlist", week=1, playlist_id=playlist))
        add_step(session, coach, plan, StepTerms(kind="practice", week=2, words="Three calls with a question first"))
        add_step(session, coach, plan, StepTerms(kind="practice", week=4, words="Write down what worked"))
        task = session.scalars(select(PlaylistTask).where(PlaylistTask.playlist_id == playlist)).one()
        assert task.user_id == world.rep_user  # the step gave it to the rep
        task.done_at = utc_now()
        move_session(session, coach, talk, "hold")
    return world, plan


def test_a_plan_shows_its_weeks_and_who_is_behind(database: Database) -> None:
    world, plan = make_busy_plan(database)
    now = utc_now()
    with database.session() as session:
        rep = world.viewer(session, "rep")
        seen = read_plan(session, rep, plan, now)
        assert (seen.line.steps, seen.line.done, seen.line.late) == (4, 2, 1)
        assert [len(steps) for _week, _day, steps in seen.weeks] == [2, 1, 0, 1]
        assert all(step.by_itself for step in seen.weeks[0][2])
        assert seen.line.week_now(now.date()) == 3
        assert seen.changes[0][2].verdict == "too_early"
        practice = seen.weeks[1][2][0]
        finish_step(session, rep, plan, practice.id, "Went well")
        finish_step(session, rep, plan, practice.id, "Again")
        done = read_plan(session, rep, plan, now)
        assert done.line.late == 0
        assert done.weeks[1][2][0].word == "Went well"
        with pytest.raises(NotYourPart):
            remove_step(session, rep, plan, practice.id)
        undo_step(session, rep, plan, practice.id)
        assert list_plans(session, world.viewer(session, "admin"), now) == ()
        assert list_plans(session, world.viewer(session, "stranger_coach"), now) == ()
        assert [one.id for one in list_plans(session, world.viewer(session, "coach"), now, state="active")] == [plan]
        with pytest.raises(NoSuchCoaching):
            read_plan(session, world.viewer(session, "colleague"), plan, now)
    remind_now(database, now)
    remind_now(database, now)
    assert told(database, "coaching_steps_late") == 2
    with database.session() as session:
        coach = world.viewer(session, "coach")
        revision = session.get_one(CoachingPlan, plan).revision
        with pytest.raises(Moved):
            change_plan(session, coach, plan, plan_terms(weeks=2), revision=revision - 1)
        change_plan(session, coach, plan, plan_terms(weeks=2), revision=revision)
        assert session.scalars(select(CoachingStep.week).order_by(CoachingStep.id)).all() == [1, 1, 2, 2]
        end_plan(session, coach, plan, "She asks first now.")
        with pytest.raises(NotNow):
            finish_step(session, world.viewer(session, "rep"), plan, practice.id)
        assert read_plan(session, coach, plan, now).line.outcome == "She asks first now."


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("kind", StepTerms(kind="dance", week=1)),
        ("week", StepTerms(kind="practice", week=9, words="x")),
        ("words", StepTerms(kind="practice", week=1)),
        ("playlist_id", StepTerms(kind="playlist", week=1, playlist_id=99)),
        ("quiz_id", StepTerms(kind="quiz", week=1, quiz_id=99)),
        ("session_id", StepTerms(kind="session", week=1, session_id=99)),
    ],
)
def test_a_step_that_cannot_be_stored_names_its_field(database: Database, field: str, step: StepTerms) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        plan = make_plan(session, coach, world.rep, plan_terms())
        with pytest.raises(BadField) as refused:
            add_step(session, coach, plan, step)
        assert refused.value.field == field


def test_a_plan_needs_a_goal_and_few_criteria(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        for field, changes in (
            ("goal", {"goal": " "}),
            ("criteria", {"criteria": ()}),
            ("criteria", {"criteria": ("a", "b", "c", "d")}),
            ("criterion", {"criteria": ("none",)}),
            ("weeks", {"weeks": 99}),
            ("starts_on", {"starts_on": utc_now().date() + timedelta(days=900)}),
        ):
            with pytest.raises(BadField) as refused:
                make_plan(session, coach, world.rep, plan_terms(**changes))
            assert refused.value.field == field
        plan = make_plan(session, coach, world.rep, plan_terms(starts_on=utc_now().date()))
        row = session.get_one(CoachingPlan, plan)
        assert end_of_week(session, row, 1).weekday() < 5  # the last working day of the week
