"""Beginning a scorecard and closing its calibration in one moment: neither overlooks the other, no draft stays open."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, text, update

from review.calibration.closing import cancel, close, close_due, is_due, settle_left
from review.calibration.listing import count_waiting, read_session
from review.calibration.results import read_results
from review.db import Database
from review.evaluations import NotNow, Timing, open_evaluation, read_evaluation, save_draft
from review.models import Assignment, AuditEvent, Calibration, Call, Evaluation, Notification, User, utc_now
from review.sampling.assignments import skip
from tests.db.calibrating import Round, calibrated, fill_in, make
from tests.waiting import wait_until

__all__ = ["calibrated"]  # the fixture


def waits(database: Database, act: Future[None]) -> bool:
    """Whether the act is over, or stands still before another's lock (SQLite lets one writer in at a time)."""
    if act.done() or database.dialect == "sqlite":
        return True
    with database.read() as session:
        held = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(session.scalar(text(held)))


def told(database: Database, kind: str) -> dict[int, int]:
    """Who was told, and of how many drafts."""
    with database.read() as session:
        rows = session.scalars(select(Notification).where(Notification.kind == kind)).all()
        return {row.user_id: row.body.get("drafts", 0) for row in rows}


@pytest.mark.parametrize("end", [close, cancel])
def test_a_draft_begun_while_the_session_closes_is_put_away_with_it(
    database: Database, calibrated: Round, end: object
) -> None:
    made = make(database, calibrated)

    def finish() -> None:
        with database.session() as session:
            end(session, calibrated.lead, made)  # type: ignore[operator]

    with ThreadPoolExecutor(1) as pool:
        with database.session() as session:
            draft = open_evaluation(session, calibrated.calls[0], calibrated.vera)
            closing = pool.submit(finish)
            wait_until(lambda: waits(database, closing), what="closing to wait or to be done")
        closing.result()
    with database.read() as session:
        kept = session.get_one(Evaluation, draft.id)
        assert kept.state == "void"
        assert kept.closed_at is not None
    kind = "calibration_closed" if end is close else "calibration_cancelled"
    assert told(database, kind) == {calibrated.vera.user_id: 1, calibrated.igor.user_id: 0}


def test_a_sweep_leaves_a_session_in_which_somebody_begins_for_its_next_round(
    database: Database, calibrated: Round
) -> None:
    made = make(database, calibrated)
    with database.session() as session:
        due = session.get_one(Calibration, made).due_at

    def sweep() -> int:
        with database.session() as session:
            return close_due(session, due)

    with ThreadPoolExecutor(1) as pool:
        with database.session() as session:
            draft = open_evaluation(session, calibrated.calls[0], calibrated.vera)
            first = pool.submit(sweep)
            wait_until(lambda: first.done() or database.dialect == "sqlite")
        assert first.result() + sweep() == 1
    with database.read() as session:
        assert session.get_one(Evaluation, draft.id).state == "void"


@pytest.mark.parametrize("end", [close, cancel])
def test_what_a_closed_calibration_asked_for_is_not_begun_as_a_real_review(
    database: Database, calibrated: Round, end: object
) -> None:
    made = make(database, calibrated)
    with database.session() as session:
        wanted = session.scalars(
            select(Assignment.id).where(
                Assignment.call_id == calibrated.calls[0], Assignment.user_id == calibrated.vera.user_id
            )
        ).one()
        end(session, calibrated.lead, made)  # type: ignore[operator]
    with pytest.raises(NotNow), database.session() as session:
        open_evaluation(session, calibrated.calls[0], calibrated.vera, assignment_id=wanted)
    with database.session() as session:  # from the call's own page it is a review as any other
        begun = open_evaluation(session, calibrated.calls[0], calibrated.vera)
        assert session.get_one(Evaluation, begun.id).calibration_id is None


def test_a_seat_of_somebody_else_gives_no_place_in_a_session(database: Database, calibrated: Round) -> None:
    make(database, calibrated)
    with database.session() as session:
        igors = session.scalars(select(Assignment.id).where(Assignment.user_id == calibrated.igor.user_id)).first()
        begun = open_evaluation(session, calibrated.calls[0], calibrated.omar, assignment_id=igors)
        assert session.get_one(Evaluation, begun.id).calibration_id is None


