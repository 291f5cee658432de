"""The supervisor: starts, prefixes, restarts and ends its processes, and leaves none behind however it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from review.settings import Settings, process_environment, read_settings
from tests.waiting import wait_until
from tests.workers.installation import ROOT, Installation, is_running
from workers.embedded_redis import answers
from workers.supervisor import ChildPlan, Supervisor

PATIENT = "import threading; print('up', flush=True); threading.Event().wait(600)"
STUBBORN = (
    "import signal, threading; signal.signal(15, signal.SIG_IGN); print('up', flush=True); threading.Event().wait()"
)
FLEETING = "print('up', flush=True); raise SystemExit(3)"
WITH_CHILD = (
    "import subprocess, sys, threading\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'])\n"
    "print('child', child.pid, flush=True)\n"
    "threading.Event().wait()\n"
)
SUPERVISE = """
import sys, threading
from review.settings import process_environment, read_settings
from workers.supervisor import ChildPlan, Supervisor
settings = read_settings()
plan = ChildPlan("patient", [sys.executable, "-c", sys.argv[1]], 5.0)
supervisor = Supervisor(settings, [plan], process_environment(settings), lambda line: print(line, flush=True))
supervisor.start()
print("pids", supervisor.redis.process.pid, supervisor.children[0].process.pid, flush=True)
supervisor.run()
"""


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """Settings of an empty data folder."""
    return read_settings({"CALLCOACH_DATA": str(tmp_path / "data")})


def supervise(settings: Settings, lines: list[str], *plans: tuple[str, str, float]) -> Supervisor:
    """A supervisor over small Python programs; what it says lands in `lines`."""
    made = [ChildPlan(name, [sys.executable, "-c", code], seconds) for name, code, seconds in plans]
    return Supervisor(settings, made, process_environment(settings), lines.append)


def tick_until(supervisor: Supervisor, condition: Callable[[], object], what: str) -> None:
    """Watch over the children until the condition holds."""

    def look() -> object:
        supervisor.tick()
        return condition()

    wait_until(look, seconds=20, what=what)


def test_starts_prefixes_and_ends_its_children_and_redis(fresh: Settings) -> None:
    lines: list[str] = []
    supervisor = supervise(fresh, lines, ("one", PATIENT, 5.0), ("second", PATIENT, 5.0))
    supervisor.start()
    try:
        tick_until(supervisor, lambda: "one    | up" in lines and "second | up" in lines, "both children's first line")
        pids = [child.process.pid for child in supervisor.children if child.process]
        assert answers(fresh)
    finally:
        supervisor.stop()
    assert not any(map(is_running, pids))
    assert not answers(fresh)


def test_a_dead_child_is_started_again_with_growing_waits(fresh: Settings) -> None:
    lines: list[str] = []
    supervisor = supervise(fresh, lines, ("fleeting", FLEETING, 5.0))
    supervisor.start()
    try:
        tick_until(supervisor, lambda: sum("ended with code 3" in line for line in lines) >= 3, "three ends")
    finally:
        supervisor.stop()
    waits = [line.rpartition(" in ")[2] for line in lines if "starting it again" in line]
    assert waits[:3] == ["0.5 s", "1 s", "2 s"]


def test_a_killed_redis_is_started_again(fresh: Settings) -> None:
    lines: list[str] = []
    supervisor = supervise(fresh, lines)
    supervisor.start()
    try:
        assert supervisor.redis is not None
        assert supervisor.redis.process is not None
        supervisor.redis.process.kill()
        tick_until(supervisor, lambda: any("started again" in line for line in lines), "Redis to be started again")
        assert answers(fresh)
    finally:
        supervisor.stop()
    assert not answers(fresh)


def test_a_child_that_does_not_end_is_killed_with_what_it_started(fresh: Settings) -> None:
    lines: list[str] = []
    supervisor = supervise(fresh, lines, ("stubborn", STUBBORN, 0.5), ("parent", WITH_CHILD, 0.5))
    supervisor.start()
    try:
        tick_until(
            supervisor,
            lambda: "stubborn | up" in lines and any("| child" in line for line in lines),
            "the children to be up",
        )
        grandchild = int(next(line for line in lines if "| child" in line).split()[-1])
        pids = [child.process.pid for child in supervisor.children if child.process]
    finally:
        supervisor.stop()
    wait_until(lambda: not any(map(is_running, [*pids, grandchild])), seconds=5, what="both and the grandchild to die")
    assert any("killed" in line for line in lines)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_the_supervisor_ends(installation: Installation, sig: signal.Signals) -> None:
    # The installation's own Redis would be found alive: this supervisor gets a data folder of its own.
    data = installation.settings.data / "supervised"
    process = installation.start("-c", SUPERVISE, PATIENT, CALLCOACH_DATA=str(data))
    assert process.stdout is not None
    line = next(line for line in iter(process.stdout.readline, "") if line.startswith("pids"))
    pids = [int(word) for word in line.split()[1:]]
    assert all(map(is_running, pids))
    os.kill(process.pid, sig)
    process.wait(20)
    wait_until(lambda: not any(map(is_running, pids)), seconds=10, what="Redis and the child to be gone")


def test_a_second_request_does_not_wait(fresh: Settings) -> None:
    lines: list[str] = []
    supervisor = supervise(fresh, lines, ("stubborn", STUBBORN, 60.0))
    supervisor.start()
    tick_until(supervisor, lambda: "stubborn | up" in lines, "the child to be up")
    impatient = threading.Timer(0.5, supervisor.request_stop)
    impatient.start()
    try:
        supervisor.stop()
    finally:
        impatient.join()
    assert any("killed" in line for line in lines)


def test_children_are_given_the_settings_and_the_redis_in_use(fresh: Settings) -> None:
    lines: list[str] = []
    code = (
        "from review.settings import read_settings\n"
        "settings = read_settings()\n"
        "print(settings.data, settings.redis_url, flush=True)\n"
        "import threading; threading.Event().wait()\n"
    )
    made = [ChildPlan("asked", [sys.executable, "-c", code], 5.0)]
    environment = process_environment(fresh, PYTHONPATH=str(ROOT))
    supervisor = Supervisor(fresh, made, environment, lines.append)
    supervisor.start()
    try:
        wanted = f"asked | {fresh.data} unix://{fresh.data}/redis/redis.sock"
        tick_until(supervisor, lambda: wanted in lines, f"the child to say {wanted}")
    finally:
        supervisor.stop()
