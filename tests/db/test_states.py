"""Claims, leases, fences, backoff and burial: every statement that may change a call's state, on both databases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from review import states
from review.clock import database_now
from review.db import Database
from review.models import Call
from review.states import Claim, Failure, Step
from tests import factories

BROKEN = Failure("unreadable_audio", "This recording cannot be read.", advice="Send it again.")


def test_the_database_clock_is_the_time_of_day(database: Database) -> None:
    with database.read() as session:
        told = session.scalar(select(database_now()))
    assert told is not None
    assert abs(told - time.time()) < 5  # the same machine, whatever the time zone


def test_a_call_goes_all_the_way(database: Database) -> None:
    call_id = _call(database)
    for step, running, done in (("transcribe", "transcribing", "transcribed"), ("score", "scoring", "scored")):
        claim = _claim(database, call_id, step)  # type: ignore[arg-type]
        assert claim is not None
        assert claim.attempt == 1
        assert _row(database, call_id).state == running
        with database.session() as session:
            assert states.finish(session, claim)
        row = _row(database, call_id)
        assert (row.state, row.attempts, row.lease_token, row.lease_until, row.hinted_at) == (done, 0, None, None, 0)


def test_one_of_eight_racing_claims_wins(database: Database) -> None:
    call_id = _call(database)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: _claim(database, call_id), range(8)))
    won = [claim for claim in claims if claim]
    assert len(won) == 1
    row = _row(database, call_id)
    assert (row.lease_token, row.attempts) == (won[0].token, 1)


def test_steps_are_claimed_in_order(database: Database) -> None:
    call_id = _call(database)
    assert _claim(database, call_id, "score") is None
    assert _claim(database, 10**9) is None
    claim = _claim(database, call_id)
    assert claim is not None
    assert _claim(database, call_id) is None  # its lease runs


def test_an_expired_lease_is_taken_over_and_the_late_worker_fenced_off(database: Database) -> None:
    call_id = _call(database)
    late = _claim(database, call_id, lease=-1.0)
    second = _claim(database, call_id)
    assert late is not None
    assert second is not None
    assert second.attempt == 2
    with database.session() as session:
        assert not states.beat(session, late)
        assert not states.set_progress(session, late, 0.9)
        assert not states.finish(session, late)
        assert not states.release(session, late)
        assert not states.bury(session, late, BROKEN)
        assert not states.park_needs_model(session, late, "no model", "get one")
    row = _row(database, call_id)
    assert (row.state, row.lease_token, row.progress) == ("transcribing", second.token, 0)
    with database.session() as session:
        assert states.finish(session, second)
        assert not states.finish(session, second)  # once only
    assert _row(database, call_id).state == "transcribed"


def test_a_worker_past_its_lease_may_finish_while_nobody_took_over(database: Database) -> None:
    claim = _claim(database, _call(database), lease=-1.0)
    assert claim is not None
    with database.session() as session:
        assert states.finish(session, claim)


def test_a_beat_moves_the_lease(database: Database) -> None:
    call_id = _call(database)
    claim = _claim(database, call_id, lease=-1.0)
    assert claim is not None
    with database.session() as session:
        assert states.beat(session, claim, lease=90)
    assert _claim(database, call_id) is None
    lease_until = _row(database, call_id).lease_until
    assert lease_until is not None
    assert 80 < lease_until - _now(database) <= 90


def test_progress_stays_between_0_and_1_and_starts_anew(database: Database) -> None:
    call_id = _call(database)
    claim = _claim(database, call_id, lease=-1.0)
    assert claim is not None
    for said, kept in ((0.4, 0.4), (7.0, 1.0), (-1.0, 0.0), (0.6, 0.6)):
        with database.session() as session:
            assert states.set_progress(session, claim, said)
        assert _row(database, call_id).progress == kept
    assert _claim(database, call_id) is not None
    assert _row(database, call_id).progress == 0


def test_a_released_call_waits_for_its_backoff(database: Database) -> None:
    call_id = _call(database)
    waits = []
    for attempt in range(1, states.MAX_ATTEMPTS):
        claim = _claim(database, call_id)
        assert claim is not None
        assert claim.attempt == attempt
        with database.session() as session:
            assert states.release(session, claim, failure=BROKEN)
        row = _row(database, call_id)
        assert row.state == "received"
        assert row.failure is not None
        assert row.failure["code"] == "unreadable_audio"
        waits.append(row.next_at - _now(database))
        assert _claim(database, call_id) is None  # not due
        _set(database, call_id, next_at=0.0)
    assert waits == pytest.approx([5, 20, 60, 300], abs=4)


def test_the_last_failed_attempt_buries(database: Database) -> None:
    call_id = _call(database, attempts=states.MAX_ATTEMPTS - 1)
    claim = _claim(database, call_id)
    assert claim is not None
    with database.session() as session:
        assert states.release(session, claim, failure=BROKEN)
    row = _row(database, call_id)
    assert row.state == "dead"
    assert row.failure is not None
    assert row.failure["message"] == BROKEN.message


def test_a_claim_handed_back_costs_no_attempt(database: Database) -> None:
    call_id = _call(database, attempts=states.MAX_ATTEMPTS - 1)
    for _ in range(3):
        claim = _claim(database, call_id)
        assert claim is not None
        with database.session() as session:
            assert states.release(session, claim, give_back=True)
        row = _row(database, call_id)
        assert (row.state, row.attempts, row.failure) == ("received", states.MAX_ATTEMPTS - 1, None)


def test_the_dead_say_why_and_rise_on_retry(database: Database) -> None:
    call_id = _call(database)
    claim = _claim(database, call_id)
    assert claim is not None
    with database.session() as session:
        assert states.bury(session, claim, BROKEN)
    row = _row(database, call_id)
    assert row.state == "dead"
    assert row.failure is not None
    assert sorted(row.failure) == ["advice", "at", "code", "kept", "message", "step"]
    assert row.failure["step"] == "transcribe"
    assert _claim(database, call_id) is None
    with database.session() as session:
        assert states.retry_call(session, call_id) == "transcribe"
        assert states.retry_call(session, call_id) is None  # once
    row = _row(database, call_id)
    assert (row.state, row.attempts, row.failure, row.next_at) == ("received", 0, None, 0)
    assert _claim(database, call_id) is not None


def test_a_call_that_died_while_scoring_is_retried_from_scoring(database: Database) -> None:
    call_id = _call(database, state="transcribed")
    claim = _claim(database, call_id, "score")
    assert claim is not None
    with database.session() as session:
        states.bury(session, claim, BROKEN)
        assert states.retry_call(session, call_id) == "score"
    assert _row(database, call_id).state == "transcribed"


def test_waiting_for_a_model_eats_no_attempt_and_ends(database: Database) -> None:
    call_id = _call(database)
    for _ in range(states.MAX_ATTEMPTS + 2):
        claim = _claim(database, call_id)
        assert claim is not None
        assert claim.attempt == 1
        with database.session() as session:
            assert states.park_needs_model(session, claim, "No speech model for Russian.", "Fetch one.")
        row = _row(database, call_id)
        assert (row.state, row.attempts) == ("needs_model", 0)
        assert row.engine_wait is not None
        assert row.engine_wait["advice"] == "Fetch one."
        with database.session() as session:
            assert states.reconcile(session, rehint=0) == []  # nothing can be done yet
            assert states.unpark_needs_model(session) == [(call_id, "transcribe")]
            assert states.unpark_needs_model(session) == []
        assert _row(database, call_id).engine_wait is None


def test_only_the_named_calls_are_unparked(database: Database) -> None:
    first, second = (_call(database, state="needs_model") for _ in range(2))
    with database.session() as session:
        assert states.unpark_needs_model(session, [second]) == [(second, "transcribe")]
    assert _row(database, first).state == "needs_model"


def test_reconcile_marks_what_is_due_once(database: Database) -> None:
    waiting, scoring = _call(database), _call(database, state="transcribed")
    later = _call(database, next_at=_now(database) + 60)
    running = _call(database)
    assert _claim(database, running)
    for state in ("scored", "dead", "no_audio", "needs_model"):
        _call(database, state=state)
    with database.session() as session:
        assert states.reconcile(session) == [(waiting, "transcribe"), (scoring, "score")]
    with database.session() as session:
        assert states.reconcile(session) == []  # rung a moment ago
        assert states.reconcile(session, rehint=0) == [(waiting, "transcribe"), (scoring, "score")]
    _set(database, later, next_at=0.0)
    with database.session() as session:
        assert states.reconcile(session) == [(later, "transcribe")]


def test_reconcile_rings_for_an_expired_lease_at_once(database: Database) -> None:
    call_id = _call(database, hinted_at=_now(database))
    assert _claim(database, call_id, lease=-1.0)
    with database.session() as session:
        assert states.reconcile(session) == [(call_id, "transcribe")]


def test_reconcile_buries_what_ran_out_of_attempts(database: Database) -> None:
    silent = _call(database, state="transcribing", attempts=5, lease_token="t", lease_until=1.0)
    ready = _call(database, state="transcribed", attempts=5)
    held = _call(database, state="scoring", attempts=5, lease_token="t", lease_until=_now(database) + 60)
    with database.session() as session:
        assert states.reconcile(session) == []
    row = _row(database, silent)
    assert (row.state, row.lease_token, row.lease_until) == ("dead", None, None)
    assert row.failure is not None
    assert (row.failure["code"], row.failure["step"]) == ("worker_lost", "transcribe")
    assert "5 times" in row.failure["message"]
    buried = _row(database, ready)
    assert buried.failure is not None
    assert (buried.state, buried.failure["step"]) == ("dead", "score")
    assert _row(database, held).state == "scoring"


def test_reconcile_takes_the_longest_unrung_first_and_no_more_than_asked(database: Database) -> None:
    calls = [_call(database, hinted_at=100.0 - number) for number in range(5)]
    with database.session() as session:
        assert states.reconcile(session, limit=2) == [(calls[3], "transcribe"), (calls[4], "transcribe")]
    with database.session() as session:
        assert states.reconcile(session, limit=10) == [(call_id, "transcribe") for call_id in calls[:3]]


def test_reconciling_searches_and_never_scans(sqlite_database: Database) -> None:
    """Looked at every 5 s over all calls there ever were, so it must read only those that are at work."""
    seen: list[tuple[str, Any]] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *said: seen.append((said[2], said[3])))
    with sqlite_database.session() as session:
        # As ANALYZE finds it with a million calls in two states: every state looks as if it held half of them.
        session.execute(text("ANALYZE"))
        for index, figures in (("next_at", "1000000 500000 2"), ("happened_at_id", "1000000 500000 1 1")):
            session.execute(text(f"INSERT INTO sqlite_stat1 VALUES ('call', 'ix_call_state_{index}', '{figures}')"))
    sqlite_database.dispose()  # statistics are read when a connection is opened
    seen.clear()
    with sqlite_database.session() as session:
        states.reconcile(session)
        plans = [
            str(row[-1])
            for statement, values in list(seen)
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert len(seen) >= 3
    assert any("ix_call_state_next_at" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN")] == []


def test_racing_reconcilers_ring_each_call_once(database: Database) -> None:
    calls = {_call(database) for _ in range(12)}

    def reconcile(_: int) -> list[tuple[int, Step]]:
        with database.session() as session:
            return states.reconcile(session)

    with ThreadPoolExecutor(4) as pool:
        rung = [call_id for due in pool.map(reconcile, range(4)) for call_id, _ in due]
    assert sorted(rung) == sorted(calls)


def test_a_step_can_be_asked_for_again(database: Database) -> None:
    call_id = _call(database, state="scored")
    with database.session() as session:
        assert not states.make_ready(session, call_id, "score", when=("no_audio",))
        assert states.make_ready(session, call_id, "score", when=("scored",))
    assert _claim(database, call_id, "score") is not None


def test_no_other_state_can_be_stored(database: Database) -> None:
    call_id = _call(database)
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(update(Call).where(Call.id == call_id).values(state="queued"))


def test_workers_racing_over_a_backlog_do_each_call_once(database: Database) -> None:
    calls = [_call(database) for _ in range(20)]

    def work(_: int) -> int:
        done = 0
        for call_id in calls:
            claim = _claim(database, call_id)
            if claim:
                with database.session() as session:
                    done += states.finish(session, claim)
        return done

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 20
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Call.state == "transcribed")) == 20


def _call(database: Database, **columns: Any) -> int:
    with database.session() as session:
        return factories.make_call(session, legs=0, **columns).id


def _claim(database: Database, call_id: int, step: Step = "transcribe", lease: float = 90.0) -> Claim | None:
    with database.session() as session:
        return states.claim_call(session, call_id, step, lease=lease)


def _row(database: Database, call_id: int) -> Call:
    with database.read() as session:
        return session.scalars(select(Call).where(Call.id == call_id)).one()


def _set(database: Database, call_id: int, **columns: Any) -> None:
    with database.session() as session:
        session.execute(update(Call).where(Call.id == call_id).values(**columns))


def _now(database: Database) -> float:
    with database.read() as session:
        return session.scalar(select(database_now())) or 0.0
