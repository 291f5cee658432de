"""A real worker whose steps take a set time, for tests: `slow_worker.py QUEUE SECONDS [deaf] [afresh]`.

Half of the time passes before the work and half between the work and storing its result, where a kill, a freeze or a
stop hurts most. With `deaf` the work never asks whether to stop; with `afresh` the worker replaces itself after every
job.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
import time

from review.logs import set_up_logs
from review.settings import read_settings
from transcription.errors import Cancelled
from workers import jobs
from workers.queues import PLANS
from workers.steps import Run, Store, Work
from workers.working import serve_queue


def slowed(work: Work, seconds: float, *, deaf: bool) -> Work:
    """The same work with a pause before and after it."""
    nothing = threading.Event()

    def pause(run: Run) -> None:
        end = time.monotonic() + seconds / 2
        while time.monotonic() < end:
            nothing.wait(min(0.02, seconds))
            if not deaf and run.cancelled():
                raise Cancelled

    def slow(run: Run) -> Store:
        pause(run)
        store = work(run)
        pause(run)
        return store

    return slow


def main(queue: str, seconds: float, *flags: str) -> None:
    """Serve the queue until asked to stop."""
    settings = read_settings()
    set_up_logs(settings, queue)
    deaf = "deaf" in flags
    jobs.transcribe_work = slowed(jobs.transcribe_work, seconds, deaf=deaf)
    jobs.score_work = slowed(jobs.score_work, seconds, deaf=deaf)
    plan = PLANS[queue]
    if "afresh" in flags:
        plan = dataclasses.replace(plan, jobs_before_restart=1)
    serve_queue(settings, plan)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
