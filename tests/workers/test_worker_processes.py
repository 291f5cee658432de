"""Real worker processes on a real Redis: the walk of a call, kills, a lost Redis, and an end that gives work back."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from rq.registry import StartedJobRegistry

from review.doorbell import open_queue, ring
from review.redis_address import connect
from scoring.packs import languages_with_packs, load_pack
from tests.waiting import wait_until
from tests.workers.installation import Installation, children_of, is_running
from workers.embedded_redis import ensure_redis, stop_redis
from workers.worker_classes import HEARTBEAT_TTL
from workers.working import read_packs

SLOW = str(Path(__file__).parent / "slow_worker.py")
START_SECONDS = 40.0  # a worker's start on a busy machine


def ring_for(installation: Installation, *call_ids: int) -> None:
    """Ring for calls that wait to be transcribed."""
    ring(installation.redis, [(call_id, "transcribe") for call_id in call_ids])


def wait_until_working(installation: Installation, call_id: int, state: str = "transcribing") -> None:
    """Wait until a worker has claimed the call."""
    installation.wait_for_state(call_id, state, seconds=START_SECONDS)


def end(process: subprocess.Popen[str], seconds: float) -> float:
    """Ask a process to end; how long it took."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(seconds)
    return time.monotonic() - begun


def test_a_score_worker_compiles_every_phrase_before_it_forks() -> None:
    read_packs()
    for language in languages_with_packs():
        phrases = [p for entry in load_pack(language).entries for p in (*entry.phrases, *entry.unless)]
        assert phrases
        assert all(phrase.is_ready for phrase in phrases), "every fork would compile it again"


def test_a_call_walks_through_both_workers(installation: Installation) -> None:
    speech, score = installation.callcoach("worker", "speech"), installation.callcoach("worker", "score")
    call_id = installation.accept_words("walk").call_id
    ring_for(installation, call_id)
    installation.wait_for_state(call_id, "scored", seconds=START_SECONDS)
    assert installation.effects()[call_id] == (1, 1)
    for worker in (speech, score):
        assert end(worker, 30) < 30
        assert worker.returncode == 0


def test_the_sweep_rings_for_what_redis_forgot(installation: Installation) -> None:
    call_id = installation.accept_words("forgotten").call_id
    ring_for(installation, call_id)
    installation.redis.flushall()
    installation.callcoach("worker", "sweep")
    installation.callcoach("worker", "sweep")
    installation.callcoach("worker", "speech")
    installation.callcoach("worker", "score")
    installation.wait_for_state(call_id, "scored", seconds=START_SECONDS + 10)
    assert installation.effects()[call_id] == (1, 1)


def test_a_killed_speech_workers_call_is_done_by_another(installation: Installation) -> None:
    first = installation.start(SLOW, "speech", "60")
    call_id = installation.accept_words("killed").call_id
    ring_for(installation, call_id)
    wait_until_working(installation, call_id)
    first.kill()
    first.wait()
    installation.callcoach("worker", "sweep")
    installation.callcoach("worker", "speech")
    installation.wait_for_state(call_id, "transcribed", seconds=START_SECONDS)
    assert installation.effects()[call_id] == (1, 0)


def test_a_horse_dies_with_its_parent(installation: Installation) -> None:
    worker = installation.start(SLOW, "score", "60")
    call_id = installation.accept_words("orphan").call_id
    installation.callcoach("worker", "speech", "--max-jobs", "1")
    ring_for(installation, call_id)
    wait_until_working(installation, call_id, "scoring")
    horses = children_of(worker.pid)
    assert horses, "the scoring worker works without a horse"
    worker.kill()
    worker.wait()
    wait_until(lambda: not any(map(is_running, horses)), seconds=5, what="the horse to die with its parent")


def test_an_end_on_request_hands_the_lease_back(installation: Installation) -> None:
    speech = installation.start(SLOW, "speech", "60")
    call_id = installation.accept_words("handed back").call_id
    ring_for(installation, call_id)
    wait_until_working(installation, call_id)
    assert end(speech, 30) < 10
    call = installation.call(call_id)
    assert (call.state, call.attempts, call.lease_token) == ("received", 0, None)


