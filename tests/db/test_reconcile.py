"""The reconciler: rings what is due once, buries what nobody will come back for, and reads only what is at work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import event, func, select, text

from review import states
from review.db import Database
from review.models import Call
from review.states import Step
from tests.db.claiming import claim, database_time, new_call, read_row, set_columns


def test_reconcile_marks_what_is_due_once(database: Database) -> None:
    waiting, scoring = new_call(database), new_call(database, state="transcribed")
    later = new_call(database, next_at=database_time(database) + 60)
    running = new_call(database)
    assert claim(database, running)
    for state in ("scored", "dead", "no_audio", "needs_model"):
        new_call(database, state=state)
    with database.session() as session:
        assert states.reconcile(session) == [(waiting, "transcribe"), (scoring, "score")]
    with database.session() as session:
        assert states.reconcile(session) == []  # rung a moment ago
        assert states.reconcile(session, rehint=0) == [(waiting, "transcribe"), (scoring, "score")]
    set_columns(database, later, next_at=0.0)
    with database.session() as session:
        assert states.reconcile(session) == [(later, "transcribe")]


def test_reconcile_rings_for_an_expired_lease_at_once(database: Database) -> None:
    call_id = new_call(database, hinted_at=database_time(database))
    assert claim(database, call_id, lease=-1.0)
    with database.session() as session:
        assert states.reconcile(session) == [(call_id, "transcribe")]


def test_reconcile_buries_what_ran_out_of_attempts(database: Database) -> None:
    silent = new_call(database, state="transcribing", attempts=5, lease_token="t", lease_until=1.0)
    ready = new_call(database, state="transcribed", attempts=5)
    held = new_call(database, state="scoring", attempts=5, lease_token="t", lease_until=database_time(database) + 60)
    with database.session() as session:
        assert states.reconcile(session) == []
    row = read_row(database, silent)
    assert (row.state, row.lease_token, row.lease_until) == ("dead", None, None)
    assert row.failure is not None
    assert (row.failure["code"], row.failure["step"]) == ("worker_lost", "transcribe")
    assert "5 times" in row.failure["message"]
    buried = read_row(database, ready)
    assert buried.failure is not None
    assert (buried.state, buried.failure["step"]) == ("dead", "score")
    assert read_row(database, held).state == "scoring"


def test_reconcile_takes_the_longest_unrung_first_and_no_more_than_asked(database: Database) -> None:
    calls = [new_call(database, hinted_at=100.0 - number) for number in range(5)]
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
    calls = {new_call(database) for _ in range(12)}

    def reconcile(_: int) -> list[tuple[int, Step]]:
        with database.session() as session:
            return states.reconcile(session)

    with ThreadPoolExecutor(4) as pool:
        rung = [call_id for due in pool.map(reconcile, range(4)) for call_id, _ in due]
    assert sorted(rung) == sorted(calls)


def test_workers_racing_over_a_backlog_do_each_call_once(database: Database) -> None:
    calls = [new_call(database) for _ in range(20)]

    def work(_: int) -> int:
        done = 0
        for call_id in calls:
            held = claim(database, call_id)
            if held:
                with database.session() as session:
                    done += states.finish(session, held)
        return done

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 20
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Call.state == "transcribed")) == 20
