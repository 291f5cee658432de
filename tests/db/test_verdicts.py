"""Verdicts: appended, audited, outranking the machine in the shown score, kept through scoring anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from review import states
from review.bodies import unpack_body
from review.db import Database
from review.learning.shown import read_verdicts, standard_of, with_verdicts
from review.learning.verdicts import Place, VerdictRefused, record_verdict
from review.models import AuditEvent, Call, LabelRequest, StoredAssessment, Verdict, utc_now
from review.services.steps import store_assessment
from scoring.assessment_reading import read_assessment
from scoring.engine import score
from scoring.scorecard import total
from scoring.standards import load_standard
from tests import factories

WORDS = (
    ("rep", "Good morning, this is Anna from Northgate Vans."),
    ("client", "Hello, it is too expensive for us, I am afraid."),
    ("rep", "I see. What would you use the van for?"),
    ("client", "Moving furniture on weekdays."),
    ("rep", "I will send you the offer tomorrow."),
    ("client", "Fine, thank you."),
)


def judged_call(database: Database) -> tuple[int, int]:
    """A call scored by the engine; its id and a reviewer's."""
    with database.session() as session:
        call = factories.make_call(session)
        factories.store_words(session, call, *WORDS)
        assessment = score(factories.make_transcript(*WORDS), load_standard("cold-call"))
        factories.store_score(session, call, assessment.to_json())
        reviewer = factories.make_user(session, "reviewer", name="Vera")
        return call.id, reviewer.id


def machine_of(database: Database, call_id: int) -> dict[str, Any]:
    """The stored assessment."""
    with database.read() as session:
        call = session.get_one(Call, call_id)
        return unpack_body(session.get_one(StoredAssessment, call.assessment_id).body)


def answer_of(assessment: dict[str, Any], target: str) -> Any:
    """A criterion's answer."""
    return next(item["answer"] for item in assessment["criteria"] if item["id"] == target)


def shown_score(database: Database, call_id: int) -> float | None:
    """The score lists show."""
    with database.read() as session:
        return session.scalar(select(Call.score_final).where(Call.id == call_id))


def test_a_change_outranks_the_machine_and_the_score_follows(database: Database) -> None:
    call_id, user_id = judged_call(database)
    machine = machine_of(database, call_id)
    assert answer_of(machine, "greeting") == "2"
    with database.session() as session:
        done = record_verdict(
            session, call_id, user_id, target="greeting", answer="0", reason="Mumbled; nobody could hear a name."
        )
    assert not done.verdict.confirmed
    assert (done.verdict.machine, done.verdict.answer, done.verdict.name) == ("2", "0", "Vera")
    assert answer_of(done.shown, "greeting") == "0"
    assert done.shown["score"]["final"] < machine["score"]["final"]
    assert shown_score(database, call_id) == done.shown["score"]["final"]
    assert machine_of(database, call_id) == machine  # the machine's own stays as it was
    read_assessment(done.shown)


def test_a_confirmation_needs_no_reason_and_leaves_the_score(database: Database) -> None:
    call_id, user_id = judged_call(database)
    before = machine_of(database, call_id)
    with database.session() as session:
        done = record_verdict(session, call_id, user_id, target="greeting", answer="2")
    assert done.verdict.confirmed
    assert done.shown["score"]["final"] == before["score"]["final"]
    with database.read() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.action, event.user_id, event.subject_id) == ("verdict.confirmed", user_id, str(call_id))
        assert event.details["target"] == "greeting"


def test_what_the_machine_could_not_judge_a_person_can_and_coverage_rises(database: Database) -> None:
    standard = load_standard("cold-call")
    made = score(factories.make_transcript(*WORDS), standard)
    blind = [
        replace(item, answer="cannot_judge", points=None, confidence=None) if item.id == "company" else item
        for item in made.criteria
    ]
    unsure = replace(made, criteria=tuple(blind), score=total(standard, blind))
    with database.session() as session:
        call = factories.make_call(session)
        factories.store_words(session, call, *WORDS)
        factories.store_score(session, call, unsure.to_json())
        reviewer = factories.make_user(session, "reviewer")
        done = record_verdict(session, call.id, reviewer.id, target="company", answer="yes", reason="Listened to it.")
    assert done.shown["score"]["coverage"] > unsure.to_json()["score"]["coverage"]
    assert answer_of(done.shown, "company") == "yes"


