"""A step of a call in a worker: what is stored, what becomes visible when it fails, and what a lost lease leaves."""

from __future__ import annotations

import errno
import threading

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from review.doorbell import open_queue
from review.models import Call
from review.states import MAX_ATTEMPTS, Step, finish
from tests.factories import wav_bytes
from tests.waiting import wait_until
from tests.workers.installation import Installation
from transcription.errors import Cancelled, EngineFailed, MachineLimit, NeedsModel, UnreadableAudio
from workers import jobs, runtime
from workers.steps import LeaseLost, Run, Store, run_step


def ready_again(installation: Installation, call_id: int) -> None:
    """Let a call that waits for its next attempt be due now."""
    with installation.database.session() as session:
        session.execute(update(Call).where(Call.id == call_id).values(next_at=0.0))


def nothing(run: Run) -> Store:
    """Work that finishes at once and stores only the fence."""

    def store(session: Session) -> Step | None:
        if not finish(session, run.claim):
            raise LeaseLost
        return "score"

    return store


def test_a_call_with_its_transcript_is_transcribed_scored_and_rung(installation: Installation) -> None:
    call_id = installation.accept_words("walk").call_id
    worker = installation.runtime()
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert installation.state(call_id) == "transcribed"
    assert open_queue("score", installation.redis).count == 1
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    call = installation.call(call_id)
    assert call.state == "scored"
    assert call.assessment_id is not None
    assert installation.effects()[call_id] == (1, 1)


def test_the_same_job_twice_does_the_work_once(installation: Installation) -> None:
    call_id = installation.accept_words("twice").call_id
    worker = installation.runtime()
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "not_claimed"
    assert installation.effects()[call_id] == (1, 0)


def test_sound_that_cannot_be_read_ends_the_call_with_the_reason(installation: Installation) -> None:
    data = wav_bytes(1.0)[:50]
    call_id = installation.accept_audio("torn", data).call_id
    assert run_step(installation.runtime(), call_id, "transcribe", jobs.transcribe_work) == "buried"
    call = installation.call(call_id)
    assert call.state == "dead"
    assert call.failure is not None
    assert call.failure["code"] == "unreadable_audio"
    assert call.failure["message"]
    assert "kept" in call.failure["kept"]
    assert call.failure["advice"]
    assert installation.store.path(_only_leg(installation, call_id)).read_bytes() == data


def test_no_honest_engine_parks_the_call_with_what_to_do(installation: Installation) -> None:
    call_id = installation.accept_audio("russian", wav_bytes(1.0), language="ru").call_id

    def work(_run: Run) -> Store:
        raise NeedsModel("The stand-in engine understands only English.", "Provide a Whisper model.")

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "parked"
    call = installation.call(call_id)
    assert call.state == "needs_model"
    assert call.attempts == 0
    assert call.engine_wait is not None
    assert call.engine_wait["advice"] == "Provide a Whisper model."


def test_a_passing_fault_is_tried_again_later_and_ends_visibly(installation: Installation) -> None:
    call_id = installation.accept_words("unlucky").call_id

    def work(_run: Run) -> Store:
        raise EngineFailed("sphinx", "it broke off")

    for attempt in range(1, MAX_ATTEMPTS):
        assert run_step(installation.runtime(), call_id, "transcribe", work) == "put_back"
        call = installation.call(call_id)
        assert (call.state, call.attempts) == ("received", attempt)
        assert run_step(installation.runtime(), call_id, "transcribe", work) == "not_claimed", "no wait before a retry"
        ready_again(installation, call_id)
    assert run_step(installation.runtime(), call_id, "transcribe", work) == "buried"
    call = installation.call(call_id)
    assert call.state == "dead"
    assert call.failure is not None
    assert call.failure["code"] == "engine_failed"


@pytest.mark.parametrize(
    "error",
    [MachineLimit("disk", "/data/work"), MachineLimit("file"), OSError(errno.ENOSPC, "No space left")],
)
def test_a_machine_with_no_room_is_never_held_against_the_call(installation: Installation, error: Exception) -> None:
    call_id = installation.accept_words("no room").call_id

    def work(_run: Run) -> Store:
        raise error

    for _ in range(MAX_ATTEMPTS + 2):
        assert run_step(installation.runtime(), call_id, "transcribe", work) == "put_back"
        call = installation.call(call_id)
        assert (call.state, call.attempts) == ("received", 0)
        assert call.failure is not None
        assert call.failure["code"] == "machine_limit"
        assert "/data" not in str(call.failure), "a path of the server on a page"
        assert "by itself" in call.failure["advice"]
        assert run_step(installation.runtime(), call_id, "transcribe", work) == "not_claimed", "no wait before a retry"
        ready_again(installation, call_id)
    assert run_step(installation.runtime(), call_id, "transcribe", jobs.transcribe_work) == "done"
    assert installation.call(call_id).failure is None


