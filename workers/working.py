"""The life of one worker process: serve a queue, outlive a lost Redis, start afresh now and then, end when asked."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from review.redis_address import connect
from review.settings import Settings
from workers.embedded_redis import RedisUnavailable, ensure_redis
from workers.queues import SERIALIZER, QueuePlan
from workers.runtime import Runtime
from workers.worker_classes import SpeechWorker, TiedWorker

log = logging.getLogger("workers")

WAIT_FOR_REDIS_SECONDS = 2.0


def serve_queue(settings: Settings, plan: QueuePlan, *, burst: bool = False, max_jobs: int | None = None) -> None:
    """Serve one queue until asked to stop (SIGTERM, SIGINT); with `burst` until the queue is empty.

    When Redis goes away the loaded model stays: the process waits and registers again. After
    `jobs_before_restart` jobs the process replaces itself with a fresh one of the same id, to give memory back.
    """
    # Before the first job: every fork then starts warm, and a broken installation shows here and not in each job.
    importlib.import_module("workers.jobs")
    if plan.name == "score":
        read_packs()
        read_learned(settings)
    stop = Runtime.get().request_stop if plan.keeps_model else _stop_in_horse
    limit = max_jobs or plan.jobs_before_restart
    asked = threading.Event()
    misses = 0
    while not asked.is_set():
        if not _redis_is_there(settings, asked, misses):
            misses += 1
            continue
        misses = 0
        worker = _make_worker(settings, plan, stop)
        try:
            worker.work(burst=burst, max_jobs=limit, logging_level="WARNING")
        except (RedisError, OSError) as error:
            log.warning("Redis went away: %s", error)
            finished = False
        else:
            finished = limit is not None and worker.jobs_done >= limit
        if worker.stop_seen or burst:
            return
        if finished:
            if max_jobs:
                return
            log.info("%d jobs done, starting afresh", worker.jobs_done)
            sys.stdout.flush()
            sys.stderr.flush()
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very command again


def _make_worker(settings: Settings, plan: QueuePlan, on_stop: Callable[[], None]) -> SpeechWorker | TiedWorker:
    # rq raises the socket timeout as far as its blocking pop needs.
    client = connect(settings, timeout=5.0)
    kind = SpeechWorker if plan.keeps_model else TiedWorker
    return kind(
        [plan.name],
        name=f"{plan.name}-{os.uname().nodename}-{os.getpid()}-{os.urandom(3).hex()}".replace(".", "-"),
        connection=client,
        serializer=SERIALIZER,
        log_job_description=False,
        on_stop=on_stop,
    )


def _redis_is_there(settings: Settings, asked: threading.Event, misses: int) -> bool:
    """Make sure of a Redis; while there is none, wait a moment and let a stop request end the wait.

    `misses` is how often in a row there was none: it is said at first, then about once a minute.
    """

    def stop(_signum: int, _frame: FrameType | None) -> None:
        asked.set()

    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, stop)
    try:
        ensure_redis(settings)
    except RedisUnavailable as error:
        if misses % 30 == 0:
            log.warning("%s Calls are kept and wait.", error)
        asked.wait(WAIT_FOR_REDIS_SECONDS)
        return False
    return not asked.is_set()


def _stop_in_horse() -> None:
    """In a horse: ask its job to stop. In the parent there is no job to ask."""
    if Runtime.current is not None and Runtime.current_pid == os.getpid():
        Runtime.current.request_stop()


def read_learned(settings: Settings) -> None:
    """Read the learned models there are now once; those promoted later each fork reads until the next fresh start."""
    from review.db import open_database
    from review.learning.in_use import read_in_use

    database = open_database(settings)
    try:
        with database.read() as session:
            read_in_use(session, settings.data)
    except SQLAlchemyError as error:
        log.warning("learned models were not read ahead: %s", error)
    finally:
        database.dispose()  # a connection must not be carried across a fork


def read_packs() -> None:
    """Read and compile every language's rules once (two seconds of work) instead of in every fork.

    What is loaded is taken out of collection: a full one would go through all of it, and copy it into the fork.
    """
    from scoring.collection import leave_loaded_alone
    from scoring.matching import matcher_for
    from scoring.packs import languages_with_packs, load_pack

    for language in languages_with_packs():
        load_pack(language).compile_all()
        matcher_for(load_pack(language)).hear_lines()
    leave_loaded_alone()
