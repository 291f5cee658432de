"""The sweep: every few seconds finds calls that are due and not being worked on, and rings for them."""

from __future__ import annotations

import logging
import math
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Protocol

from redis import Redis
from sqlalchemy import and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database, open_database
from review.doorbell import ring, ring_bulk, ring_previews, ring_rescore
from review.evaluations import show_due
from review.models import Call, Source
from review.queries.better_words import read_offer
from review.redis_address import connect
from review.scorecards.previews import due_previews
from review.services.bulk_runs import due_bulk
from review.services.rescore import due_runs
from review.services.retranscribe import look_for_model, note_model, transcribe_all_again
from review.settings import Settings
from review.speech_rank import BEST
from review.states import reconcile, unpark_needs_model
from review.storage import open_store
from transcription.engines import EngineChoice, EngineRequest, choose_engine
from transcription.errors import NeedsModel
from workers import calibration, first_run
from workers.audit import AuditWork
from workers.coaching import Coaching
from workers.crm import CrmWork
from workers.disputes import Disputes
from workers.fetching import Fetching
from workers.leftovers import remove_decoded_sound, remove_half_written
from workers.library import LibraryHearing, LibraryReminders
from workers.mailing import Mailing
from workers.nights import Nights
from workers.outside import SoundWork
from workers.own_data import OwnData
from workers.sampling import Draws
from workers.webhooks import Telling
from workers.win_back import WinBacks

log = logging.getLogger("workers")

ROUNDS_UNTIL_REHINT = 12  # 60 s in production: a call rung that long ago and still due is rung again
TIDY_SECONDS = 3600.0
MODEL_SECONDS = 300.0  # how often calls that wait for a speech model are looked at
CLEAR_SECONDS = 60.0  # how often decoded sound of killed processes is looked for


class Beside(Protocol):
    """Work that runs as processes of its own: looked at each round, ended with the sweep."""

    def tick(self, settings: Settings) -> object:
        """Start what is due."""

    def stop(self) -> None:
        """End what runs."""


def sweep_once(database: Database, client: Redis, *, rehint: float) -> int:
    """One round: bury, mark, commit, then ring (in this order). How many calls were rung for.

    Two sweeps at once do no harm: each marks what it rings, and a job that finds nothing to claim does nothing.
    """
    with database.session() as session:
        due = reconcile(session, rehint=rehint)
        runs = due_runs(session)
        previews = due_previews(session)
        many = due_bulk(session)
        show_due(session)
    rung = ring(client, due)
    ring_rescore(client, runs)
    ring_previews(client, previews)
    ring_bulk(client, many)
    if rung:
        log.info("rang again for %d waiting %s", rung, "call" if rung == 1 else "calls")
    return len(due)


def run_sweep(settings: Settings, stop: threading.Event | None = None) -> None:
    """Sweep every `reconcile_seconds` until asked to stop (SIGTERM, SIGINT or `stop`).

    What a lost Redis forgot comes back here: the rows know what is due.
    """
    stop = stop or _stop_on_signal()
    database, client, store = open_database(settings), connect(settings), open_store(settings)
    tidied = asked = cleared = -math.inf  # all of it at once: a machine that has just started counts from 0
    fetching, telling = Fetching(database, store, client, settings), Telling(database, settings)
    own_data = OwnData(database)
    beside: tuple[Beside, ...] = (
        Nights(database),
        CrmWork(database),
        WinBacks(database),
        Mailing(database),
        AuditWork(database),
        SoundWork(database),
    )
    works: tuple[tuple[str, Callable[[], object]], ...] = (
        *((type(work).__name__, partial(work.tick, settings)) for work in beside),
        ("Draws", Draws(database).tick),
        ("calibration", partial(calibration.tick, database)),
        ("Coaching", Coaching(database).tick),
        ("Disputes", Disputes(database).tick),
        ("LibraryReminders", LibraryReminders(database).tick),
        ("LibraryHearing", LibraryHearing(database).tick),
        ("OwnData", partial(own_data.tick, settings)),
        ("first_run", partial(first_run.tick, database, store, settings)),
        ("Fetching", fetching.start),
        ("Telling", telling.tick),
    )
    log.info("sweeping every %g s", settings.reconcile_seconds)
    try:
        while not stop.wait(settings.reconcile_seconds):
            try:
                sweep_once(database, client, rehint=ROUNDS_UNTIL_REHINT * settings.reconcile_seconds)
            except SQLAlchemyError as error:
                log.warning("the database could not be asked, trying again: %s", error)
            if time.monotonic() - asked > MODEL_SECONDS:
                asked = time.monotonic()
                _let_waiting_calls_go(database, client, settings)
                _look_for_better_model(database, client, settings)
            if time.monotonic() - cleared > CLEAR_SECONDS:
                cleared = time.monotonic()
                remove_decoded_sound(settings.work)
            if time.monotonic() - tidied > TIDY_SECONDS:
                tidied = time.monotonic()
                remove_half_written(store)
            for name, tick in works:
                _do(name, tick)
    finally:
        fetching.stop()
        telling.stop()
        for work in beside:
            work.stop()
        own_data.wait(5.0)
        database.dispose()
        client.close()


