"""Disputes from the objection to the last word: levels, what is changed, what is refused, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from review.db import Database
from review.disputes.types import (
    DisputeChanged,
    DisputeRefused,
    NoSuchDispute,
    NotDisputable,
    NotYours,
    Point,
    Ruling,
    TooLate,
)
from review.evaluations import Timing, move, read_history
from review.evaluations.view import acts_of
from review.models import (
    Call,
    CriterionResult,
    DisputeWindow,
    Evaluation,
    Notification,
    TeamMember,
    User,
    UserRole,
    Verdict,
    Webhook,
    WebhookMessage,
    utc_now,
)
from tests.db.disputing import NAMED, Floor, floor, go_further, object_to, reload, rule, see, take_back
from tests.db.evaluating import shown_score

__all__ = ["floor"]  # the fixture

REJECT = Ruling("greeting", "reject", "Only the company was named.")
ACCEPT = Ruling("greeting", "accept", "It is there at 0:01.")


def told(database: Database, who: Any) -> list[str]:
    with database.read() as session:
        kinds = select(Notification.kind).where(Notification.user_id == who.user_id).order_by(Notification.id)
        return [str(kind) for kind in session.scalars(kinds)]


def evaluation(database: Database, floor: Floor) -> Evaluation:
    with database.read() as session:
        return session.get_one(Evaluation, floor.evaluation_id)


def test_the_rep_the_manager_the_lead_and_the_score_follows(database: Database, floor: Floor) -> None:
    before = evaluation(database, floor)
    low = shown_score(database, floor.call_id)
    raised = object_to(database, floor, floor.rita)
    assert (raised.state, raised.deciders, raised.raised_as) == ("first", ("Max",), "rep")
    assert (raised.items[0].answer, raised.items[0].proposed, raised.items[0].second) == ("0", "2", 1.5)
    assert evaluation(database, floor).state == "disputed"
    assert raised.may == frozenset({"withdraw"})
    assert told(database, floor.max) == ["dispute_raised"]
    assert told(database, floor.vera) == ["evaluation_disputed"]

    answered = rule(database, raised, floor.max, REJECT)
    assert (answered.state, answered.items[0].decision) == ("answered", "rejected")
    assert see(database, raised, floor.rita).may == frozenset({"escalate", "content"})
    assert told(database, floor.rita) == ["evaluation_shown", "dispute_answered"]

    lifted = go_further(database, answered, floor.rita, "Listen to the first second again.")
    assert (lifted.state, lifted.lead_why, lifted.deciders) == ("lead", "escalated", ("Lars", "Lena"))
    done = rule(database, lifted, floor.lena, ACCEPT)
    assert (done.state, done.due_at, done.items[0].decision) == ("decided", None, "accepted")
    assert done.final is not None
    assert done.final_before == before.final
    assert done.final > (before.final or 0)
    after = evaluation(database, floor)
    assert (after.state, after.answers["greeting"]["answer"]) == ("final", "2")
    assert shown_score(database, floor.call_id) != low
    with database.read() as session:
        events = read_history(session, floor.evaluation_id)
        assert [step.event for step in events][-3:] == ["disputed", "settled", "final"]
        submitted = next(step for step in events if step.event == "submitted")
        assert submitted.details["answers"]["greeting"]["answer"] == "0", "the submission is kept"
        verdicts = session.scalars(select(Verdict).order_by(Verdict.id)).all()
        assert [(row.target, row.answer, row.reviewer) for row in verdicts] == [
            ("greeting", "0", floor.vera.email),
            ("greeting", "2", floor.lena.email),
        ]
        stands = session.scalars(
            select(CriterionResult.answer).where(
                CriterionResult.criterion == "greeting", CriterionResult.source == "person"
            )
        ).all()
        assert list(stands) == ["2"]
    for who in (floor.rita, floor.vera, floor.max):
        assert told(database, who)[-1] == "dispute_decided"
    assert told(database, floor.lena) == ["dispute_escalated"]


def test_a_manager_accepts_and_that_is_the_end(database: Database, floor: Floor) -> None:
    with database.session() as session:
        session.add(Webhook(url="https://example.com", events=["dispute.decided"], state="on", **_webhook(session)))
    raised = object_to(database, floor, floor.rita)
    done = rule(database, raised, floor.max, ACCEPT)
    assert (done.state, done.granted) == ("decided", 1)
    assert evaluation(database, floor).state == "final"
    with database.read() as session:
        message = session.scalars(select(WebhookMessage)).one()
        assert (message.event, message.subject_id, message.body["decision"]) == ("dispute.decided", done.id, "accepted")


def _webhook(session: Any) -> dict[str, Any]:
    columns = {column.name for column in Webhook.__table__.columns if not column.nullable and column.default is None}
    known: dict[str, Any] = {"name": "crm", "secret": "s", "owner_id": None, "sealed_secret": b"x"}
    return {name: known[name] for name in columns - {"id", "url", "events", "state"} if name in known}


def test_another_answer_and_a_rejection_in_one_decision(database: Database, floor: Floor) -> None:
    company = see_other(database, floor)
    raised = object_to(database, floor, floor.rita, NAMED, company)
    with pytest.raises(DisputeRefused, match="Decide on"):
        rule(database, raised, floor.max, REJECT)
    with pytest.raises(DisputeRefused, match="Say in a few words"):
        rule(database, raised, floor.max, Ruling("greeting", "reject"), Ruling("company", "reject", "No."))
    with pytest.raises(DisputeRefused, match="no answer of"):
        rule(database, raised, floor.max, Ruling("greeting", "other", "x", "77"), Ruling("company", "reject", "No."))
    answered = rule(
        database, raised, floor.max, Ruling("greeting", "other", "Half of it.", "1"), Ruling("company", "reject", "No.")
    )
    assert [(item.decision, dict(item.settled)) for item in answered.items] == [
        ("other", {"greeting": "1"}),
        ("rejected", {}),
    ]
    assert evaluation(database, floor).answers["greeting"]["answer"] == "1"
    lifted = go_further(database, answered, floor.rita)
    assert lifted.open_items == ("greeting", "company")
    done = rule(
        database, lifted, floor.lars, Ruling("greeting", "reject", "Half."), Ruling("company", "reject", "Not said.")
    )
    assert done.state == "decided"
    assert evaluation(database, floor).answers["greeting"]["answer"] == "1", "what the manager granted stands"


def see_other(database: Database, floor: Floor) -> Point:
    """A second criterion, of which Vera said nothing."""
    del database, floor
    return Point("company", "I named the company.", "yes")


def test_who_decides_where_the_manager_has_a_part_in_it(database: Database, floor: Floor) -> None:
    by_manager = object_to(database, floor, floor.max)
    assert (by_manager.state, by_manager.lead_why, by_manager.raised_as) == ("lead", "raised_by_manager", "manager")
    assert told(database, floor.rita)[-1] == "dispute_for_you"
    with pytest.raises(NotYours):
        rule(database, by_manager, floor.max, ACCEPT)
    take_back(database, by_manager, floor.max)
    assert evaluation(database, floor).state == "shown"
    with database.session() as session:
        session.execute(update(Evaluation).values(user_id=floor.max.user_id))
    scored = object_to(database, floor, floor.rita)
    assert (scored.state, scored.lead_why) == ("lead", "scored_by_manager")
    take_back(database, scored, floor.rita)
    with database.session() as session:
        session.execute(delete(TeamMember))
    alone = object_to(database, floor, floor.rita)
    assert (alone.state, alone.lead_why) == ("lead", "no_manager")


def test_nobody_decides_what_they_scored_raised_or_decided(database: Database, floor: Floor) -> None:
    with database.session() as session:
        session.execute(update(Evaluation).values(user_id=floor.lena.user_id))
        session.add(UserRole(user_id=floor.max.user_id, role="quality_lead"))
    floor = reload(database, floor)
    raised = object_to(database, floor, floor.rita)
    with pytest.raises(NotYours):
        rule(database, raised, floor.lars, ACCEPT)  # a lead does not decide for the manager
    answered = rule(database, raised, floor.max, REJECT)
    lifted = go_further(database, answered, floor.rita)
    assert lifted.deciders == ("Lars",), "neither who scored it nor who decided it before"
    for who in (floor.lena, floor.max, floor.rita, floor.hanna):
        with pytest.raises(NotYours):
            rule(database, lifted, who, ACCEPT)
    assert see(database, lifted, floor.hanna).may == frozenset()
    with pytest.raises(NoSuchDispute):
        see(database, lifted, floor.other)
    with pytest.raises(NoSuchDispute):
        see(database, lifted, floor.mona)


def test_what_cannot_be_disputed_says_why(database: Database, floor: Floor) -> None:
    for viewer, why in ((floor.vera, "scorer"), (floor.lena, "right"), (floor.hanna, "right")):
        with pytest.raises(NotDisputable) as refused:
            object_to(database, floor, viewer)
        assert refused.value.why == why
    for point, why in (
        (Point("greeting", "", "2"), "missing"),
        (Point("greeting", "Yes.", ""), "missing"),
        (Point("greeting", "Yes.", "0"), "same"),
        (Point("greeting", "Yes.", "9" * 5000), "unknown"),
        (Point("nothing", "Yes.", "2"), "unknown"),
        (Point("greeting", "Yes.", "2", 9e9), "range"),
        (Point("greeting", "Yes.", "2", float("nan")), "range"),
        (Point("greeting", "a" * 2001, "2"), "long"),
    ):
        with pytest.raises(DisputeRefused) as wrong:
            object_to(database, floor, floor.rita, point)
        assert wrong.value.why == why
    with pytest.raises(DisputeRefused):
        object_to(database, floor, floor.rita, NAMED, NAMED)
    raised = object_to(database, floor, floor.rita)
    with pytest.raises(NotDisputable) as twice:
        object_to(database, floor, floor.rita)
    assert (twice.value.why, twice.value.dispute_id) == ("open", raised.id)
    take_back(database, raised, floor.rita)
    with database.session() as session:
        session.execute(update(DisputeWindow).values(until=utc_now() - timedelta(hours=1)))
    with pytest.raises(TooLate) as late:
        object_to(database, floor, floor.rita)
    assert late.value.what == "raise"
    with database.session() as session:
        session.execute(update(DisputeWindow).values(until=utc_now() + timedelta(days=1)))
        move(session, floor.call_id, floor.evaluation_id, floor.vera, "reopen")
    with pytest.raises(NotDisputable) as opened:
        object_to(database, floor, floor.rita)
    assert opened.value.why == "reopened"


def test_an_acknowledged_one_can_be_disputed_a_void_one_not_and_the_void_ends_it(
    database: Database, floor: Floor
) -> None:
    with database.session() as session:
        move(session, floor.call_id, floor.evaluation_id, floor.rita, "acknowledge")
    raised = object_to(database, floor, floor.rita)
    back = take_back(database, raised, floor.rita)
    assert back.state == "withdrawn"
    assert evaluation(database, floor).state == "acknowledged"
    again = object_to(database, floor, floor.rita)
    with database.session() as session:
        move(session, floor.call_id, floor.evaluation_id, floor.lena, "void", words="The wrong call.")
    ended = see(database, again, floor.rita)
    assert (ended.state, ended.may) == ("void", frozenset())
    assert told(database, floor.max)[-1] == "dispute_void"
    with pytest.raises(NotYours):
        rule(database, ended, floor.max, ACCEPT)
    with pytest.raises(NotDisputable) as void:
        object_to(database, floor, floor.rita)
    assert void.value.why == "void"


def test_a_disputed_evaluation_is_not_made_final_past_its_dispute(database: Database, floor: Floor) -> None:
    from review.evaluations import NotNow

    object_to(database, floor, floor.rita)
    with database.session() as session, pytest.raises(NotNow):
        move(session, floor.call_id, floor.evaluation_id, floor.lena, "finish")


def test_two_who_decide_at_once(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.max)
    rule(database, raised, floor.lena, REJECT)
    with pytest.raises(DisputeChanged) as changed:
        rule(database, raised, floor.lars, ACCEPT)
    assert changed.value.theirs.items[0].words == "Only the company was named."
    assert evaluation(database, floor).answers["greeting"]["answer"] == "0"


def test_content_or_taken_back_after_the_manager(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    answered = rule(database, raised, floor.max, REJECT)
    done = take_back(database, answered, floor.rita)
    assert (done.state, done.steps[-1].event) == ("decided", "content")
    assert evaluation(database, floor).state == "final"
    with pytest.raises(NotYours):
        go_further(database, done, floor.rita)


def test_the_manager_passes_it_up(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    with pytest.raises(NotYours):
        go_further(database, raised, floor.rita)
    with pytest.raises(DisputeRefused):
        go_further(database, raised, floor.max, "  ")
    lifted = go_further(database, raised, floor.max, "I trained her on this; judge without me.")
    assert (lifted.state, lifted.lead_why) == ("lead", "passed_up")
    with pytest.raises(NotYours):
        rule(database, lifted, floor.max, ACCEPT)


def test_words_on_the_whole_evaluation(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita, words="Call me on 4111 1111 1111 1111: this was another client.")
    assert "4111" not in raised.items[0].comment, "numbers are masked as in a transcript"
    with pytest.raises(DisputeRefused):
        rule(database, raised, floor.max, Ruling("", "accept", "Right."))
    done = rule(database, raised, floor.max, Ruling("", "accept", "Right.", answers={"greeting": "1"}))
    assert (done.state, done.items[0].decision) == ("decided", "accepted")
    assert evaluation(database, floor).answers["greeting"]["answer"] == "1"


def test_somebody_who_left_is_replaced(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    with database.session() as session:
        session.execute(update(User).where(User.id == floor.max.user_id).values(disabled_at=utc_now()))
        session.add(TeamMember(team_id=floor.team_id, user_id=floor.mona.user_id, is_manager=True))
    floor = reload(database, floor)
    assert see(database, raised, floor.mona).deciders == ("Mona",)
    assert rule(database, raised, floor.mona, ACCEPT).state == "decided"


def test_the_call_goes_and_the_dispute_with_it(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    with database.session() as session:
        session.execute(delete(Call).where(Call.id == floor.call_id))
    with pytest.raises(NoSuchDispute):
        see(database, raised, floor.rita)


def test_whose_answers_they_are_does_not_end_the_time_to_dispute_them(database: Database, floor: Floor) -> None:
    """Max manages the team and scored the call himself."""
    with database.session() as session:
        session.execute(update(Evaluation).values(user_id=floor.max.user_id))
    for who, refused in ((floor.max, True), (floor.lena, False)):
        with database.read() as session:
            row = session.get_one(Evaluation, floor.evaluation_id)
            may = acts_of(row, who, floor.rep_id, Timing(), utc_now())
        assert ("finish" not in may) is refused
    with database.session() as session:
        move(session, floor.call_id, floor.evaluation_id, floor.rita, "acknowledge")
    with database.session() as session:
        assert move(session, floor.call_id, floor.evaluation_id, floor.max, "finish").state == "final"
