"""An answer taken back after an evaluation was opened again counts no more; the machine's own is never touched."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from review.db import Database
from review.evaluations import NotComplete, open_evaluation, submit
from review.learning.data import read_criterion_labels
from review.learning.shown import WITHDRAWN, read_verdicts
from review.models import StoredAssessment, Verdict
from scoring.standards import load_standard
from tests.db.evaluating import LOW, Scene, do, hand_in, scene, shown_score

__all__ = ["scene"]

CRITERIA = [criterion for section in load_standard("cold-call").sections for criterion in section.criteria]
BOTH = {**LOW, "company": {"answer": "no", "reason": "No company was named."}}


def labels(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        return {found.criterion.id: [label.answer for label in found.every] for found in read_criterion_labels(session)}


def test_an_answer_taken_back_is_no_label_and_no_part_of_the_score(database: Database, scene: Scene) -> None:
    done = hand_in(database, scene, scene.vera, LOW)
    alone = shown_score(database, scene.call_id)
    do(database, scene, scene.lead, done.id, "void", words="Once more.")
    done = hand_in(database, scene, scene.vera, BOTH)
    assert shown_score(database, scene.call_id) != alone
    assert labels(database) == {"greeting": ["0"], "company": ["no"]}

    do(database, scene, scene.vera, done.id, "reopen")
    hand_in(database, scene, scene.vera, LOW)
    assert shown_score(database, scene.call_id) == alone
    assert labels(database) == {"greeting": ["0"]}
    with database.read() as session:
        assert {verdict.target for verdict in read_verdicts(session, scene.call_id)} == {"greeting"}
        rows = session.execute(
            select(Verdict.answer, Verdict.confirmed).where(Verdict.target == "company").order_by(Verdict.id)
        ).all()
    assert [tuple(row) for row in rows] == [("no", False), (WITHDRAWN, False)], "both are kept"

    do(database, scene, scene.vera, done.id, "reopen")
    hand_in(database, scene, scene.vera, BOTH)
    assert labels(database) == {"greeting": ["0"], "company": ["no"]}, "given again, it counts again"


def test_what_one_takes_back_leaves_what_another_said(database: Database, scene: Scene) -> None:
    hand_in(database, scene, scene.igor, {"company": {"answer": "yes", "reason": "It was named."}, **LOW})
    done = hand_in(database, scene, scene.vera, BOTH)
    do(database, scene, scene.vera, done.id, "reopen")
    hand_in(database, scene, scene.vera, LOW)
    with database.read() as session:
        stands = {verdict.target: verdict for verdict in read_verdicts(session, scene.call_id)}
    assert (stands["company"].answer, stands["company"].name) == ("yes", "Igor")


def answers() -> st.SearchStrategy[dict[str, Any]]:
    """Any filled in scorecard, answered in any part."""
    given = {
        criterion.id: st.fixed_dictionaries(
            {
                "answer": st.sampled_from(
                    [*criterion.answers, "cannot_judge", *(["na"] if criterion.na_allowed else [])]
                ),
                "reason": st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40),
                "confirmed": st.booleans(),
            }
        )
        for criterion in CRITERIA
        if criterion.options
    }
    return st.fixed_dictionaries({}, optional=given)


@given(first=answers(), second=answers())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_submitted_the_stored_assessment_stays(
    database: Database, scene: Scene, first: dict[str, Any], second: dict[str, Any]
) -> None:
    def assessments() -> list[tuple[Any, ...]]:
        with database.read() as session:
            return [tuple(row) for row in session.execute(select(StoredAssessment.__table__))]

    before = assessments()
    machine = shown_score(database, scene.call_id)
    with database.session() as session:
        draft = open_evaluation(session, scene.call_id, scene.vera)
    for sent in (first, second):
        try:
            with database.session() as session:
                draft = open_evaluation(session, scene.call_id, scene.vera)
                done = submit(session, scene.call_id, draft.id, scene.vera, revision=draft.revision, answers=sent)
        except NotComplete:
            continue
        assert assessments() == before
        do(database, scene, scene.vera, done.id, "reopen")
    assert assessments() == before
    do(database, scene, scene.vera, draft.id, "void", words="Drawn again.")
    assert shown_score(database, scene.call_id) == machine
