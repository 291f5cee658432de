"""The status of the installation: every state with its zero, the oldest wait, the failures of a day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from review.db import Database
from review.models import CALL_STATES, Call, utc_now
from review.queries.status import STATES, read_status
from tests.factories import make_call


def test_the_states_are_the_rows_states() -> None:
    assert sorted(STATES) == sorted(CALL_STATES)


def test_an_empty_installation(database: Database) -> None:
    with database.read() as session:
        status = read_status(session)
    assert dict(status.calls) == dict.fromkeys(STATES, 0)
    assert list(status.calls) == list(STATES)
    assert status.oldest_waiting_seconds is None
    assert (status.failed_last_day, status.failed_last_day_count, status.waiting_for_model) == ((), 0, ())


def test_what_waits_and_what_failed(database: Database) -> None:
    now = utc_now()
    failure = {"step": "transcribe", "code": "unreadable", "message": "m", "kept": "k", "advice": "a"}
    with database.session() as session:
        make_call(session, state="scored", created_at=now - timedelta(days=9))
        make_call(session, state="received", created_at=now - timedelta(seconds=100))
        make_call(session, state="scoring", created_at=now - timedelta(seconds=10))
        recent = make_call(session, state="dead", failure=failure)
        old = make_call(session, state="dead", failure=failure)
        session.execute(update(Call).where(Call.id == old.id).values(updated_at=now - timedelta(hours=25)))
        for reason in ("no model", "no model", "unknown language"):
            make_call(session, state="needs_model", engine_wait={"reason": reason, "advice": f"fix {reason}"})
        status = read_status(session)
    assert status.oldest_waiting_seconds is not None
    assert 99 <= status.oldest_waiting_seconds <= 160
    assert (status.calls["dead"], status.calls["needs_model"], status.calls["scored"]) == (2, 3, 1)
    assert status.failed_last_day_count == 1
    (failed,) = status.failed_last_day
    assert (failed.call_id, failed.code, failed.message, failed.advice) == (recent.id, "unreadable", "m", "a")
    assert [(wait.reason, wait.advice, wait.calls) for wait in status.waiting_for_model] == [
        ("no model", "fix no model", 2),
        ("unknown language", "fix unknown language", 1),
    ]