def test_verdicts_are_appended_and_the_newest_stands(database: Database) -> None:
    call_id, user_id = judged_call(database)
    with database.session() as session:
        record_verdict(session, call_id, user_id, target="greeting", answer="0", reason="no name")
        record_verdict(session, call_id, user_id, target="greeting", answer="2")
    with database.read() as session:
        verdicts = read_verdicts(session, call_id)
        assert [verdict.answer for verdict in verdicts] == ["0", "2"]
        stored = machine_of(database, call_id)
        standard = standard_of(session, stored["standard"], stored["version"])
    shown = with_verdicts(stored, verdicts, standard)
    assert answer_of(shown, "greeting") == "2"
    assert shown["score"]["final"] == stored["score"]["final"]


def test_scoring_anew_keeps_what_people_decided(database: Database) -> None:
    call_id, user_id = judged_call(database)
    with database.session() as session:
        decided = record_verdict(session, call_id, user_id, target="greeting", answer="0", reason="no name").shown
    standard = load_standard("cold-call")
    with database.session() as session:
        assert states.make_ready(session, call_id, "score", when=("scored",))
        claim = states.claim_call(session, call_id, "score")
        assert claim is not None
        again = score(factories.make_transcript(*WORDS), standard)
        assert store_assessment(session, claim, again, standard.source_text) is not None
    assert shown_score(database, call_id) == decided["score"]["final"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredAssessment)) == 2


def test_a_place_takes_the_words_that_stand_there(database: Database) -> None:
    call_id, user_id = judged_call(database)
    with database.session() as session:
        place = Place(turn=2, start=6.0, end=7.5)
        done = record_verdict(session, call_id, user_id, target="greeting", answer="2", place=place)
    assert done.verdict.span == {"turn": 2, "start": 6.0, "end": 7.5, "quote": WORDS[2][1]}


def test_private_numbers_in_a_reason_are_masked(database: Database) -> None:
    call_id, user_id = judged_call(database)
    reason = "The card 4111 1111 1111 1111 was read out before any greeting."
    with database.session() as session:
        done = record_verdict(session, call_id, user_id, target="greeting", answer="0", reason=reason)
    assert "4111" not in done.verdict.reason
    assert "was read out" in done.verdict.reason


def test_objections_and_rejections_have_answers_of_their_own(database: Database) -> None:
    call_id, user_id = judged_call(database)
    machine = machine_of(database, call_id)
    assert machine["objections"], "the client says it is too expensive"
    target = f"turn-{machine['objections'][0]['client']['turn']}"
    with database.session() as session:
        done = record_verdict(
            session, call_id, user_id, kind="objection", target=target, answer="none", reason="a remark, no objection"
        )
    assert done.verdict.machine == machine["objections"][0]["outcome"]
    assert done.shown["score"] == machine["score"]
    with database.session() as session, pytest.raises(VerdictRefused, match="not in question"):
        record_verdict(session, call_id, user_id, kind="rejection", target="rejection", answer="wrong")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"target": "mood", "answer": "2"}, "target"),
        ({"target": "greeting", "answer": "9"}, "answer"),
        ({"target": "greeting", "answer": "0"}, "reason"),
        ({"target": "greeting", "answer": "0", "reason": "x" * 2001}, "reason"),
        ({"target": "greeting", "answer": "2", "kind": "mood"}, "kind"),
        ({"target": "turn-99", "answer": "handled", "kind": "objection"}, "target"),
        ({"target": "greeting", "answer": "2", "place": Place(turn=99)}, "span"),
        ({"target": "greeting", "answer": "2", "place": Place(turn=0, start=5.0, end=1.0)}, "span"),
        ({"target": "greeting", "answer": "2", "assessment_id": 10**6}, "assessment"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_field(database: Database, values: dict[str, Any], field: str) -> None:
    call_id, user_id = judged_call(database)
    with pytest.raises(VerdictRefused) as caught, database.session() as session:
        record_verdict(session, call_id, user_id, **values)
    assert caught.value.field == field
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Verdict)) == 0


def test_how_a_call_was_drawn_is_what_the_list_says(database: Database) -> None:
    call_id, user_id = judged_call(database)
    with database.session() as session:
        for target, why in (("greeting", "random"), ("company", "margin")):
            session.add(LabelRequest(call_id=call_id, target=target, why=why, worth=0.5, drawn_at=utc_now()))
    machine = machine_of(database, call_id)
    drawn = {}
    with database.session() as session:
        for target in ("greeting", "company", "next_step"):
            done = record_verdict(session, call_id, user_id, target=target, answer=answer_of(machine, target))
            drawn[target] = done.verdict.drawn_by
    assert drawn == {"greeting": "random", "company": "risk", "next_step": "chosen"}
