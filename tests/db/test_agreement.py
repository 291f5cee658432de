"""Machine against people: what it is measured on, the gate, and automatic mode from its switch to its withdrawal."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from review.agreement.automatic import switch_off, switch_on, withdraw_failing
from review.agreement.reading import read_agreement, read_automatic
from review.agreement.types import NotOffered
from review.calibration.closing import close
from review.db import Database
from review.evaluations import open_evaluation, save_draft, submit
from review.learning.status import read_status
from review.models import (
    AuditEvent,
    AutomaticCriterion,
    Calibration,
    Call,
    Evaluation,
    Notification,
    StoredAssessment,
    Verdict,
)
from review.queries.viewer import load_viewer
from scoring.engine import score
from scoring.standards import load_standard
from tests import factories
from tests.db.calibrating import Round, calibrated, make
from tests.db.evaluating import WORDS
from workers.demo.stories.calibration import tell

__all__ = ["calibrated"]  # the fixture

QUIET = (
    ("rep", "Yes, the van costs four hundred."),
    ("client", "Hello, it is too expensive for us, I am afraid."),
    ("rep", "It is what it is."),
    ("client", "Moving furniture on weekdays."),
    ("rep", "I will send you the offer tomorrow."),
)


def many_calls(database: Database, found: Round, count: int) -> list[tuple[int, str]]:
    """Scored calls, every other one with a greeting, and what the machine answers to it."""
    sheet = load_standard("cold-call")
    made = []
    with database.session() as session:
        rep = factories.make_rep(session, "Rolf")
        for number in range(count):
            words = WORDS if number % 2 else QUIET
            call = factories.make_call(session, rep_id=rep.id)
            factories.store_words(session, call, *words)
            assessment = score(factories.make_transcript(*words), sheet).to_json()
            factories.store_score(session, call, assessment)
            said = next(str(item["answer"]) for item in assessment["criteria"] if item["id"] == "greeting")
            made.append((call.id, said))
    return made


def answer_all(
    database: Database, found: Round, calls: list[tuple[int, str]], *, wrong: int = 0, blind: bool = True
) -> None:
    """Two reviewers give the machine's answer, but `wrong` of ten calls another one, both the same."""
    options = found.criteria["greeting"]
    for viewer in (found.vera, found.igor):
        for number, (call, said) in enumerate(calls):
            given = next(one for one in options if one != said) if number % 10 < wrong else said
            answers: dict[str, Any] = {"greeting": {"answer": given, "reason": "heard so"}}
            with database.session() as session:
                draft = open_evaluation(session, call, viewer, blind=blind)
                submit(session, call, draft.id, viewer, revision=draft.revision, answers=answers)


def greeting(database: Database) -> Any:
    with database.read() as session:
        return next(one for one in read_agreement(session) if one.criterion == "greeting")


def test_blind_answers_open_the_gate_and_those_who_saw_do_not(database: Database, calibrated: Round) -> None:
    calls = many_calls(database, calibrated, 62)
    answer_all(database, calibrated, calls[:31], blind=False)
    seen = greeting(database)
    assert (seen.measured.machine_basis, seen.measured.gate.verdict) == ("all", "anchored")
    assert not seen.may_switch_on
    answer_all(database, calibrated, calls[31:])
    blind = greeting(database)
    assert (blind.measured.machine_basis, blind.measured.people_basis) == ("blind", "blind")
    assert blind.measured.machine.n == 31
    assert (blind.measured.gate.verdict, blind.may_switch_on, blind.blind) == ("open", True, 31)
    assert blind.measured.seen.n == 31
    with database.read() as session:
        status = next(one for one in read_status(session) if one.criterion == "greeting")
    assert status.gate == blind.measured.gate  # the learning page says the same


def test_calibrations_count_for_agreement_and_teach_nothing(database: Database, calibrated: Round) -> None:
    calls = many_calls(database, calibrated, 31)
    made = make(database, calibrated, call_ids=tuple(call for call, _ in calls[:31]))
    for viewer in (calibrated.vera, calibrated.igor):
        for call, said in calls:
            with database.session() as session:
                draft = open_evaluation(session, call, viewer)
                given = {"greeting": {"answer": said}}
                submit(session, call, draft.id, viewer, revision=draft.revision, answers=given)
    with database.read() as session:
        assert read_agreement(session) == ()  # nothing before it is closed
    with database.session() as session:
        close(session, calibrated.lead, made)
    found = greeting(database)
    assert found.by_source == {"calibration": 31, "review": 0}
    assert (found.measured.people.n, found.measured.machine_basis) == (31, "blind")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Verdict)) == 0
        assert read_status(session) == ()


