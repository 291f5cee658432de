"""One parent over the web server, the workers, the sweep and Redis: readable logs, restarts, a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from review.settings import Settings
from workers.embedded_redis import RedisUnavailable, RunningRedis, answers, ensure_redis, stop_redis
from workers.tied import tied_command

TICK_SECONDS = 0.2
REDIS_CHECK_SECONDS = 2.0
LONGEST_BACKOFF = 30.0
SETTLED_SECONDS = 30.0  # a child that ran this long starts over with the shortest wait


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A process to keep running: its name in the logs, its command, and how long it may take to end."""

    name: str
    command: Sequence[str]
    stop_seconds: float


@dataclass(slots=True)
class Child:
    """A planned process and what is known about its current run."""

    plan: ChildPlan
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    start_again_at: float = 0.0
    failures: int = 0
    reader: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Starts the planned processes, starts them again when they die, and ends them all with itself.

    Use from the main thread: the kernel ends the children when the thread that started them ends.
    """

    def __init__(
        self,
        settings: Settings,
        plans: Sequence[ChildPlan],
        environment: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.environment = dict(environment)
        self.say = say
        self.children = [Child(plan) for plan in plans]
        self.redis: RunningRedis | None = None
        self._width = max([len(plan.name) for plan in plans] + [5])
        self._redis_checked = 0.0
        self._stop_requests = 0
        self._previous: dict[int, object] = {}

    def start(self) -> None:
        """Start Redis, then every child. Raises RedisUnavailable."""
        for sig in (signal.SIGINT, signal.SIGTERM):
            self._previous[sig] = signal.signal(sig, self._on_signal)
        self.redis = ensure_redis(self.settings, tied=True)
        self._note("redis", f"{self.redis.how}, {self.redis.url}")
        self.environment["CALLCOACH_REDIS_URL"] = self.redis.url
        for child in self.children:
            self._start(child)

    @property
    def stopping(self) -> bool:
        """Whether somebody asked for the end (Ctrl-C or SIGTERM)."""
        return self._stop_requests > 0

    def request_stop(self) -> None:
        """Ask for the end from inside this process."""
        self._stop_requests += 1

    def tick(self) -> None:
        """One round of watching over the children; call it every fraction of a second."""
        self._watch_redis()
        for child in self.children:
            self._watch(child)

    def run(self, on_tick: Callable[[], None] | None = None) -> None:
        """Watch over the children until somebody asks for the end, then end them."""
        try:
            pause = threading.Event()
            while not self.stopping:
                self.tick()
                if on_tick is not None:
                    on_tick()
                pause.wait(TICK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """End every child within its limit, Redis last. A second Ctrl-C kills what is still there."""
        self._stop_requests = max(self._stop_requests, 1)
        asked = self._stop_requests
        running = [child for child in self.children if child.process is not None]
        for child in running:
            _signal_group(child.process, signal.SIGTERM, group=False)
        begun = time.monotonic()
        pause = threading.Event()
        while any(child.process is not None and child.process.poll() is None for child in running):
            waited = time.monotonic() - begun
            for child in running:
                late = waited > child.plan.stop_seconds or self._stop_requests > asked
                if child.process is not None and child.process.poll() is None and late:
                    self._note(child.plan.name, "did not end in time, killed")
                    _signal_group(child.process, signal.SIGKILL)
            pause.wait(0.05)
        for child in running:
            # What a child left behind in its own session must not outlive it.
            _signal_group(child.process, signal.SIGKILL)
            if child.reader is not None:
                child.reader.join(timeout=2.0)
            child.process = None
        if self.redis is not None and self.redis.process is not None:
            stop_redis(self.settings, self.redis.process)
        for sig, handler in self._previous.items():
            signal.signal(sig, handler)  # type: ignore[arg-type]
        self._previous.clear()

    def _on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        self._stop_requests += 1

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            tied_command(child.plan.command, signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            env=self.environment,
            start_new_session=True,
        )
        child.started = time.monotonic()
        child.reader = threading.Thread(
            target=self._read, args=(child.plan.name, child.process), name=f"log-{child.plan.name}", daemon=True
        )
        child.reader.start()

    def _read(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            self._note(name, line.rstrip("\n"))

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_again_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None or self.stopping:
            return
        _signal_group(child.process, signal.SIGKILL)
        child.process = None
        child.failures = 0 if now - child.started > SETTLED_SECONDS or code == 0 else child.failures + 1
        delay = 0.0 if code == 0 else min(0.5 * 2 ** (child.failures - 1), LONGEST_BACKOFF)
        child.start_again_at = now + delay
        self._note(child.plan.name, f"{_how_it_ended(code)}; starting it again{f' in {delay:g} s' if delay else ''}")

    def _watch_redis(self) -> None:
        redis, now = self.redis, time.monotonic()
        if redis is None or self.settings.redis_url:
            return
        died = redis.process is not None and redis.process.poll() is not None
        if not died:
            if now - self._redis_checked < REDIS_CHECK_SECONDS:
                return
            self._redis_checked = now
            if answers(self.settings):
                return
            if redis.process is not None:
                # Alive and silent: it may be writing its file. Its death is what is acted on.
                return
        try:
            self.redis = ensure_redis(self.settings, tied=True)
        except RedisUnavailable as error:
            self._note("redis", str(error))
            self._redis_checked = now
        else:
            self._note("redis", "was gone, started again; calls were kept")

    def _note(self, name: str, line: str) -> None:
        if self.settings.log_json and line.startswith("{"):
            self.say(line)
        else:
            self.say(f"{name:<{self._width}} | {line}")


def _signal_group(process: subprocess.Popen[str] | None, sig: signal.Signals, *, group: bool = True) -> None:
    """Signal a child, with everything it started in its session when `group`."""
    if process is None:
        return
    try:
        if group:
            os.killpg(process.pid, sig)
        else:
            process.send_signal(sig)
    except (ProcessLookupError, PermissionError):
        return


def _how_it_ended(code: int) -> str:
    if code == 0:
        return "ended"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def own_command(*words: str) -> list[str]:
    """The command line that runs a `callcoach` subcommand with this interpreter."""
    return [sys.executable, "-m", "workers.cli.main", *words]
