"""Claims, leases, fences, backoff and burial: every statement that may change a call's state, on both databases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from review import states
from review.clock import database_now
from review.db import Database
from review.models import Call
from review.states import Failure
from tests.db.claiming import claim, database_time, new_call, read_row, set_columns

BROKEN = Failure("unreadable_audio", "This recording cannot be read.", advice="Send it again.")


def test_the_database_clock_is_the_time_of_day(database: Database) -> None:
    with database.read() as session:
        told = session.scalar(select(database_now()))
    assert told is not None
    assert abs(told - time.time()) < 5  # the same machine, whatever the time zone


def test_a_call_goes_all_the_way(database: Database) -> None:
    call_id = new_call(database)
    for step, running, done in (("transcribe", "transcribing", "transcribed"), ("score", "scoring", "scored")):
        held = claim(database, call_id, step)  # type: ignore[arg-type]
        assert held is not None
        assert held.attempt == 1
        assert read_row(database, call_id).state == running
        with database.session() as session:
            assert states.finish(session, held)
        row = read_row(database, call_id)
        assert (row.state, row.attempts, row.lease_token, row.lease_until, row.hinted_at) == (done, 0, None, None, 0)


def test_one_of_eight_racing_claims_wins(database: Database) -> None:
    call_id = new_call(database)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: claim(database, call_id), range(8)))
    won = [held for held in claims if held]
    assert len(won) == 1
    row = read_row(database, call_id)
    assert (row.lease_token, row.attempts) == (won[0].token, 1)


def test_steps_are_claimed_in_order(database: Database) -> None:
    call_id = new_call(database)
    assert claim(database, call_id, "score") is None
    assert claim(database, 10**9) is None
    held = claim(database, call_id)
    assert held is not None
    assert claim(database, call_id) is None  # its lease runs


def test_an_expired_lease_is_taken_over_and_the_late_worker_fenced_off(database: Database) -> None:
    call_id = new_call(database)
    late = claim(database, call_id, lease=-1.0)
    second = claim(database, call_id)
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
    row = read_row(database, call_id)
    assert (row.state, row.lease_token, row.progress) == ("transcribing", second.token, 0)
    with database.session() as session:
        assert states.finish(session, second)
        assert not states.finish(session, second)  # once only
    assert read_row(database, call_id).state == "transcribed"


def test_a_worker_past_its_lease_may_finish_while_nobody_took_over(database: Database) -> None:
    held = claim(database, new_call(database), lease=-1.0)
    assert held is not None
    with database.session() as session:
        assert states.finish(session, held)


def test_a_beat_moves_the_lease(database: Database) -> None:
    call_id = new_call(database)
    held = claim(database, call_id, lease=-1.0)
    assert held is not None
    with database.session() as session:
        assert states.beat(session, held, lease=90)
    assert claim(database, call_id) is None
    lease_until = read_row(database, call_id).lease_until
    assert lease_until is not None
    assert 80 < lease_until - database_time(database) <= 90


def test_progress_stays_between_0_and_1_and_starts_anew(database: Database) -> None:
    call_id = new_call(database)
    held = claim(database, call_id, lease=-1.0)
    assert held is not None
    for said, kept in ((0.4, 0.4), (7.0, 1.0), (-1.0, 0.0), (0.6, 0.6)):
        with database.session() as session:
            assert states.set_progress(session, held, said)
        assert read_row(database, call_id).progress == kept
    assert claim(database, call_id) is not None
    assert read_row(database, call_id).progress == 0


def test_a_released_call_waits_for_its_backoff(database: Database) -> None:
    call_id = new_call(database)
    waits = []
    for attempt in range(1, states.MAX_ATTEMPTS):
        held = claim(database, call_id)
        assert held is not None
        assert held.attempt == attempt
        with database.session() as session:
            assert states.release(session, held, failure=BROKEN)
        row = read_row(database, call_id)
        assert row.state == "received"
        assert row.failure is not None
        assert row.failure["code"] == "unreadable_audio"
        waits.append(row.next_at - database_time(database))
        assert claim(database, call_id) is None  # not due
        set_columns(database, call_id, next_at=0.0)
    assert waits == pytest.approx([5, 20, 60, 300], abs=4)


def test_the_last_failed_attempt_buries(database: Database) -> None:
    call_id = new_call(database, attempts=states.MAX_ATTEMPTS - 1)
    held = claim(database, call_id)
    assert held is not None
    with database.session() as session:
        assert states.release(session, held, failure=BROKEN)
    row = read_row(database, call_id)
    assert row.state == "dead"
    assert row.failure is not None
    assert row.failure["message"] == BROKEN.message


def test_a_claim_handed_back_costs_no_attempt(database: Database) -> None:
    call_id = new_call(database, attempts=states.MAX_ATTEMPTS - 1)
    for _ in range(3):
        held = claim(database, call_id)
        assert held is not None
        with database.session() as session:
            assert states.release(session, held, give_back=True)
        row = read_row(database, call_id)
        assert (row.state, row.attempts, row.failure) == ("received", states.MAX_ATTEMPTS - 1, None)


def test_the_dead_say_why_and_rise_on_retry(database: Database) -> None:
    call_id = new_call(database)
    held = claim(database, call_id)
    assert held is not None
    with database.session() as session:
        assert states.bury(session, held, BROKEN)
    row = read_row(database, call_id)
    assert row.state == "dead"
    assert row.failure is not None
    assert sorted(row.failure) == ["advice", "at", "code", "kept", "message", "step"]
    assert row.failure["step"] == "transcribe"
    assert claim(database, call_id) is None
    with database.session() as session:
        assert states.retry_call(session, call_id) == "transcribe"
        assert states.retry_call(session, call_id) is None  # once
    row = read_row(database, call_id)
    assert (row.state, row.attempts, row.failure, row.next_at) == ("received", 0, None, 0)
    assert claim(database, call_id) is not None


def test_a_call_that_died_while_scoring_is_retried_from_scoring(database: Database) -> None:
    call_id = new_call(database, state="transcribed")
    held = claim(database, call_id, "score")
    assert held is not None
    with database.session() as session:
        states.bury(session, held, BROKEN)
        assert states.retry_call(session, call_id) == "score"
    assert read_row(database, call_id).state == "transcribed"


def test_waiting_for_a_model_eats_no_attempt_and_ends(database: Database) -> None:
    call_id = new_call(database)
    for _ in range(states.MAX_ATTEMPTS + 2):
        held = claim(database, call_id)
        assert held is not None
        assert held.attempt == 1
        with database.session() as session:
            assert states.park_needs_model(session, held, "No speech model for Russian.", "Fetch one.")
        row = read_row(database, call_id)
        assert (row.state, row.attempts) == ("needs_model", 0)
        assert row.engine_wait is not None
        assert row.engine_wait["advice"] == "Fetch one."
        with database.session() as session:
            assert states.reconcile(session, rehint=0) == []  # nothing can be done yet
            assert states.unpark_needs_model(session) == [(call_id, "transcribe")]
            assert states.unpark_needs_model(session) == []
        assert read_row(database, call_id).engine_wait is None


def test_only_the_named_calls_are_unparked(database: Database) -> None:
    first, second = (new_call(database, state="needs_model") for _ in range(2))
    with database.session() as session:
        assert states.unpark_needs_model(session, [second]) == [(second, "transcribe")]
    assert read_row(database, first).state == "needs_model"


def test_a_step_can_be_asked_for_again(database: Database) -> None:
    call_id = new_call(database, state="scored")
    with database.session() as session:
        assert not states.make_ready(session, call_id, "score", when=("no_audio",))
        assert states.make_ready(session, call_id, "score", when=("scored",))
    assert claim(database, call_id, "score") is not None


def test_no_other_state_can_be_stored(database: Database) -> None:
    call_id = new_call(database)
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(update(Call).where(Call.id == call_id).values(state="queued"))
