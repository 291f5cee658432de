"""Working on a preview: past calls judged by a draft, in slices, so that new calls are not kept waiting."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from review.db import Database
from review.doorbell import ring_previews
from review.learning.in_use import InUse, read_in_use
from review.scorecards.previews import (
    PreviewRow,
    claim_preview,
    end_preview,
    get_preview,
    give_back,
    load_preview_work,
    next_call,
    store_previewed,
)
from review.services.leased import Claim
from review.settings import Settings
from scoring.engine import score
from workers.runtime import Runtime

log = logging.getLogger("workers")

SLICE_SECONDS = 10.0  # after that the preview goes to the end of the queue


def preview_calls(preview_id: int) -> str:
    """Queue job: a slice of a preview. The answer (for the queue's log) is its state afterwards."""
    runtime = Runtime.get()
    until = time.monotonic() + SLICE_SECONDS
    state = work_on_preview(
        runtime.database,
        runtime.settings,
        preview_id,
        stop=lambda: runtime.stopping.is_set() or time.monotonic() > until,
    )
    if state == "waiting" and not runtime.stopping.is_set():
        ring_previews(runtime.redis, [preview_id])
    return state


def work_on_preview(database: Database, settings: Settings, preview_id: int, *, stop: Callable[[], bool]) -> str:
    """Judge the preview's calls until it ends or `stop` says so; its state afterwards."""
    with database.session() as session:
        claim = claim_preview(session, preview_id)
        preview = get_preview(session, preview_id)
    if claim is None:
        return preview.state
    try:
        with database.read() as session:
            models = read_in_use(session, settings.data)
        _all_calls(database, settings, claim, preview, models, stop)
    finally:
        with database.session() as session:
            give_back(session, claim)
    with database.read() as session:
        return get_preview(session, preview_id).state


def _all_calls(
    database: Database,
    settings: Settings,
    claim: Claim,
    preview: PreviewRow,
    models: InUse,
    stop: Callable[[], bool],
) -> None:
    while not stop():
        with database.session() as session:
            call_id = next_call(session, preview.id)
            if call_id is None:
                end_preview(session, claim)
                return
        if not _one_call(database, settings, claim, preview, models, call_id):
            return


def _one_call(
    database: Database, settings: Settings, claim: Claim, preview: PreviewRow, models: InUse, call_id: int
) -> bool:
    """Judge one call; False when the preview is no longer ours (stopped, or another worker's)."""
    try:
        with database.read() as session:
            work = load_preview_work(session, preview, call_id, company_names=settings.company_names)
        made = None
        if work is not None:
            judged = work.work
            made = score(judged.transcript, judged.judge_by, judged.facts, models.judges, models.closed_leads).to_json()
    except Exception as error:  # noqa: BLE001 - one call that cannot be judged must not end the preview; it is shown
        log.warning("preview %d: call %d could not be judged", preview.id, call_id, exc_info=error)
        with database.session() as session:
            return store_previewed(session, claim, call_id, why=f"{type(error).__name__}: {error}"[:300])
    with database.session() as session:
        if work is None or made is None:
            return store_previewed(session, claim, call_id, why="The call shows no score any more.")
        return store_previewed(session, claim, call_id, work.before, made)