def test_automatic_mode_from_switch_to_withdrawal(database: Database, calibrated: Round) -> None:
    calls = many_calls(database, calibrated, 66)
    answer_all(database, calibrated, calls[:31])
    with pytest.raises(NotOffered), database.session() as session:
        switch_on(session, calibrated.vera, "greeting", "en")
    with database.session() as session:
        switch_on(session, calibrated.lead, "greeting", "en")
    with pytest.raises(NotOffered) as again, database.session() as session:
        switch_on(session, calibrated.lead, "greeting", "en")
    assert again.value.why == "on"

    call, said = calls[40]
    with database.session() as session:
        draft = open_evaluation(session, call, calibrated.omar)
    assert draft.answers["greeting"].to_json() == {
        "answer": said,
        "reason": "",
        "note": "",
        "confirmed": True,
        "automatic": True,
    }
    assert set(draft.answers) == {"greeting"}
    sent = {"greeting": {"answer": said, "confirmed": True}, "company": {"answer": "cannot_judge", "reason": "noise"}}
    with database.session() as session:
        kept = save_draft(session, call, draft.id, calibrated.omar, revision=draft.revision, answers=sent, comment="")
        assert kept.answers["greeting"].automatic
        submit(session, call, draft.id, calibrated.omar, revision=kept.revision)
    with database.read() as session:
        made = session.scalars(select(Verdict.target).where(Verdict.call_id == call)).all()
        assert "greeting" not in made  # nobody's answer is nobody's label
        assert session.get_one(Evaluation, draft.id).answers["greeting"]["automatic"] is True

    other, said = calls[41]
    changed = next(one for one in calibrated.criteria["greeting"] if one != said)
    with database.session() as session:
        draft = open_evaluation(session, other, calibrated.omar)
        answers = {"greeting": {"answer": changed, "reason": "No name."}}
        done = submit(session, other, draft.id, calibrated.omar, revision=draft.revision, answers=answers)
        assert not done.answers["greeting"].automatic
    with database.read() as session:
        assert session.scalars(select(Verdict.answer).where(Verdict.call_id == other)).all() == [changed]
        blind = calls[42][0]
    with database.session() as session:
        assert open_evaluation(session, blind, calibrated.omar, blind=True).answers == {}
        assert withdraw_failing(session) == ()

    answer_all(database, calibrated, calls[43:], wrong=8)
    with database.session() as session:
        assert withdraw_failing(session) == ("greeting.en",)
        assert withdraw_failing(session) == ()
    with database.read() as session:
        (row,) = read_automatic(session)
        assert (row.state, row.off_why) == ("withdrawn", "below")
        told = session.scalars(select(Notification).where(Notification.kind == "automatic_withdrawn")).all()
        assert [one.user_id for one in told] == [calibrated.lead.user_id]
        events = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_kind == "criterion").order_by(AuditEvent.id)
        ).all()
        assert events == ["automatic.on", "automatic.withdrawn"]


def test_the_demo_tells_its_calibrations_once(database: Database, calibrated: Round) -> None:
    many_calls(database, calibrated, 8)
    with database.session() as session:
        for name, role in (("lead", "quality_lead"), ("reviewer", "reviewer"), ("head", "head_of_sales")):
            factories.make_user(session, role, email=f"{name}@demo.example")
        session.flush()
        assert tell(session) == 2
        assert tell(session) == 0
        states = session.scalars(select(Calibration.state).order_by(Calibration.id)).all()
    assert states == ["closed", "open"]


def test_a_lead_switches_off_and_on_again(database: Database, calibrated: Round) -> None:
    answer_all(database, calibrated, many_calls(database, calibrated, 31))
    with database.session() as session:
        switch_on(session, calibrated.lead, "greeting", "en")
        switch_off(session, calibrated.lead, "greeting", "en")
        with pytest.raises(NotOffered):
            switch_off(session, calibrated.lead, "greeting", "en")
        switch_on(session, calibrated.lead, "greeting", "en")
    with database.read() as session:
        assert [row.state for row in read_automatic(session)] == ["on", "off"]
        with pytest.raises(NotOffered):
            switch_on(session, calibrated.lead, "no-such", "en")


def test_nothing_in_automatic_mode_survives_its_last_labels(database: Database, calibrated: Round) -> None:
    answer_all(database, calibrated, many_calls(database, calibrated, 31))
    with database.session() as session:
        switch_on(session, calibrated.lead, "greeting", "en")
        session.execute(delete(Verdict))
        assert withdraw_failing(session) == ("greeting.en",)
        assert session.scalar(select(AutomaticCriterion.off_why)) == "unknown"
        assert session.scalar(select(func.count()).select_from(StoredAssessment)) == session.scalar(
            select(func.count()).select_from(Call)
        )
        assert load_viewer(session, calibrated.lead.user_id) is not None