def _do(name: str, tick: Callable[[], object]) -> None:
    """One kind of work's turn. A database that cannot be asked now holds up this turn and no other's."""
    try:
        tick()
    except SQLAlchemyError as error:
        log.warning("%s: the database could not be asked, trying again: %s", name, error)


def wake_calls_waiting_for_model(
    database: Database, client: Redis, request: EngineRequest, choose: Callable[[EngineRequest], object] = choose_engine
) -> int:
    """Let calls that wait for a speech model go on when one can be had now; how many. Loads and fetches nothing.

    Calls of a source that is set to the stand-in engine stay: another engine's model is no help to them.
    """
    stand_in = select(Source.name).where(Source.engine == "sphinx")
    waiting = select(Call.id).where(Call.state == "needs_model", Call.source.not_in(stand_in))
    with database.read() as session:
        if session.scalar(waiting.limit(1)) is None:
            return 0
    try:
        choose(request)
    except NeedsModel:
        return 0
    with database.session() as session:
        ready = unpark_needs_model(session, list(session.scalars(waiting)))
    ring(client, ready)
    log.info("a speech model can be had now: %d waiting calls go on", len(ready))
    return len(ready)


def _let_waiting_calls_go(database: Database, client: Redis, settings: Settings) -> None:
    # Without a language only an engine that can do any language answers: the English stand-in does not.
    request = EngineRequest(
        engine=settings.engine,  # type: ignore[arg-type]  # the settings allow only an engine's name
        model=settings.whisper_model,
        models_dir=settings.models,
    )
    try:
        wake_calls_waiting_for_model(database, client, request)
    except SQLAlchemyError as error:
        log.warning("calls that wait for a speech model were not looked at: %s", error)


def note_better_model(
    database: Database,
    client: Redis,
    settings: Settings,
    choose: Callable[[EngineRequest], EngineChoice] = choose_engine,
) -> int:
    """Note which model could be had, so that pages can offer it; how many drafts were sent round again by it.

    Drafts go by themselves only where the settings say so, and each only once.
    """
    could_be_better = and_(Call.state == "scored", Call.speech_rank < BEST)
    with database.read() as session:  # no machine asks a model hub for nothing
        if session.scalar(select(Call.id).where(or_(Call.state == "needs_model", could_be_better)).limit(1)) is None:
            return 0
    found = look_for_model(settings, choose)
    with database.session() as session:
        note_model(session, found)
    if settings.retranscribe != "auto" or found.rank is None:
        return 0
    with database.session() as session:
        offer = read_offer(session, None, settings.engine)
        if offer is None or offer.running:
            return 0
        sent = transcribe_all_again(session, engine=settings.engine, never_sent=True)
    ring(client, sent)
    if sent:
        log.info("a better speech model is there: %d drafts are transcribed again", len(sent))
    return len(sent)


def _look_for_better_model(database: Database, client: Redis, settings: Settings) -> None:
    try:
        note_better_model(database, client, settings)
    except SQLAlchemyError as error:
        log.warning("drafts that could be transcribed better were not looked at: %s", error)


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def ask(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, ask)
    return stop
