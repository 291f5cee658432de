"""Answers as rows: kept with every step of a call and of an evaluation, a person's before the machine's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review.db import Database
from review.evaluations import show_due
from review.learning.verdicts import record_verdict
from review.migrations import run
from review.models import Call, CriterionResult, Evaluation, Rep, utc_now
from review.performance.answers import CriterionAnswer, answers_of
from review.performance.results import follow_rep, follow_reps, keep_call, keep_person
from review.services.assessments import show_assessment
from scoring.engine import score
from scoring.standards import load_standard
from tests import factories
from tests.db.evaluating import LATER, LOW, WORDS, Scene, do, hand_in, scene

__all__ = ["scene"]


def answers(database: Database, scene: Scene, **more: str) -> dict[str, CriterionAnswer]:
    """The answers that count on the scene's call, by criterion."""
    with database.read() as session:
        call = session.get_one(Call, scene.call_id)
        assert call.rep_id is not None
        day = timedelta(days=1)
        found = answers_of(
            session, rep_ids=[call.rep_id], since=call.happened_at - day, until=call.happened_at + day, **more
        )
    assert len({answer.criterion for answer in found}) == len(found)
    return {answer.criterion: answer for answer in found}


def kept(database: Database, call_id: int) -> list[dict[str, object]]:
    """Every row of the call, without its number."""
    columns = [column for column in CriterionResult.__table__.columns if column.name != "id"]
    with database.read() as session:
        rows = session.execute(
            select(*columns)
            .where(CriterionResult.call_id == call_id)
            .order_by(CriterionResult.criterion, CriterionResult.source)
        )
        return [dict(row) for row in rows.mappings()]


def show_again(database: Database, scene: Scene) -> None:
    with database.session() as session:
        assessment_id = session.scalar(select(Call.assessment_id).where(Call.id == scene.call_id))
        assert assessment_id is not None
        show_assessment(session, scene.call_id, assessment_id, scene.machine)


def test_the_machines_answers_are_kept_when_they_are_shown(database: Database, scene: Scene) -> None:
    assert answers(database, scene) == {}
    show_again(database, scene)
    found = answers(database, scene)
    points = {item["id"]: item for item in scene.machine["criteria"] if item["answer"] != "unanswered"}
    assert set(found) == set(points)
    assert {answer.source for answer in found.values()} == {"machine"}
    for name, answer in found.items():
        item = points[name]
        assert answer.fraction == (
            None if item["points"] is None else pytest.approx(item["points"] / item["max"], abs=1e-6)
        )
        assert answer.part is None
    show_again(database, scene)  # a second time changes nothing
    assert answers(database, scene) == found


def test_a_persons_answer_stands_and_a_void_one_no_longer(database: Database, scene: Scene) -> None:
    show_again(database, scene)
    before = answers(database, scene)
    done = hand_in(database, scene, scene.vera, LOW)
    after = answers(database, scene)
    assert (after["greeting"].source, after["greeting"].fraction) == ("person", 0.0)
    assert after["greeting"].part == "chosen"
    assert {name: answer for name, answer in after.items() if name != "greeting"} == {
        name: answer for name, answer in before.items() if name != "greeting"
    }
    do(database, scene, scene.lead, done.id, "void", words="The wrong call")
    assert answers(database, scene) == before


def test_what_the_rep_does_not_see_yet_does_not_count(database: Database, scene: Scene) -> None:
    show_again(database, scene)
    done = hand_in(database, scene, scene.vera, LOW, timing=LATER)
    assert answers(database, scene)["greeting"].source == "machine"
    with database.session() as session:
        session.execute(update(Evaluation).where(Evaluation.id == done.id).values(show_at=utc_now()))
    with database.session() as session:
        assert show_due(session) == 1
    assert answers(database, scene)["greeting"].source == "person"


def test_a_call_without_an_assessment_has_a_persons_answers(database: Database, scene: Scene) -> None:
    with database.session() as session:
        session.execute(update(Call).where(Call.id == scene.call_id).values(assessment_id=None))
    hand_in(database, scene, scene.vera, LOW)
    assert {name: answer.source for name, answer in answers(database, scene).items()} == {"greeting": "person"}


def test_one_answer_decided_on_the_call_counts_as_a_persons(database: Database, scene: Scene) -> None:
    show_again(database, scene)
    with database.session() as session:
        record_verdict(session, scene.call_id, scene.vera.user_id, target="greeting", answer="na", reason="Passed on")
    found = answers(database, scene)["greeting"]
    assert (found.source, found.fraction) == ("person", None)


def test_keeping_again_after_an_evaluation_changes_nothing(database: Database, scene: Scene) -> None:
    show_again(database, scene)
    done = hand_in(database, scene, scene.vera, LOW)
    before = kept(database, scene.call_id)
    with database.session() as session:
        keep_person(session, session.get_one(Evaluation, done.id))
        keep_call(session, 10**9)  # there is no such call
    assert kept(database, scene.call_id) == before


def test_the_scorecard_asked_for_and_nobody_elses_calls(database: Database, scene: Scene) -> None:
    show_again(database, scene)
    assert set(answers(database, scene, criterion="greeting")) == {"greeting"}
    assert answers(database, scene, standard="closing") == {}
    assert len(answers(database, scene, standard="cold-call")) > 5
    with database.read() as session:
        now = utc_now()
        year = timedelta(days=365)
        assert answers_of(session, rep_ids=[], since=now - year, until=now + year) == ()
        assert answers_of(session, rep_ids=[10**9], since=now - year, until=now + year) == ()


def test_a_call_that_finds_its_rep_later_brings_its_answers(database: Database, scene: Scene) -> None:
    show_again(database, scene)
    with database.session() as session:
        rep = session.scalars(select(Rep)).one()
        session.execute(update(Call).where(Call.id == scene.call_id).values(rep_id=None))
        follow_rep(session, scene.call_id)
        assert set(session.scalars(select(CriterionResult.rep_id))) == {None}
        session.execute(update(Call).where(Call.id == scene.call_id).values(rep_id=rep.id))
        follow_reps(session, rep.id)
        assert set(session.scalars(select(CriterionResult.rep_id))) == {rep.id}


def test_what_was_judged_before_is_counted_from_the_first_day(empty_database: Database) -> None:
    database = empty_database
    run.upgrade(database)
    judged = score(factories.make_transcript(*WORDS), load_standard("cold-call")).to_json()
    with database.session() as session:
        reviewer = factories.make_user(session, "quality_lead").id
        rep = factories.make_rep(session)
        calls = [factories.make_call(session, rep_id=rep.id) for _ in range(3)]
        for call in calls[:2]:
            factories.store_words(session, call, *WORDS)
            factories.store_score(session, call, judged)
        for answer in ("1", "na", "0"):
            record_verdict(session, calls[0].id, reviewer, target="greeting", answer=answer, reason="Heard it")
        keep_call(session, calls[1].id)
        ids = [call.id for call in calls]
    before = [kept(database, call_id) for call_id in ids]
    assert [bool(rows) for rows in before] == [True, True, False]
    run.downgrade(database, "0028")
    run.upgrade(database)
    assert [kept(database, call_id) for call_id in ids] == before
