"""After a submission: shown in its time, answered by the rep, opened again within its window, final or void."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from review.db import Database
from review.evaluations import (
    AnswersRefused,
    NoSuchEvaluation,
    NotNow,
    Timing,
    list_for_call,
    read_evaluation,
    show_due,
    submit,
)
from review.learning.shown import read_verdicts
from review.models import Evaluation, Verdict, utc_now
from tests.db.evaluating import LATER, LOW, Scene, do, hand_in, scene, shown_score

__all__ = ["scene"]  # the fixture


def test_the_rep_sees_it_once_its_time_has_come_and_then_the_score_follows(database: Database, scene: Scene) -> None:
    machine = scene.machine["score"]["final"]
    done = hand_in(database, scene, scene.vera, LOW, timing=LATER)
    assert done.state == "submitted"
    with database.read() as session:
        assert list_for_call(session, scene.call_id, scene.rep, LATER) == ()
        assert read_verdicts(session, scene.call_id) == ()
        with pytest.raises(NoSuchEvaluation):
            read_evaluation(session, scene.call_id, done.id, scene.rep, LATER)
    assert shown_score(database, scene.call_id) == machine
    with database.session() as session:
        assert show_due(session) == 0
        session.execute(update(Evaluation).values(show_at=utc_now() - timedelta(seconds=1)))
    with database.read() as session:
        row = list_for_call(session, scene.call_id, scene.rep, LATER)[0]
        assert (row.state, row.may) == ("shown", frozenset({"acknowledge"}))
    with database.session() as session:
        assert show_due(session) == 1
        assert show_due(session) == 0
    assert shown_score(database, scene.call_id) != machine


def test_the_rep_acknowledges_and_a_lead_has_the_last_word(database: Database, scene: Scene) -> None:
    done = hand_in(database, scene, scene.vera, LOW)
    read = do(database, scene, scene.rep, done.id, "acknowledge")
    assert (read.state, read.may) == ("acknowledged", frozenset())
    with pytest.raises(NotNow):
        do(database, scene, scene.rep, done.id, "acknowledge")
    with pytest.raises(NotNow):
        do(database, scene, scene.rep, done.id, "dispute", words="That goes another way.")
    with pytest.raises(NotNow):
        do(database, scene, scene.vera, done.id, "finish")
    assert do(database, scene, scene.lead, done.id, "finish").state == "final"
    with pytest.raises(NotNow):
        do(database, scene, scene.vera, done.id, "reopen")


def test_within_the_edit_window_the_author_opens_it_again_and_only_changes_are_new_verdicts(
    database: Database, scene: Scene
) -> None:
    machine = scene.machine["score"]["final"]
    both = {**LOW, "company": {"answer": scene.answer("company"), "confirmed": True}}
    done = hand_in(database, scene, scene.vera, both)
    again = do(database, scene, scene.vera, done.id, "reopen")
    assert again.state == "draft"
    assert shown_score(database, scene.call_id) == machine, "what is being changed does not count meanwhile"
    with database.read() as session:
        assert list_for_call(session, scene.call_id, scene.rep, Timing()) == ()
    with database.session() as session:
        answers = {**both, "greeting": {"answer": scene.answer("greeting")}}
        submit(session, scene.call_id, done.id, scene.vera, revision=again.revision, answers=answers)
    with database.read() as session:
        said = session.execute(select(Verdict.target, Verdict.answer).order_by(Verdict.id)).all()
    assert sorted(said[:2]) == [("company", scene.answer("company")), ("greeting", "0")]
    assert said[2:] == [("greeting", scene.answer("greeting"))]
    assert shown_score(database, scene.call_id) == machine
    with pytest.raises(NotNow):
        do(database, scene, scene.vera, done.id, "reopen", timing=Timing(edit_for=timedelta(0)))
    with pytest.raises(NotNow):
        do(database, scene, scene.igor, done.id, "reopen")


def test_a_void_evaluation_counts_no_more_and_stays_to_be_read(database: Database, scene: Scene) -> None:
    done = hand_in(database, scene, scene.vera, LOW)
    with pytest.raises(AnswersRefused):
        do(database, scene, scene.lead, done.id, "void")
    void = do(database, scene, scene.lead, done.id, "void", words="The wrong call.")
    assert (void.state, void.void_reason) == ("void", "The wrong call.")
    assert shown_score(database, scene.call_id) == scene.machine["score"]["final"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Verdict)) == 1
        assert [row.state for row in list_for_call(session, scene.call_id, scene.vera, Timing())] == ["void"]
    assert hand_in(database, scene, scene.vera, LOW).id != done.id
