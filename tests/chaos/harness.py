"""The chaos test's hands: keeps workers running, and hurts them, Redis and the sweep in every way that was promised."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redis.exceptions import RedisError

from review.doorbell import ring
from review.redis_address import redis_url
from review.services.calls import retry_call
from tests.waiting import wait_until
from tests.workers.installation import Installation, children_of
from workers.embedded_redis import RunningRedis, ensure_redis
from workers.sweep import ROUNDS_UNTIL_REHINT

WORKER = str(Path(__file__).parent / "chaos_worker.py")
QUEUES = ("speech", "speech", "score", "score")
STEP_SECONDS = "0.3"
MOST_SECONDS_A_CALL = 3.5  # a call may take this long on average before the test says that it hangs
MOST_WAITING = 8  # calls on their way at once: with a long queue nobody would come for a frozen worker's call in time
LOOK_SECONDS = 0.1
HORSE_SECONDS = 5.0  # how long to wait for a horse to hurt: they live for half a second, and a busy machine has few
FAULT_SECONDS = 0.7  # between two faults


Fault = Callable[["Chaos"], None]


@dataclass
class Program:
    """A process that is started again whenever it is gone."""

    command: list[str]
    process: subprocess.Popen[bytes] | None = None


@dataclass
class Chaos:
    """Everything that runs in one round: the programs, Redis, the calls taken in, and what was done to them."""

    installation: Installation
    seed: int
    sweep: bool = True
    fenced: bool = True
    programs: dict[str, list[Program]] = field(default_factory=dict)
    redis: RunningRedis | None = None
    accepted: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    frozen: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.log = (self.installation.settings.data / "chaos.log").open("ab")
        flags = [] if self.fenced else ["unfenced"]
        for queue in QUEUES:
            self._plan(queue, [sys.executable, WORKER, queue, STEP_SECONDS, *flags])
        if self.sweep:
            for _number in range(2):  # two of them must do no harm
                self._plan("sweep", [sys.executable, "-m", "workers.cli.main", "worker", "sweep"])

    def mend(self) -> None:
        """Start again whatever is gone, as a supervisor would."""
        if self.redis is None or (self.redis.process is not None and self.redis.process.poll() is not None):
            self.redis = ensure_redis(self.installation.settings, tied=True)
        for programs in self.programs.values():
            for program in programs:
                if program.process is None or program.process.poll() is not None:
                    program.process = self._start(program.command)

    def end(self) -> None:
        """Kill everything that was started."""
        for programs in self.programs.values():
            for program in programs:
                if program.process is not None:
                    for child in children_of(program.process.pid):
                        send(child, signal.SIGKILL)
                    send(program.process.pid, signal.SIGKILL)
                    program.process.wait()
        if self.redis is not None and self.redis.process is not None:
            self.redis.process.kill()
            self.redis.process.wait()
        self.log.close()

    def take_in(self, number: int) -> None:
        """Take a call in and ring for it; sometimes the same delivery comes twice."""
        deliveries = 2 if self.random.random() < 0.1 else 1
        for _delivery in range(deliveries):
            accepted = self.installation.accept_words(f"chaos-{number}")
            ring(self.installation.settings, accepted.ring)
            if accepted.created:
                self.accepted.append(accepted.call_id)

    def run(
        self,
        calls: int,
        faults: Sequence[Fault],
        *,
        until: Callable[[], bool] | None = None,
        give_up_after: float | None = None,
    ) -> float:
        """Take calls in while hurting everything, until all are through or the time is up; how long it took, seconds.

        Faults come in rounds, each of every kind in a random order, until there was one for each call: a slow machine
        then gets as many as a fast one. With `until` they go on, and so does the run, until it holds.
        """
        begun = time.monotonic()
        limit = give_up_after or 30.0 + calls * MOST_SECONDS_A_CALL
        deck: list[Fault] = []
        next_fault = begun + 3 * FAULT_SECONDS
        pause = threading.Event()
        while time.monotonic() - begun < limit:
            through = self.through()
            if len(self.accepted) < calls and len(self.accepted) - through < MOST_WAITING:
                self.take_in(len(self.accepted))
            if until() if until is not None else through == calls and sum(self.done.values()) >= len(faults):
                break
            hurting = until is not None or sum(self.done.values()) < calls
            if hurting and time.monotonic() >= next_fault:
                deck = deck or self.random.sample(faults, len(faults))
                deck.pop()(self)
                next_fault = time.monotonic() + FAULT_SECONDS * self.random.uniform(0.5, 1.5)
            self.press_retry()
            self.mend()
            pause.wait(LOOK_SECONDS)
        took = time.monotonic() - begun
        self._wake_the_frozen()
        return took

    def through(self) -> int:
        """How many calls are scored."""
        return self.installation.states().get("scored", 0)

    def press_retry(self) -> None:
        """Press Retry on calls that were killed as often as a call may be: they end visibly, not silently."""
        if not self.installation.states().get("dead"):
            return
        for call_id in self.accepted:
            if self.installation.state(call_id) == "dead":
                failure = self.installation.call(call_id).failure
                assert failure is not None, f"call {call_id} ended without a reason"
                assert failure["code"] == "worker_lost", failure
                with self.installation.database.session() as session:
                    step = retry_call(session, call_id)
                ring(self.installation.settings, [(call_id, step)])
                self.retried += 1

    # -- hurting -----------------------------------------------------------------------------------------------------

    def victim(self, kind: str, *, horse: bool = False) -> int | None:
        """The id of a running process of that kind (or a horse, waited for), one at work if there is any."""
        if horse:
            end, pause = time.monotonic() + HORSE_SECONDS, threading.Event()
            while time.monotonic() < end and not self._candidates(kind, horse=True):
                pause.wait(0.02)
        running = self._candidates(kind, horse=horse)
        at_work = [pid for pid in running if (self.installation.settings.data / "busy" / str(pid)).exists()]
        return self.random.choice(at_work or running) if running else None

    def _candidates(self, kind: str, *, horse: bool) -> list[int]:
        running = [p.process.pid for p in self.programs.get(kind, ()) if p.process and p.process.poll() is None]
        if horse:
            running = [child for pid in running for child in children_of(pid)]
        return [pid for pid in running if pid not in self.frozen]

    def hurt(self, what: str, pid: int | None, sig: signal.Signals) -> bool:
        """Send a signal and count it when there was somebody to send it to."""
        if pid is None or not send(pid, sig):
            return False
        self.done[what] += 1
        return True

    def freeze(self, kind: str, *, horse: bool = False) -> None:
        """Stop a process until its call is surely somebody else's, then let it go on; the rest runs meanwhile.

        One of a kind at a time, or nobody is left to take the call over.
        """
        if kind in self.frozen.values():
            return
        pid = self.victim(kind, horse=horse)
        if pid is None or not self.hurt("freeze", pid, signal.SIGSTOP):
            return
        self.frozen[pid] = kind
        settings = self.installation.settings
        # The lease must run out, and the sweep must have rung again.
        seconds = settings.lease_seconds + ROUNDS_UNTIL_REHINT * settings.reconcile_seconds + 0.5
        timer = threading.Timer(seconds, self._thaw, (pid,))
        timer.daemon = True
        timer.start()

    def _thaw(self, pid: int) -> None:
        send(pid, signal.SIGCONT)
        del self.frozen[pid]

    def _wake_the_frozen(self) -> None:
        """Let every frozen process go on and try to store what it has: only then can effects be counted."""
        wait_until(lambda: not self.frozen, seconds=30, what="frozen processes to be woken")
        threading.Event().wait(2 * float(STEP_SECONDS) + 1.0)

    def _plan(self, kind: str, command: list[str]) -> None:
        self.programs.setdefault(kind, []).append(Program(command))

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            # The address given, they only use Redis: whoever starts it must be the one who kills it.
            env=self.installation.environment(CALLCOACH_REDIS_URL=redis_url(self.installation.settings)),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )


def kill_speech_worker(chaos: Chaos) -> None:
    """SIGKILL a worker that works in its own process."""
    chaos.hurt("worker killed", chaos.victim("speech"), signal.SIGKILL)


def kill_score_worker(chaos: Chaos) -> None:
    """SIGKILL a worker whose work is done by a horse."""
    chaos.hurt("worker killed", chaos.victim("score"), signal.SIGKILL)


def kill_horse(chaos: Chaos) -> None:
    """SIGKILL a horse at work; its parent lives on."""
    chaos.hurt("horse killed", chaos.victim("score", horse=True), signal.SIGKILL)


def freeze_speech_worker(chaos: Chaos) -> None:
    """SIGSTOP a speech worker past its lease."""
    chaos.freeze("speech")


def freeze_horse(chaos: Chaos) -> None:
    """SIGSTOP a horse past its lease."""
    chaos.freeze("score", horse=True)


def flush_redis(chaos: Chaos) -> None:
    """Forget everything Redis knows."""
    client = chaos.installation.redis
    try:
        client.flushall()
    except (RedisError, OSError):
        return
    finally:
        client.close()
    chaos.done["FLUSHALL"] += 1


def kill_redis(chaos: Chaos) -> None:
    """SIGKILL Redis; it is started again at the next mending."""
    if chaos.redis is not None and chaos.redis.process is not None and chaos.redis.process.poll() is None:
        chaos.redis.process.kill()
        chaos.redis.process.wait()
        chaos.done["Redis killed"] += 1


def kill_sweep(chaos: Chaos) -> None:
    """SIGKILL a sweep."""
    chaos.hurt("sweep killed", chaos.victim("sweep"), signal.SIGKILL)


EVERY_FAULT = (
    kill_speech_worker,
    kill_score_worker,
    kill_horse,
    freeze_speech_worker,
    freeze_horse,
    flush_redis,
    kill_redis,
    kill_sweep,
)
FREEZES = (freeze_speech_worker, freeze_horse)


def send(pid: int, sig: signal.Signals) -> bool:
    """Send a signal; whether there was somebody to send it to."""
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        return False
    return True