def test_a_fault_of_ours_names_itself_without_its_details(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    call_id = installation.accept_words("ours").call_id

    def work(_run: Run) -> Store:
        raise RuntimeError("secret words of a client")

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "put_back"
    failure = installation.call(call_id).failure
    assert failure is not None
    assert failure["code"] == "internal_error"
    assert "RuntimeError" in failure["message"]
    assert "secret words" not in str(failure)
    assert any(record.exc_info for record in caplog.records), "the fault's traceback is not in the log"


def test_a_lost_lease_stores_nothing_and_tells_the_work(installation: Installation) -> None:
    call_id = installation.accept_words("stolen").call_id
    seen = threading.Event()

    def work(run: Run) -> Store:
        with installation.database.session() as session:
            session.execute(update(Call).where(Call.id == call_id).values(lease_token="somebody else's"))
        wait_until(run.cancelled, seconds=10, what="the heartbeat to notice the lost lease")
        seen.set()
        return jobs.transcribe_work(run)

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "lost"
    assert seen.is_set()
    assert installation.effects()[call_id] == (0, 0)
    assert installation.state(call_id) == "transcribing"


def test_even_work_that_never_looks_is_refused_by_the_fence(installation: Installation) -> None:
    call_id = installation.accept_words("blind").call_id

    def work(run: Run) -> Store:
        with installation.database.session() as session:
            session.execute(update(Call).where(Call.id == call_id).values(lease_token="somebody else's"))
        return nothing(run)

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "lost"
    assert installation.state(call_id) == "transcribing"


def test_a_heartbeat_keeps_the_lease_for_longer_than_it_lasts(installation: Installation) -> None:
    call_id = installation.accept_words("long").call_id
    lease = installation.settings.lease_seconds

    def work(run: Run) -> Store:
        first = installation.call(call_id).lease_until
        assert first is not None
        wait_until(
            lambda: (installation.call(call_id).lease_until or 0) > first + lease, seconds=3 * lease, what="two leases"
        )
        return nothing(run)

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "done"


def test_a_stop_request_hands_the_claim_back_uncounted(installation: Installation) -> None:
    call_id = installation.accept_words("stopped").call_id
    worker = installation.runtime()

    def work(run: Run) -> Store:
        worker.request_stop()
        assert run.cancelled()
        raise Cancelled

    assert run_step(worker, call_id, "transcribe", work) == "stopped"
    call = installation.call(call_id)
    assert (call.state, call.attempts, call.lease_token) == ("received", 0, None)
    assert open_queue("speech", installation.redis).count == 1
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "not_claimed", "a stopping worker took work"


def test_progress_reaches_the_row_at_most_once_a_second(installation: Installation) -> None:
    call_id = installation.accept_words("progress").call_id
    written: list[float] = []

    def work(run: Run) -> Store:
        for step in range(100):
            run.progress(step / 100)
            value = installation.call(call_id).progress
            if not written or written[-1] != value:
                written.append(value)
        return nothing(run)

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "done"
    assert len(written) <= 3


def test_a_permanent_fault_is_not_tried_again(installation: Installation) -> None:
    call_id = installation.accept_words("permanent").call_id

    def work(_run: Run) -> Store:
        raise UnreadableAudio("it is a picture", looks_like="a PNG picture")

    assert run_step(installation.runtime(), call_id, "transcribe", work) == "buried"
    assert installation.state(call_id) == "dead"


def test_redis_away_costs_the_ring_not_the_result(installation: Installation) -> None:
    call_id = installation.accept_words("silent").call_id
    worker = installation.runtime()
    installation.redis.shutdown(nosave=True)
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert installation.state(call_id) == "transcribed"


def test_a_forked_child_opens_its_own_runtime(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = installation.runtime()
    runtime.Runtime.use(mine)
    monkeypatch.setattr(runtime.Runtime, "current_pid", 1)
    monkeypatch.setattr(runtime, "read_settings", lambda: installation.settings)
    try:
        assert runtime.Runtime.get() is not mine
    finally:
        runtime.Runtime.current = None


def _only_leg(installation: Installation, call_id: int) -> str:
    from sqlalchemy import select

    from review.models import CallLeg

    with installation.database.read() as session:
        return session.scalars(select(CallLeg.sha256).where(CallLeg.call_id == call_id)).one()
