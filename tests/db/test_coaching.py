"""Coaching sessions: made, agreed, done, followed up, closed; who sees them; what is kept when people or calls go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from review.coaching.listing import list_sessions, read_session
from review.coaching.moves import comment, move_session
from review.coaching.refusals import BadField, Moved, NoSuchCoaching, NotNow, NotYourPart
from review.coaching.sessions import change_session, make_session, take_over, write_notes
from review.coaching.terms import ClipTerms
from review.comments.clips import delete_clip
from review.db import Database
from review.models import AuditEvent, Call, Clip, CoachingSession, Notification, Rep, User, utc_now
from review.services.people import add_team, set_rep_team
from tests.db.coaching_world import CRITERION, answer_calls, delete_rows, held_long_ago, settle, terms


def kinds_told(session: object, user_id: int) -> list[str]:
    query = select(Notification.kind).where(Notification.user_id == user_id).order_by(Notification.id)
    return list(session.scalars(query))  # type: ignore[attr-defined]


def test_a_session_from_the_first_word_to_the_last(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach, rep = world.viewer(session, "coach"), world.viewer(session, "rep")
        call_id = answer_calls(session, world.rep, utc_now() - timedelta(days=3), [False])[0]
        clip = ClipTerms(call_id=call_id, start=0.0, end=2.0, title="The price came first")
        made = make_session(session, coach, world.rep, terms(clips=(clip,), call_id=call_id, picked="one_call"))
        seen = read_session(session, rep, made, utc_now())
        assert seen.went_well == "You greet every client by name."
        assert seen.private_notes is None
        assert seen.moves == ("confirm",)
        assert [(one.title, one.state, one.call_id) for one in seen.moments] == [
            ("The price came first", "here", call_id)
        ]
        assert session.scalars(select(Clip.title)).all() == ["The price came first"]
        assert kinds_told(session, world.rep_user) == ["coaching_planned"]

        move_session(session, rep, made, "confirm")
        assert kinds_told(session, world.coach) == ["coaching_confirmed"]
        move_session(session, coach, made, "hold")
        with pytest.raises(NotYourPart):
            move_session(session, rep, made, "close")
        with pytest.raises(BadField, match="word"):
            move_session(session, rep, made, "done", word="  ")
        move_session(session, rep, made, "done", word="I do it on each call.")
        comment(session, rep, made, "The second call was hard.", token="t1")
        comment(session, rep, made, "The second call was hard.", token="t1")
        move_session(session, coach, made, "follow_up")
        move_session(session, coach, made, "close", word="Let us look again in spring.")
        done = read_session(session, coach, made, utc_now())
        assert done.line.state == "closed"
        assert done.private_notes == "Was tired."
        assert len(done.remarks) == 1
        assert [one.event for one in done.history] == ["planned", "confirmed", "held", "done", "followed_up", "closed"]
        assert done.follow_up.state == "too_early"
        with pytest.raises(NotNow):
            move_session(session, coach, made, "hold")
        actions = set(session.scalars(select(AuditEvent.action)))
        assert {"coaching.planned", "coaching.hold", "coaching.done", "coaching.close"} <= actions


def test_the_same_form_sent_twice_is_one_session(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        first = make_session(session, coach, world.rep, terms(), token="form-1")
        assert make_session(session, coach, world.rep, terms(), token="form-1") == first


@pytest.mark.parametrize(
    ("name", "sees", "private"),
    [
        ("coach", True, True),
        ("rep", True, False),
        ("colleague", False, False),
        ("stranger_coach", False, False),
        ("reviewer", False, False),
        ("external_reviewer", False, False),
        ("admin", False, False),
        ("quality_lead", True, False),
        ("head_of_sales", True, False),
    ],
)
def test_who_sees_a_session(database: Database, name: str, sees: bool, private: bool) -> None:
    with database.session() as session:
        world = settle(session)
        made = make_session(session, world.viewer(session, "coach"), world.rep, terms())
        viewer = world.viewer(session, name)
        assert [line.id for line in list_sessions(session, viewer)] == ([made] if sees else [])
        if not sees:
            with pytest.raises(NoSuchCoaching):
                read_session(session, viewer, made, utc_now())
            with pytest.raises(NoSuchCoaching):
                move_session(session, viewer, made, "hold")
            return
        found = read_session(session, viewer, made, utc_now())
        assert (found.private_notes is not None) is private


def test_nobody_coaches_a_rep_of_another_team_or_themselves(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        for name, rep_id in (
            ("coach", world.stranger),
            ("rep", world.rep),
            ("reviewer", world.rep),
            ("admin", world.rep),
        ):
            with pytest.raises(NoSuchCoaching):
                make_session(session, world.viewer(session, name), rep_id, terms())


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("went_well", {"went_well": " "}),
        ("action", {"action": ""}),
        ("action", {"action": "x" * 2001}),
        ("cause", {"cause": "laziness"}),
        ("due_at", {"due_at": utc_now() - timedelta(days=1)}),
        ("due_at", {"due_at": utc_now() + timedelta(days=4000)}),
        ("criterion", {"criterion": "no-such"}),
        ("criterion", {"standard": "no-such"}),
        ("weeks_before", {"weeks_before": 0}),
        ("clips", {"clips": (ClipTerms(clip_id=999),)}),
        ("clips", {"clips": (ClipTerms(call_id=999, start=0, end=1, title="x"),)}),
        ("call_id", {"call_id": 999}),
        ("plan_id", {"plan_id": 999}),
    ],
)
def test_what_cannot_be_stored_names_its_field(database: Database, field: str, changes: dict[str, object]) -> None:
    with database.session() as session:
        world = settle(session)
        with pytest.raises(BadField) as refused:
            make_session(session, world.viewer(session, "coach"), world.rep, terms(**changes))
        assert refused.value.field == field


def test_a_moment_of_another_reps_call_is_refused(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        other = answer_calls(session, world.colleague, utc_now() - timedelta(days=3), [True])[0]
        with pytest.raises(BadField, match="clips"):
            make_session(
                session,
                world.viewer(session, "coach"),
                world.rep,
                terms(clips=(ClipTerms(call_id=other, start=0, end=2, title="x"),)),
            )


def test_a_new_agreement_asks_for_a_new_yes_and_old_windows_overwrite_nothing(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        agreed = terms()
        made = make_session(session, coach, world.rep, agreed)
        move_session(session, world.viewer(session, "rep"), made, "confirm")
        revision = read_session(session, coach, made, utc_now()).line.revision
        later = terms(due_at=agreed.due_at, notes="Other notes")
        revision = change_session(session, coach, made, later, revision=revision)
        assert read_session(session, coach, made, utc_now()).line.confirmed_at is not None
        with pytest.raises(Moved):
            change_session(session, coach, made, terms(action="Something else"), revision=revision - 1)
        change_session(session, coach, made, terms(due_at=agreed.due_at, action="Rita waits."), revision=revision)
        seen = read_session(session, coach, made, utc_now())
        assert seen.line.confirmed_at is None
        assert seen.line.action == "Rita waits."
        assert kinds_told(session, world.rep_user) == ["coaching_planned", "coaching_changed"]
        with pytest.raises(Moved):
            write_notes(session, coach, made, notes="x", private_notes="y", revision=1)


def test_a_rep_who_moves_takes_the_session_along(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        made = make_session(session, coach, world.rep, terms())
        south = add_team(session, "South")
        set_rep_team(session, world.rep, south)
        kept = read_session(session, coach, made, utc_now())  # what one wrote stays readable, nothing more
        assert kept.moved_to == "South"
        assert (kept.moves, kept.may_change, kept.may_coach) == ((), False, False)
        session.get_one(CoachingSession, made).held_at = utc_now() - timedelta(days=1)
        session.flush()
        assert read_session(session, coach, made, utc_now()).follow_up.effect is None, "the calls are not theirs now"
        with pytest.raises(NotYourPart):
            move_session(session, coach, made, "hold")
        there = world.viewer(session, "stranger_coach")
        take_over(session, there, made)
        mine = read_session(session, there, made, utc_now())
        assert mine.leads
        assert mine.private_notes == ""
        assert all(not one.private_notes for one in mine.history)
        with pytest.raises(NoSuchCoaching):
            read_session(session, coach, made, utc_now())


def test_a_coach_who_left_is_named_and_can_be_replaced(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        made = make_session(session, world.viewer(session, "coach"), world.rep, terms())
        session.get_one(User, world.coach).disabled_at = utc_now()
        lead = world.viewer(session, "quality_lead")
        assert read_session(session, lead, made, utc_now()).coach_left
        take_over(session, lead, made)
        seen = read_session(session, lead, made, utc_now())
        assert (seen.coach_left, seen.leads, seen.line.coach_name) == (False, True, lead.name)


def test_deleted_clips_calls_and_reps_leave_words(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach = world.viewer(session, "coach")
        calls = answer_calls(session, world.rep, utc_now() - timedelta(days=3), [True, False])
        clips = tuple(ClipTerms(call_id=one, start=0, end=2, title=f"Call {n}") for n, one in enumerate(calls))
        made = make_session(session, coach, world.rep, terms(clips=clips))
        first = read_session(session, coach, made, utc_now()).moments[0]
        assert first.clip_id is not None
        delete_clip(session, coach, first.clip_id)
        delete_rows(session, Call, calls[1])
        session.expire_all()
        seen = read_session(session, coach, made, utc_now())
        assert [(one.title, one.state) for one in seen.moments] == [
            ("Call 0", "clip_deleted"),
            ("Call 1", "call_deleted"),
        ]
        kept = tuple(ClipTerms(kept_id=one.id) for one in seen.moments)
        row = session.get_one(CoachingSession, made)
        change_session(session, coach, made, terms(clips=kept, due_at=row.due_at), revision=row.revision)
        assert len(read_session(session, coach, made, utc_now()).moments) == 2
        delete_rows(session, Rep, world.rep)
        session.expire_all()
        lead = world.viewer(session, "quality_lead")
        gone = read_session(session, lead, made, utc_now())
        assert gone.rep_left
        assert gone.line.rep_name == "Rita Rep"


def test_a_criterion_gone_from_the_scorecard_is_said(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        made = held_long_ago(session, world)
        row = session.get_one(CoachingSession, made)
        row.criterion = "was-there-once"
        seen = read_session(session, world.viewer(session, "coach"), made, utc_now())
        assert seen.criterion_gone
        assert seen.line.question == CRITERION.question["en"]


def test_a_form_sent_again_after_another_coach_took_over_makes_nothing_new(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        coach, lead = world.viewer(session, "coach"), world.viewer(session, "quality_lead")
        made = make_session(session, coach, world.rep, terms(), token="t-1")
        take_over(session, lead, made)
        assert make_session(session, coach, world.rep, terms(), token="t-1") == made
        assert make_session(session, lead, world.rep, terms(), token="t-1") != made, "another person's form"