def test_the_sweep_settles_drafts_left_over_and_says_so_once(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    call = calibrated.calls[0]
    with database.session() as session:
        draft = open_evaluation(session, call, calibrated.vera)
        typed = {"greeting": {"answer": calibrated.criteria["greeting"][0]}}
        save_draft(session, call, draft.id, calibrated.vera, revision=1, answers=typed, comment="half a word")
        row = session.get_one(Calibration, made)  # as a version before this one left it
        row.state, row.closed_at = "closed", utc_now()
        session.execute(update(Assignment).values(state="withdrawn"))
    with database.session() as session:
        assert is_due(session)
        assert settle_left(session) == 1
        assert settle_left(session) == 0
        assert not is_due(session)
    assert told(database, "calibration_closed") == {calibrated.vera.user_id: 1}
    with database.read() as session:
        kept = read_evaluation(session, call, draft.id, calibrated.vera, Timing())
        assert (kept.state, kept.comment, list(kept.answers)) == ("void", "half a word", ["greeting"])
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "calibration.closed")).one()
        assert event.details == {"how": "left_over", "drafts": [draft.id]}
    with database.session() as session:  # the call can be reviewed again
        assert open_evaluation(session, call, calibrated.vera).id != draft.id


def test_a_call_that_was_skipped_waits_for_nobody_and_is_not_reviewed_in_its_place(
    database: Database, calibrated: Round
) -> None:
    made = make(database, calibrated, call_ids=calibrated.calls[:2])
    vera = calibrated.vera
    with database.session() as session:
        wanted = session.scalars(
            select(Assignment.id).where(Assignment.call_id == calibrated.calls[0], Assignment.user_id == vera.user_id)
        ).one()
        skip(session, vera, wanted, "I know the client")
    with pytest.raises(NotNow), database.session() as session:
        open_evaluation(session, calibrated.calls[0], vera, assignment_id=wanted)
    with database.read() as session:
        assert count_waiting(session, vera.user_id) == 1
        seen = read_session(session, vera, made)
        assert [call.mine for call in seen.calls] == ["", "waiting"]
        assert [(one.name, one.asked) for one in seen.row.people] == [("Igor", 2), ("Vera", 1)]
        assert seen.row.mine == 1
    fill_in(database, vera, calibrated.calls[1], calibrated.sheet(-1))
    for call in calibrated.calls[:2]:
        fill_in(database, calibrated.igor, call, calibrated.sheet(-1))
    assert set(told(database, "calibration_done")) == {calibrated.lead.user_id}
    with database.session() as session:
        close(session, calibrated.lead, made)
        assert read_session(session, calibrated.lead, made).row.unfinished == ()


def test_the_benchmark_stays_when_the_account_is_gone(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated, against="benchmark", benchmark_id=calibrated.vera.user_id)
    for who in (calibrated.vera, calibrated.igor):
        for call in calibrated.calls:
            fill_in(database, who, call, calibrated.sheet(-1))
    with database.session() as session:
        close(session, calibrated.lead, made)
        before = read_results(session, calibrated.lead, made)
        session.execute(delete(User).where(User.id == calibrated.vera.user_id))
    with database.read() as session:
        after = read_results(session, calibrated.lead, made)
    assert (after.versus, after.exact, after.total) == (before.versus, before.exact, before.total)
    assert len(after.versus) == 1


def test_calls_that_were_deleted_leave_a_session_that_closes_and_reads(database: Database, calibrated: Round) -> None:
    made = make(database, calibrated)
    for who in (calibrated.vera, calibrated.igor):
        for call in calibrated.calls[:2]:
            fill_in(database, who, call, calibrated.sheet(-1))
    for gone, left in ((calibrated.calls[0], 2), (calibrated.calls[1], 1), (calibrated.calls[2], 0)):
        with database.session() as session:
            session.delete(session.get_one(Call, gone))
        with database.read() as session:
            assert len(read_session(session, calibrated.lead, made).calls) == left
    with database.session() as session:
        close(session, calibrated.lead, made)
        found = read_results(session, calibrated.lead, made)
        assert (found.cells, found.exact.value, found.total.alpha) == ((), None, None)
