"""Working on a run that scores calls again: in slices, so that new calls are not kept waiting, or all of it at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from review.db import Database
from review.doorbell import ring_rescore
from review.learning.in_use import InUse, read_in_use, read_pinned
from review.services.leased import Claim
from review.services.rescore import (
    RunRow,
    claim_run,
    end_run,
    get_run,
    give_back,
    packs_moved,
)
from review.services.rescore_calls import RescoreWork, load_work, next_calls, skip_call, store_rescored
from review.settings import Settings
from scoring.engine import score
from scoring.learning.store import ModelRefused
from workers.runtime import Runtime

log = logging.getLogger("workers")

SLICE_SECONDS = 10.0  # after that the run goes to the end of the queue
PACKS_MOVED = (
    "The rule packs were updated since this run began, so its calls could not be compared. "
    "The calls done so far keep their new assessments; start a new run."
)
MODEL_GONE = (
    "A learned model this run began with cannot be read any more, so its calls could not be compared. "
    "The calls done so far keep their new assessments; roll the model back and start a new run."
)
NONE_JUDGED = (
    "None of the calls could be judged again; they keep the scores they have. The reasons are in the list of calls: "
    "mend what they name and start a new run."
)


def rescore_calls(run_id: int) -> str:
    """Queue job: a slice of a run. The answer (for the queue's log) is the run's state afterwards."""
    runtime = Runtime.get()
    until = time.monotonic() + SLICE_SECONDS
    state = work_on_run(
        runtime.database,
        runtime.settings,
        run_id,
        stop=lambda: runtime.stopping.is_set() or time.monotonic() > until,
    )
    if state == "waiting" and not runtime.stopping.is_set():
        ring_rescore(runtime.redis, [run_id])
    return state


def work_on_run(
    database: Database,
    settings: Settings,
    run_id: int,
    *,
    stop: Callable[[], bool],
    progress: Callable[[RunRow], None] | None = None,
) -> str:
    """Judge the run's calls until it ends or `stop` says so; the run's state afterwards.

    Stopped, the run waits for the next worker and goes on behind its last call. `progress` hears of every call.
    """
    with database.session() as session:
        claim = claim_run(session, run_id)
        run = get_run(session, run_id)
    if claim is None:
        return run.state
    if packs_moved(run):
        with database.session() as session:
            end_run(session, claim, why=PACKS_MOVED)
        return "failed"
    try:
        with database.read() as session:
            models = _models_of(session, settings, run)
        _all_calls(_Share(database, settings, claim, run, models), stop, progress)
    except ModelRefused as error:
        log.error("run %d: %s", run_id, error)
        with database.session() as session:
            end_run(session, claim, why=MODEL_GONE)
        return "failed"
    except BaseException:
        with database.session() as session:
            give_back(session, claim)
        raise
    with database.session() as session:
        give_back(session, claim)
        return get_run(session, run_id).state


@dataclass(frozen=True, slots=True)
class _Share:
    """What one worker's share of a run is done with; `models` are those in charge when the run was started."""

    database: Database
    settings: Settings
    claim: Claim
    run: RunRow
    models: InUse


def _models_of(session: Session, settings: Settings, run: RunRow) -> InUse:
    if run.models is None:
        return read_in_use(session, settings.data)
    return read_pinned(session, settings.data, run.models.values())


def _all_calls(share: _Share, stop: Callable[[], bool], progress: Callable[[RunRow], None] | None) -> None:
    while True:
        with share.database.read() as session:
            calls = next_calls(session, share.run.id)
        if not calls:
            with share.database.session() as session:
                run = get_run(session, share.run.id)
                end_run(session, share.claim, why=NONE_JUDGED if run.failed and run.failed == run.done else None)
            log.info("run %d: through, %d of %d calls could not be judged", share.run.id, run.failed, run.done)
            return
        for call_id in calls:
            if stop() or not _rescore_call(share, call_id):
                return
            if progress is not None:
                with share.database.read() as session:
                    progress(get_run(session, share.run.id))


def _rescore_call(share: _Share, call_id: int) -> bool:
    """Judge one call again and store it; False when the run is no longer ours (cancelled, or another worker's)."""
    try:
        data, work = _judge(share, call_id)
    except Exception as error:  # noqa: BLE001 - one call that cannot be judged must not end the run; it is shown there
        log.warning("run %d: call %d could not be scored again", share.run.id, call_id, exc_info=error)
        with share.database.session() as session:
            return skip_call(session, share.claim, call_id, f"{type(error).__name__}: {error}"[:300])
    with share.database.session() as session:
        if work is None:
            return skip_call(session, share.claim, call_id)
        return store_rescored(session, share.claim, work, data, show=share.run.show)


def _judge(share: _Share, call_id: int) -> tuple[dict[str, Any], RescoreWork | None]:
    settings = share.settings
    with share.database.read() as session:
        work = load_work(
            session,
            share.run,
            call_id,
            default_standard=settings.standard,
            company_names=settings.company_names,
        )
    if work is None:
        return {}, None
    judged = work.work
    models = share.models
    made = score(judged.transcript, judged.judge_by, judged.facts, models.judges, models.closed_leads)
    return made.to_json(), work
