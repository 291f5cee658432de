"""The doorbell against a Redis that is away, and against a real one: what is rung, and that nothing is ever raised."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from review import doorbell
from review.settings import read_settings
from tests.waiting import wait_until


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A real Redis of this test's own."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("neither redis-server nor valkey-server is installed: the doorbell is not rung for real")
    folder = tmp_path_factory.mktemp("r")
    socket = folder / "s"
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(socket.exists, what="Redis to listen")
        client: Redis = Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))
        yield client
        client.close()
    finally:
        server.terminate()
        server.wait(10)


def test_calls_are_put_into_the_queue_of_their_step(redis: Redis) -> None:
    assert doorbell.ring(redis, [(7, "transcribe"), (8, "score"), (9, "transcribe")]) == 3
    assert doorbell.queue_depths(redis) == {"speech": 2, "score": 1, "light": 0}
    job = doorbell.open_queue("speech", redis).jobs[0]
    assert (job.func_name, job.args) == ("workers.jobs.transcribe_call", [7])
    # Plain JSON: nothing a worker would have to unpickle.
    stored = redis.hget(f"rq:job:{job.id}", "data")
    assert isinstance(stored, bytes)
    assert json.loads(zlib.decompress(stored)) == ["workers.jobs.transcribe_call", None, [7], {}]


def test_a_full_queue_is_left_to_the_sweep(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "FULL", 3)
    assert doorbell.ring(redis, [(n, "score") for n in range(3)]) == 3
    assert doorbell.ring(redis, [(4, "score"), (5, "transcribe")]) == 1
    assert doorbell.queue_depths(redis) == {"speech": 1, "score": 3, "light": 0}


def test_redis_away_costs_no_error_and_no_time(tmp_path: Path) -> None:
    settings = read_settings({"CALLCOACH_DATA": str(tmp_path)})
    begun = time.monotonic()
    assert doorbell.ring(settings, [(1, "transcribe")]) == 0
    assert time.monotonic() - begun < 2


def test_nothing_to_ring_asks_nobody(tmp_path: Path) -> None:
    assert doorbell.ring(read_settings({"CALLCOACH_DATA": str(tmp_path)}), []) == 0


def test_a_call_whose_ring_still_waits_is_not_rung_again(redis: Redis) -> None:
    assert doorbell.ring(redis, [(1, "transcribe"), (1, "score")]) == 2
    assert doorbell.ring(redis, [(1, "transcribe"), (2, "transcribe"), (1, "score")]) == 1
    redis.flushall()
    assert doorbell.ring(redis, [(1, "transcribe"), (2, "transcribe")]) == 2, "what Redis forgot is rung again"
