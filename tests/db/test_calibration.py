"""Calibrations: made, scored apart, closed, measured; and counted in nobody's scores."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from review.calibration.agreed import write_agreed
from review.calibration.closing import cancel, close, close_due, remind_due
from review.calibration.listing import count_waiting, list_calibrations, read_session
from review.calibration.results import read_results
from review.calibration.types import BadAgreed, BadCalibration, CalibrationNotNow, NoSuchCalibration
from review.db import Database
from review.evaluations import (
    NoSuchEvaluation,
    NotNow,
    Timing,
    list_for_call,
    move,
    open_evaluation,
    read_evaluation,
    save_draft,
    submitted_count,
)
from review.evaluations.listing import list_evaluations
from review.models import (
    Assignment,
    AuditEvent,
    Calibration,
    Call,
    Evaluation,
    Notification,
    User,
    Verdict,
    utc_now,
)
from review.queries.blind import judges_blind
from review.queries.viewer import Viewer, load_viewer
from review.sampling.assignments import CannotTake, hand_on
from tests import factories
from tests.db.calibrating import Round, calibrated, fill_in, make

__all__ = ["calibrated"]  # the fixture


def test_everybody_gets_blind_calls_and_is_told_once(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    with database.read() as session:
        waiting = session.scalars(select(Assignment).order_by(Assignment.id)).all()
        assert [(row.part, row.blind, row.state) for row in waiting] == [("calibration", True, "open")] * 6
        told = session.scalars(select(Notification).where(Notification.kind == "calibration_invited")).all()
        assert sorted(row.user_id for row in told) == [calibrated.vera.user_id, calibrated.igor.user_id]
        assert count_waiting(session, calibrated.vera.user_id) == 3
        row = session.get_one(Calibration, made)
        assert (row.standard, row.state) == ("cold-call", "open")
        assert row.created_at < row.remind_at < row.due_at


def test_nobody_sees_anything_before_the_end(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    call = calibrated.calls[0]
    done = fill_in(database, calibrated.vera, call, calibrated.sheet(-1))
    with database.read() as session:
        assert judges_blind(session, call, calibrated.vera.user_id)  # she may open it again: still veiled
        own = read_evaluation(session, call, done, calibrated.vera, Timing())
        assert (own.state, own.may, own.machine) == ("submitted", {"reopen"}, {})
        for viewer in (calibrated.igor, calibrated.lead, calibrated.omar, calibrated.rep):
            with pytest.raises(NoSuchEvaluation):
                read_evaluation(session, call, done, viewer, Timing())
        with pytest.raises(CalibrationNotNow):
            read_results(session, calibrated.lead, made)
        with pytest.raises(NoSuchCalibration):
            read_session(session, calibrated.omar, made)
        seen = read_session(session, calibrated.igor, made)
        assert (seen.row.done, seen.row.asked, seen.calls[0].mine) == (1, 6, "waiting")


def test_a_scorecard_of_a_calibration_counts_nowhere(database: Database, calibrated: Round) -> None:
    call = calibrated.calls[0]
    with database.read() as session:
        before = session.scalar(select(Call.score_final).where(Call.id == call))
    made = make(database, calibrated)
    done = fill_in(database, calibrated.vera, call, calibrated.sheet(0))
    with database.session() as session:
        close(session, calibrated.lead, made)
    with database.read() as session:
        assert session.scalar(select(Call.score_final).where(Call.id == call)) == before
        assert session.scalar(select(func.count()).select_from(Verdict)) == 0
        assert submitted_count(session) == 0
        row = session.get_one(Evaluation, done)
        assert (row.calibration_id, row.state, row.show_at) == (made, "submitted", None)
        assert list_for_call(session, call, calibrated.rep, Timing()) == ()
        assert list_for_call(session, call, calibrated.igor, Timing()) == ()
        assert list_evaluations(session, calibrated.lead, Timing()).lines == ()
        assert not session.scalars(select(Notification).where(Notification.user_id == calibrated.rep.user_id)).all()
        with pytest.raises(NoSuchEvaluation):
            read_evaluation(session, call, done, calibrated.rep, Timing())
        assert read_evaluation(session, call, done, calibrated.igor, Timing()).final == row.final
    for act in ("finish", "void", "reopen", "dispute"):
        with pytest.raises((NotNow, NoSuchEvaluation)), database.session() as session:
            move(session, call, done, calibrated.lead, act, words="no")


def test_answers_can_be_opened_again_until_the_end(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    call = calibrated.calls[1]
    done = fill_in(database, calibrated.vera, call, calibrated.sheet(0))
    with database.session() as session:
        move(session, call, done, calibrated.vera, "reopen")
    assert fill_in(database, calibrated.vera, call, calibrated.sheet(-1)) == done
    with database.session() as session:
        close(session, calibrated.lead, made)
    with pytest.raises(NotNow), database.session() as session:
        move(session, call, done, calibrated.vera, "reopen")


def test_figures_strictness_and_who_differs(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated, against="benchmark", benchmark_id=calibrated.vera.user_id)
    worst = calibrated.criteria["greeting"][0]
    for call in calibrated.calls:
        fill_in(database, calibrated.vera, call, calibrated.sheet(-1))
        fill_in(database, calibrated.igor, call, calibrated.sheet(-1, greeting=worst))
    with database.session() as session:
        told = session.scalars(select(Notification.user_id).where(Notification.kind == "calibration_done")).all()
        assert told == [calibrated.lead.user_id]
        close(session, calibrated.lead, made)
    with database.read() as session:
        found = read_results(session, calibrated.igor, made)
    assert list(found.people.values()) == ["Igor", "Vera"] or set(found.people.values()) == {"Igor", "Vera"}
    by_name = {one.criterion.id: one for one in found.criteria}
    assert by_name["greeting"].figures.exact.value == 0.0
    assert by_name["greeting"].differing == calibrated.calls
    assert by_name["greeting"].figures.meaning == "too_few"
    others = [one for name, one in by_name.items() if name != "greeting"]
    assert {one.figures.exact.value for one in others} == {1.0}
    assert found.exact.value == pytest.approx(len(others) / len(by_name))
    assert found.total.calls == 3
    strict = found.strictness[0]
    assert (strict.person, strict.calls) == (str(calibrated.igor.user_id), 3)
    assert strict.effect is not None
    assert strict.effect < 0
    (igor,) = found.versus
    assert igor.person == str(calibrated.igor.user_id)
    assert igor.lean is not None
    assert igor.lean < 0
    assert found.machine[calibrated.calls[0]]["greeting"]


def test_one_reviewer_gives_no_figure(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    fill_in(database, calibrated.vera, calibrated.calls[0], calibrated.sheet(-1))
    with database.session() as session:
        close(session, calibrated.lead, made)
    with database.read() as session:
        found = read_results(session, calibrated.lead, made)
    assert found.view.row.counted == 1
    assert [one.name for one in found.view.row.left] == ["Igor"]
    assert [one.name for one in found.view.row.unfinished] == ["Vera"]
    assert found.exact.value is None
    assert found.total.alpha is None
    assert {one.figures.alpha for one in found.criteria} == {None}


def test_a_person_who_left_is_named_and_nothing_waits_for_them(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    with database.session() as session:
        draft = open_evaluation(session, calibrated.calls[0], calibrated.igor)
        save_draft(
            session,
            calibrated.calls[0],
            draft.id,
            calibrated.igor,
            revision=draft.revision,
            answers={"greeting": {"answer": calibrated.criteria["greeting"][0]}},
            comment="half a word",
        )
        session.execute(update(User).where(User.id == calibrated.igor.user_id).values(disabled_at=utc_now()))
    for call in calibrated.calls:
        fill_in(database, calibrated.vera, call, calibrated.sheet(-1))
    with database.session() as session:
        told = session.scalars(select(Notification.user_id).where(Notification.kind == "calibration_done")).all()
        assert told == [calibrated.lead.user_id]  # he is not waited for
        close(session, calibrated.lead, made)
    with database.read() as session:
        found = read_session(session, calibrated.lead, made)
        (igor,) = found.row.left
        assert (igor.name, igor.here) == ("Igor", False)
        assert session.scalar(select(func.count()).where(Assignment.state == "open")) == 0
        kept = session.get_one(Evaluation, draft.id)
        assert (kept.state, kept.comment) == ("void", "half a word")


def test_the_deadline_closes_once_and_the_reminder_comes_once(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated, days=2)
    with database.session() as session:
        row = session.get_one(Calibration, made)
        remind, due = row.remind_at, row.due_at
        assert remind_due(session, remind - timedelta(minutes=1)) == 0
        assert remind_due(session, remind) == 2
        assert remind_due(session, remind + timedelta(minutes=1)) == 0
        assert close_due(session, due - timedelta(minutes=1)) == 0
        assert close_due(session, due) == 1
        assert close_due(session, due) == 0
    with database.read() as session:
        row = session.get_one(Calibration, made)
        assert (row.state, row.closed_how, row.closed_by) == ("closed", "deadline", None)
        events = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_kind == "calibration").order_by(AuditEvent.id)
        ).all()
        assert events == ["calibration.made", "calibration.closed"]


def test_who_cannot_score_a_call_is_left_out_of_it(database: Database, calibrated: Round) -> None:
    fill_in(database, calibrated.vera, calibrated.calls[0], calibrated.sheet(-1), blind=True)  # for real
    made = make(database, calibrated)
    with database.read() as session:
        found = read_session(session, calibrated.lead, made)
    assert [(one.name, one.call_id, one.why) for one in found.left_out] == [("Vera", calibrated.calls[0], "scored")]
    assert found.row.asked == 5


def test_calls_are_drawn_that_nobody_knows(database: Database, calibrated: Round) -> None:
    fill_in(database, calibrated.vera, calibrated.calls[0], calibrated.sheet(-1), blind=True)
    made = make(database, calibrated, call_ids=(), lot=3)
    with database.read() as session:
        found = read_session(session, calibrated.lead, made)
    assert sorted(call.call_id for call in found.calls) == sorted(calibrated.calls[1:])
    assert {call.how for call in found.calls} == {"random"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " \x00 "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"user_ids": ()}, "people"),
        ({"user_ids": (10**17,)}, "people"),
        ({"call_ids": ()}, "calls"),
        ({"call_ids": (10**17,)}, "calls"),
        ({"lot": 51}, "calls"),
        ({"standard": "no-such"}, "standard"),
        ({"version": 4711}, "standard"),
        ({"days": 0}, "days"),
        ({"against": "mood"}, "against"),
        ({"against": "benchmark", "benchmark_id": 10**17}, "benchmark"),
    ],
)
def test_what_cannot_be_made_is_refused_by_field(
    database: Database, calibrated: Round, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(BadCalibration) as caught:
        make(database, calibrated, **wrong)
    assert caught.value.field == field
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Calibration)) == 0


def test_only_leads_make_and_close(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    with pytest.raises(NoSuchCalibration), database.session() as session:
        close(session, calibrated.vera, made)
    with pytest.raises(NoSuchCalibration), database.session() as session:
        cancel(session, calibrated.omar, made)
    with database.session() as session:
        cancel(session, calibrated.lead, made)
    with pytest.raises(CalibrationNotNow), database.session() as session:
        close(session, calibrated.lead, made)
    with database.read() as session:
        assert [row.state for row in list_calibrations(session, calibrated.vera)[0]] == ["cancelled"]
        assert list_calibrations(session, calibrated.omar)[0] == ()


def test_a_call_of_a_calibration_is_handed_to_nobody_else(database: Database, calibrated: Round) -> None:
    make(database, calibrated)
    with database.session() as session:
        mine = session.scalar(select(Assignment.id).where(Assignment.user_id == calibrated.vera.user_id).limit(1))
        assert mine is not None
        with pytest.raises(CannotTake):
            hand_on(session, calibrated.vera, mine, calibrated.omar.user_id)


def test_the_consensus_becomes_what_people_are_measured_against(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated, against="consensus")
    worst, best = calibrated.criteria["greeting"][0], calibrated.criteria["greeting"][-1]
    for call in calibrated.calls:
        fill_in(database, calibrated.vera, call, calibrated.sheet(-1))
        fill_in(database, calibrated.igor, call, calibrated.sheet(-1, greeting=worst))
    call = calibrated.calls[0]

    def agree(viewer: Viewer, *words: str) -> None:
        with database.session() as session:
            write_agreed(session, viewer, made, *words)  # type: ignore[arg-type]

    with pytest.raises(CalibrationNotNow):
        agree(calibrated.lead, call, "greeting", best)  # type: ignore[arg-type]
    with database.session() as session:
        close(session, calibrated.lead, made)
    with pytest.raises(NoSuchCalibration):
        agree(calibrated.vera, call, "greeting", best)  # type: ignore[arg-type]
    for wrong in ((10**9, "greeting", best), (call, "nothing", best), (call, "greeting", "17")):
        with pytest.raises(BadAgreed):
            agree(calibrated.lead, *wrong)  # type: ignore[arg-type]
    agree(calibrated.lead, call, "greeting", worst)  # type: ignore[arg-type]
    agree(calibrated.lead, call, "greeting", best, "He says his name at 0:02.")  # type: ignore[arg-type]
    with database.read() as session:
        found = read_results(session, calibrated.lead, made)
    assert found.agreed[(call, "greeting")].note == "He says his name at 0:02."
    exact = {int(one.person): one.exact.value for one in found.versus}
    assert exact[calibrated.vera.user_id] == 1.0
    igor = exact[calibrated.igor.user_id]
    assert igor is not None
    assert igor < 1.0
    agree(calibrated.lead, call, "greeting", "")  # type: ignore[arg-type]
    with database.read() as session:
        assert not read_results(session, calibrated.lead, made).agreed


def test_an_outsider_scores_but_sees_no_sessions_of_others(database: Database, calibrated: Round) -> None:
    with database.session() as session:
        outsider = factories.make_user(session, "external_reviewer", name="Otto").id
    made = make(database, calibrated, user_ids=(calibrated.vera.user_id, outsider))
    with database.read() as session:
        otto = load_viewer(session, outsider)
        assert otto is not None
        found = read_session(session, otto, made)
        assert [call.title for call in found.calls] == [""] * 3
        assert found.row.mine == 3
