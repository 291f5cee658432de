"""Evaluations: begun, saved by revision, submitted into verdicts, shown, answered, reopened, void."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from review.db import Database
from review.evaluations import (
    AnswersRefused,
    EvaluationChanged,
    NoSuchEvaluation,
    NotComplete,
    NotNow,
    Timing,
    find_draft,
    let_stand,
    list_for_call,
    read_evaluation,
    read_history,
    save_draft,
    submit,
    submitted_count,
)
from review.learning.shown import read_verdicts
from review.models import AuditEvent, Call, Evaluation, User, Verdict
from tests import factories
from tests.db.evaluating import LOW, Scene, begin, hand_in, scene, shown_score, stored

__all__ = ["scene"]  # the fixture


def test_beginning_twice_goes_on_with_the_same_draft(database: Database, scene: Scene) -> None:
    one, two = begin(database, scene, scene.vera), begin(database, scene, scene.vera)
    assert (one.id, one.state, one.standard) == (two.id, "draft", "cold-call")
    assert one.version == scene.machine["version"]
    assert one.machine["greeting"]["answer"] == scene.answer("greeting")
    assert begin(database, scene, scene.igor).id != one.id
    with database.read() as session:
        assert find_draft(session, scene.call_id, scene.vera, Timing()) is not None
        assert find_draft(session, scene.call_id, scene.lead, Timing()) is None


def test_a_save_names_its_revision_and_a_late_one_sees_what_stands_there(database: Database, scene: Scene) -> None:
    draft = begin(database, scene, scene.vera)
    values: dict[str, Any] = {"answers": LOW, "comment": "first window"}
    with database.session() as session:
        kept = save_draft(session, scene.call_id, draft.id, scene.vera, revision=draft.revision, **values)
    assert kept.answers["greeting"].answer == "0"
    assert kept.final == 0
    with pytest.raises(EvaluationChanged) as caught, database.session() as session:
        save_draft(
            session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers={}, comment="second window"
        )
    assert caught.value.theirs.comment == "first window"
    assert caught.value.theirs.answers == kept.answers
    with database.read() as session:
        assert session.get_one(Evaluation, draft.id).comment == "first window"


def test_submitting_appends_verdicts_and_leaves_the_assessment(database: Database, scene: Scene) -> None:
    before = stored(database, scene.call_id)
    done = hand_in(
        database, scene, scene.vera, {**LOW, "company": {"answer": scene.answer("company"), "confirmed": True}}
    )
    assert done.state == "shown"
    assert stored(database, scene.call_id) == before
    with database.read() as session:
        verdicts = session.scalars(select(Verdict).order_by(Verdict.target)).all()
        assert {(v.target, v.machine, v.answer, v.confirmed) for v in verdicts} == {
            ("greeting", scene.answer("greeting"), "0", False),
            ("company", scene.answer("company"), scene.answer("company"), True),
        }
        assert {v.evaluation_id for v in verdicts} == {done.id}
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions == ["evaluation.begun", "evaluation.submitted"]
        assert [step.event for step in read_history(session, done.id)] == ["begun", "submitted", "shown"]
        assert submitted_count(session, user_id=scene.vera.user_id) == 1
    assert shown_score(database, scene.call_id) != before["score"]["final"]
    assert not done.answers["greeting"].confirmed
    assert done.answers["company"].confirmed


def test_a_change_needs_a_reason_but_not_from_a_blind_reviewer(database: Database, scene: Scene) -> None:
    with pytest.raises(NotComplete) as caught:
        hand_in(database, scene, scene.vera, {"greeting": {"answer": "0"}})
    assert [(item.criterion, item.what) for item in caught.value.missing] == [("greeting", "reason")]
    with pytest.raises(NotComplete) as caught:
        hand_in(database, scene, scene.vera, {})
    assert caught.value.missing[0].what == "nothing"
    done = hand_in(database, scene, scene.igor, {"greeting": {"answer": "0"}}, blind=True)
    assert done.state == "shown"
    with database.read() as session:
        assert session.scalars(select(Verdict.machine)).all() == [scene.answer("greeting")]


def test_blind_keeps_the_machine_and_the_others_out_of_sight_until_submitted(database: Database, scene: Scene) -> None:
    hand_in(database, scene, scene.vera, LOW)
    draft = begin(database, scene, scene.igor, blind=True)
    assert draft.machine == {}
    assert begin(database, scene, scene.igor, blind=False).blind, "nobody leaves a blind review by beginning again"
    with database.session() as session:
        values = {"answers": {"greeting": {"answer": "2"}}, "comment": ""}
        kept = save_draft(session, scene.call_id, draft.id, scene.igor, revision=draft.revision, **values)
    assert (kept.final, kept.raw, kept.coverage) == (None, None, None)
    with database.read() as session:
        other = next(row for row in list_for_call(session, scene.call_id, scene.igor, Timing()) if not row.mine)
        assert (other.hidden, other.final) == (True, None)
        seen = read_evaluation(session, scene.call_id, other.id, scene.igor, Timing())
        assert (seen.answers, seen.machine, seen.final) == ({}, {}, None)
    with database.session() as session:
        done = submit(session, scene.call_id, draft.id, scene.igor, revision=kept.revision)
    assert done.machine["greeting"]["answer"] == scene.answer("greeting")
    assert done.final is not None
    with database.read() as session:
        assert all(row.final is not None for row in list_for_call(session, scene.call_id, scene.igor, Timing()))


def test_two_people_submit_the_same_evaluation_and_the_second_sees_the_first(database: Database, scene: Scene) -> None:
    draft = begin(database, scene, scene.vera)
    with database.session() as session:
        submit(session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers=LOW)
    with pytest.raises(EvaluationChanged) as caught, database.session() as session:
        other = {"greeting": {"answer": "1", "reason": "Half a name."}}
        submit(session, scene.call_id, draft.id, scene.lead, revision=draft.revision, answers=other)
    assert caught.value.theirs.state == "shown"
    assert caught.value.theirs.answers["greeting"].answer == "0"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Verdict)) == 1


def test_two_reviewers_of_one_call_are_both_kept_and_a_lead_chooses(database: Database, scene: Scene) -> None:
    one = hand_in(database, scene, scene.vera, LOW)
    low = shown_score(database, scene.call_id)
    two = hand_in(database, scene, scene.igor, {"greeting": {"answer": scene.answer("greeting")}})
    assert shown_score(database, scene.call_id) == scene.machine["score"]["final"]
    with pytest.raises(NotNow), database.session() as session:
        let_stand(session, scene.call_id, one.id, two.id, scene.igor)
    with database.session() as session:
        let_stand(session, scene.call_id, one.id, two.id, scene.lead)
    assert shown_score(database, scene.call_id) == low
    with database.read() as session:
        assert [row.state for row in list_for_call(session, scene.call_id, scene.lead, Timing())] == ["shown", "shown"]
        assert read_verdicts(session, scene.call_id)[-1].name == "Lena"
        assert [step.event for step in read_history(session, two.id)][-1] == "settled"


def test_a_call_scored_again_leaves_the_draft_on_its_version(database: Database, scene: Scene) -> None:
    draft = begin(database, scene, scene.vera)
    with database.session() as session:
        call = session.get_one(Call, scene.call_id)
        factories.store_score(session, call, {**scene.machine, "score": {**scene.machine["score"], "final": 1.0}})
    with database.session() as session:
        kept = save_draft(
            session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers=LOW, comment=""
        )
        assert kept.scored_again
        assert kept.machine["greeting"]["answer"] == scene.answer("greeting")
        submit(session, scene.call_id, draft.id, scene.vera, revision=kept.revision)
    with database.read() as session:
        row, verdict = session.scalars(select(Evaluation)).one(), session.scalars(select(Verdict)).one()
        assert verdict.assessment_id == row.assessment_id


def test_a_rep_who_left_and_an_author_who_left(database: Database, scene: Scene) -> None:
    draft = begin(database, scene, scene.vera)
    with database.session() as session:
        session.execute(update(Call).values(rep_id=None))
        session.delete(session.get_one(User, scene.rep.user_id))
    with database.session() as session:
        submit(session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers=LOW)
    with database.session() as session:
        session.delete(session.get_one(User, scene.vera.user_id))
    with database.read() as session:
        row = list_for_call(session, scene.call_id, scene.lead, Timing())[0]
        assert (row.user_id, row.reviewer) == (None, "Vera")


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"mood": {"answer": "2"}}, "answers"),
        ({"greeting": {"answer": "9"}}, "answer"),
        ({"greeting": "2"}, "answers"),
        ([1], "answers"),
        ({"greeting": {"answer": "2", "reason": "x" * 2001}}, "reason"),
        ({"greeting": {"answer": ["2"]}}, "answer"),
    ],
)
def test_answers_that_are_none_are_refused_by_field(database: Database, scene: Scene, answers: Any, field: str) -> None:
    draft = begin(database, scene, scene.vera)
    with pytest.raises(AnswersRefused) as caught, database.session() as session:
        save_draft(session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers=answers, comment="")
    assert caught.value.field == field
    with pytest.raises(AnswersRefused), database.session() as session:
        save_draft(
            session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers={}, comment="x" * 50_001
        )


def test_who_may_not_see_a_draft_does_not_find_it(database: Database, scene: Scene) -> None:
    draft = begin(database, scene, scene.vera)
    for viewer in (scene.igor, scene.rep):
        with database.read() as session, pytest.raises(NoSuchEvaluation):
            read_evaluation(session, scene.call_id, draft.id, viewer, Timing())
    with database.read() as session:
        assert "edit" in read_evaluation(session, scene.call_id, draft.id, scene.lead, Timing()).may
