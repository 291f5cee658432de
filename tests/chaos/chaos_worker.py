"""A worker for the chaos test: `chaos_worker.py QUEUE SECONDS [unfenced]`.

Every step takes SECONDS longer, half before the work and half between the work and storing it. `unfenced` is the
negative control: the claim's token is not looked at, whoever comes last stores too.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from review import states
from review.logs import set_up_logs
from review.models import Call
from review.settings import read_settings
from review.states import Claim
from workers import jobs
from workers.queues import PLANS
from workers.steps import Run, Store, Work
from workers.working import serve_queue

CALL: Table = Call.__table__  # type: ignore[assignment]


def slowed(work: Work, seconds: float, busy: Path) -> Work:
    """The same work with a pause before and after it; it does not ask whether to stop, as code in C would not.

    A file in the folder `busy` with the process's id as its name says meanwhile whom it is worth to hurt.
    """
    nothing = threading.Event()

    def slow(run: Run) -> Store:
        mark = busy / str(os.getpid())
        mark.touch()
        try:
            nothing.wait(seconds / 2)
            store = work(run)
            nothing.wait(seconds / 2)
        finally:
            mark.unlink(missing_ok=True)
        return store

    return slow


def without_fence(session: Session, claim: Claim, **values: Any) -> bool:
    """What `review.states` does for a claim, but for any claim: the control that must show double effects."""
    session.execute(update(CALL).where(CALL.c.id == claim.call_id).values(**values))
    return True


def main(queue: str, seconds: float, *flags: str) -> None:
    """Serve the queue until killed."""
    settings = read_settings()
    set_up_logs(settings, queue)
    busy = settings.data / "busy"
    busy.mkdir(exist_ok=True)
    jobs.transcribe_work = slowed(jobs.transcribe_work, seconds, busy)
    jobs.score_work = slowed(jobs.score_work, seconds, busy)
    if "unfenced" in flags:
        states._held = without_fence
    serve_queue(settings, PLANS[queue])


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
