"""The two RQ worker classes: one that keeps the speech model loaded, one whose horse dies with its parent.

Written against rq 3.0; each overridden method names what rq does by itself and why that is not enough.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from redis.exceptions import RedisError
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.worker import SimpleWorker, Worker

from workers.tied import die_with_parent

log = logging.getLogger("workers")

HEARTBEAT_SECONDS = 5.0
HEARTBEAT_TTL = 20
RECONNECT_SECONDS = 2.0


class StoppableMixin:
    """What both classes share: a stop reaches the running job, and a Redis that is away never raises from a signal."""

    max_connection_wait_time = RECONNECT_SECONDS  # rq waits up to 60 s between attempts to reach Redis again
    log: logging.Logger
    name: str

    def __init__(self, *args: Any, on_stop: Callable[[], None] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_stop = on_stop
        self.stop_seen = False
        self.jobs_done = 0

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Count what was executed: rq keeps its own count to itself."""
        super().execute_job(job, queue)  # type: ignore[misc]
        self.jobs_done += 1

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Remember that somebody asked, tell the job, then let rq finish the current job (warm shutdown)."""
        self.stop_seen = True
        if self.on_stop is not None:
            self.on_stop()
        super().request_stop(signum, frame)  # type: ignore[misc]

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """A second signal: rq ends the process at once, the lease brings the call back."""
        self.stop_seen = True
        super().request_force_stop(signum, frame)  # type: ignore[misc]

    def set_shutdown_requested_date(self) -> None:
        """rq writes the time to Redis from inside the signal handler: a lost Redis would raise into the job."""
        with _redis_may_be_away("shutdown time not noted"):
            super().set_shutdown_requested_date()  # type: ignore[misc]

    def teardown(self) -> None:
        """rq says goodbye to Redis, which may be what made the worker end."""
        with _redis_may_be_away("worker not signed off"):
            super().teardown()  # type: ignore[misc]


class SpeechWorker(StoppableMixin, SimpleWorker):
    """Runs jobs in its own process, so that the speech model is loaded once and never forked.

    rq's SimpleWorker sends no heartbeat during a job and lives on in Redis for the job's timeout + 60 s after a
    SIGKILL. Here a thread beats every 5 s and the entry expires after 20 s.
    """

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Seconds an entry lives without a heartbeat."""
        return HEARTBEAT_TTL

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Do the job here while a thread keeps its entry alive."""
        execution = self.prepare_execution(job)
        with self._beating(job, execution):
            self.perform_job(job, queue, execution)
        self.jobs_done += 1
        self.set_state("idle")

    @contextlib.contextmanager
    def _beating(self, job: Job, execution: Execution) -> Iterator[None]:
        done = threading.Event()

        def beat() -> None:
            while not done.wait(HEARTBEAT_SECONDS):
                with _redis_may_be_away("heartbeat not sent"):
                    self.maintain_heartbeats(job, execution)

        thread = threading.Thread(target=beat, name="rq-heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(timeout=HEARTBEAT_SECONDS)


class TiedWorker(StoppableMixin, Worker):
    """Runs each job in a horse that dies with its parent.

    rq's horse runs on to the end when its parent is killed, so the work would be done twice at the same time.
    """

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the horse: tie it to the parent before anything else."""
        die_with_parent(self.pid or os.getppid(), signal.SIGKILL)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """In the horse: SIGTERM (rq: end at once) asks the job to hand back its claim."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        on_stop = self.on_stop
        if on_stop is not None:
            signal.signal(signal.SIGTERM, lambda _signum, _frame: on_stop())

    def handle_warm_shutdown_request(self) -> None:
        """In the parent: pass the request on to the horse, which rq would leave alone until it is done."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)


@contextlib.contextmanager
def _redis_may_be_away(what: str) -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        log.warning("Redis is away, %s: %s", what, error)
