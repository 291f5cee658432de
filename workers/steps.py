"""One step of one call in a worker: claim, work under a heartbeat, store behind the fence, ring for the next step."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.orm import Session

from review.doorbell import ring
from review.states import (
    MAX_ATTEMPTS,
    Claim,
    Failure,
    Step,
    beat,
    bury,
    claim_call,
    park_needs_model,
    release,
    set_progress,
)
from transcription.errors import Cancelled, NeedsModel
from workers.failures import LATER_SECONDS, describe, is_permanent, waits_for_machine
from workers.heartbeat import Heartbeat
from workers.logging_context import about_call
from workers.runtime import Runtime

log = logging.getLogger("workers")

PROGRESS_SECONDS = 1.0  # how often progress is written to the row at most

Outcome = Literal["done", "not_claimed", "lost", "stopped", "parked", "buried", "put_back"]
Store = Callable[[Session], "Step | None"]


class LeaseLost(Exception):
    """The fence refused: somebody else holds the step now, and nothing of this run was stored."""


@dataclass
class Run:
    """What a step's work is given: its claim, how to tell progress, and whether to stop."""

    runtime: Runtime
    claim: Claim
    heartbeat: Heartbeat
    _told: float = field(default=0.0)

    def cancelled(self) -> bool:
        """Whether to stop: the process is asked to end, or the claim is no longer ours."""
        return self.runtime.stopping.is_set() or self.heartbeat.lost.is_set()

    def progress(self, fraction: float) -> None:
        """Write the step's progress (0..1) to the row, at most about once a second."""
        now = time.monotonic()
        if now - self._told < PROGRESS_SECONDS:
            return
        self._told = now
        with self.runtime.database.session() as session:
            held = set_progress(session, self.claim, fraction)
        if not held:
            self.heartbeat.lost.set()


Work = Callable[[Run], Store]


def run_step(runtime: Runtime, call_id: int, step: Step, work: Work) -> Outcome:
    """Do one step of one call.

    `work` computes outside any transaction and returns how to store the result. That is called in one transaction,
    must put the fence first (raising LeaseLost when it refuses), and returns the step that is ready next. Errors never
    leave this function: they become a state of the row and a log line.
    """
    with about_call(call_id, step):
        if runtime.stopping.is_set():
            return "not_claimed"
        lease = runtime.settings.lease_seconds
        with runtime.database.session() as session:
            claim = claim_call(session, call_id, step, lease=lease)
        if claim is None:
            log.debug("nothing to do: done already, not due, or somebody else's")
            return "not_claimed"

        def renew() -> bool:
            with runtime.database.session() as session:
                return beat(session, claim, lease=lease)

        begun = time.monotonic()
        runtime.holding(lambda: _give_back(runtime, claim))
        try:
            with Heartbeat(renew, lease) as heartbeat:
                outcome, following = _work_and_store(Run(runtime, claim, heartbeat), work)
        finally:
            runtime.holding(None)
        if outcome == "done":
            log.info("%s done in %.1f s", step, time.monotonic() - begun)
        if following is not None:
            ring(runtime.redis, [(call_id, following)])
        return outcome


def _work_and_store(run: Run, work: Work) -> tuple[Outcome, Step | None]:
    database, claim = run.runtime.database, run.claim
    try:
        store = work(run)
        with database.session() as session:
            return "done", store(session)
    except (LeaseLost, Cancelled):
        if run.runtime.stopping.is_set() and not run.heartbeat.lost.is_set():
            _give_back(run.runtime, claim)
            return "stopped", None
        log.warning("this run stored nothing: the claim is somebody else's now")
        return "lost", None
    except NeedsModel as error:
        log.info("no speech engine can do this call honestly: %s", error.reason)
        with database.session() as session:
            held = park_needs_model(session, claim, error.reason, error.advice)
        return ("parked" if held else "lost"), None
    except Exception as error:  # noqa: BLE001 - whatever went wrong becomes visible on the call
        return _fail(run, error, describe(error, claim.step)), None


def _fail(run: Run, error: Exception, failure: Failure) -> Outcome:
    claim = run.claim
    last = is_permanent(error) or claim.attempt >= MAX_ATTEMPTS
    # A fault of the input needs no traceback, one of ours does.
    log.error(
        "%s failed (attempt %d of %d): %s",
        claim.step,
        claim.attempt,
        MAX_ATTEMPTS,
        failure.message,
        exc_info=None if is_permanent(error) else error,
    )
    with run.runtime.database.session() as session:
        if waits_for_machine(error):
            held, last = release(session, claim, failure=failure, give_back=True, delay=LATER_SECONDS), False
        elif is_permanent(error):
            held = bury(session, claim, failure)
        else:
            held = release(session, claim, failure=failure)
    if not held:
        return "lost"
    return "buried" if last else "put_back"


def _give_back(runtime: Runtime, claim: Claim) -> None:
    """Hand the claim back without counting the attempt: being told to stop is nothing against the call."""
    with runtime.database.session() as session:
        held = release(session, claim, give_back=True)
    if held:
        log.info("asked to stop: the claim is handed back")
        ring(runtime.redis, [(claim.call_id, claim.step)])