def test_a_scoring_horse_hands_its_lease_back_as_well(installation: Installation) -> None:
    score = installation.start(SLOW, "score", "60")
    call_id = installation.accept_words("handed back by a horse").call_id
    installation.callcoach("worker", "speech", "--max-jobs", "1")
    ring_for(installation, call_id)
    wait_until_working(installation, call_id, "scoring")
    assert end(score, 30) < 10
    call = installation.call(call_id)
    assert (call.state, call.attempts, call.lease_token) == ("transcribed", 0, None)


def test_work_that_does_not_listen_is_given_back_within_half_a_minute(installation: Installation) -> None:
    speech = installation.start(SLOW, "speech", "600", "deaf")
    call_id = installation.accept_words("deaf").call_id
    ring_for(installation, call_id)
    wait_until_working(installation, call_id)
    assert end(speech, 40) < 30
    call = installation.call(call_id)
    assert (call.state, call.attempts, call.lease_token) == ("received", 0, None)


def test_a_frozen_worker_stores_nothing_when_it_wakes(installation: Installation) -> None:
    first = installation.start(SLOW, "speech", "4", "deaf")
    call_id = installation.accept_words("frozen").call_id
    ring_for(installation, call_id)
    wait_until_working(installation, call_id)
    os.kill(first.pid, signal.SIGSTOP)
    installation.callcoach("worker", "sweep")
    installation.callcoach("worker", "speech")
    installation.wait_for_state(call_id, "transcribed", seconds=START_SECONDS)
    os.kill(first.pid, signal.SIGCONT)
    assert first.stdout is not None
    heard = "".join(iter(first.stdout.readline, "")) if end(first, 30) else ""
    assert "stored nothing" in heard
    assert installation.effects()[call_id] == (1, 0)


def test_the_queues_entry_of_a_working_worker_lives_for_seconds(installation: Installation) -> None:
    installation.start(SLOW, "speech", "60")
    call_id = installation.accept_words("beating").call_id
    ring_for(installation, call_id)
    wait_until_working(installation, call_id)
    client = installation.redis
    registry = StartedJobRegistry(queue=open_queue("speech", client))
    entries = wait_until(
        lambda: client.zrange(registry.key, 0, -1, withscores=True), seconds=10, what="the job in the registry"
    )
    assert isinstance(entries, list)
    assert 0 < entries[0][1] - time.time() <= HEARTBEAT_TTL + 1


def test_workers_outlive_redis(installation: Installation) -> None:
    speech = installation.callcoach("worker", "speech")
    first = installation.accept_words("before").call_id
    ring_for(installation, first)
    installation.wait_for_state(first, "transcribed", seconds=START_SECONDS)
    installation.redis.shutdown(nosave=True)
    again = ensure_redis(installation.settings, tied=True)
    try:
        second = installation.accept_words("after").call_id
        ring_for(installation, second)
        installation.wait_for_state(second, "transcribed", seconds=20)
        assert speech.poll() is None, "the worker ended with Redis"
    finally:
        if again.process is not None:
            stop_redis(installation.settings, again.process)
        else:
            # The worker itself was the quicker one to start it again.
            connect(installation.settings).shutdown(nosave=True)


def test_a_worker_replaces_itself_after_its_share_of_jobs(installation: Installation) -> None:
    worker = installation.start(SLOW, "speech", "0", "afresh")
    calls = [installation.accept_words(f"afresh {n}").call_id for n in range(3)]
    ring_for(installation, *calls)
    for call_id in calls:
        installation.wait_for_state(call_id, "transcribed", seconds=START_SECONDS)
    assert worker.poll() is None, "the worker ended instead of replacing itself"
    assert end(worker, 30) < 10
    assert worker.stdout is not None
    assert worker.stdout.read().count("starting afresh") >= 2


def test_a_worker_ends_after_the_jobs_asked_for(installation: Installation) -> None:
    worker = installation.callcoach("worker", "speech", "--max-jobs", "1")
    call_id = installation.accept_words("only one").call_id
    ring_for(installation, call_id)
    worker.wait(START_SECONDS)
    assert worker.returncode == 0
    assert installation.state(call_id) == "transcribed"
