"""Working on an act on many calls: slice by slice, whether or not anybody's page is open."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from review.db import Database
from review.doorbell import ring, ring_bulk
from review.models import BulkRun
from review.services.bulk_runs import claim_bulk, do_slice, give_back_bulk
from review.settings import Settings
from workers.runtime import Runtime

log = logging.getLogger("workers")

SLICE_SECONDS = 10.0  # after that the run goes to the end of the queue


def act_on_calls(run_id: int) -> str:
    """Queue job: slices of a run. The answer (for the queue's log) is the run's state afterwards."""
    runtime = Runtime.get()
    until = time.monotonic() + SLICE_SECONDS
    state = work_on_bulk(
        runtime.database,
        runtime.settings,
        run_id,
        stop=lambda: runtime.stopping.is_set() or time.monotonic() > until,
    )
    if state == "waiting" and not runtime.stopping.is_set():
        ring_bulk(runtime.redis, [run_id])
    return state


def work_on_bulk(database: Database, settings: Settings, run_id: int, *, stop: Callable[[], bool]) -> str:
    """Do slices until the run ends or `stop` says so; the run's state afterwards. One slice is done in any case."""
    with database.session() as session:
        claim = claim_bulk(session, run_id)
    if claim is not None:
        try:
            while True:
                with database.session() as session:
                    rings = do_slice(session, claim)
                if rings is None:
                    break
                ring(settings, rings)
                if stop():
                    break
        finally:
            with database.session() as session:
                give_back_bulk(session, claim)  # does nothing to a run that has ended
    with database.read() as session:
        run = session.get(BulkRun, run_id)
        return "gone" if run is None else run.state
