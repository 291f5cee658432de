"""What the installation stands on, in figures: Redis with its queues and workers, disk, database, programs."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prometheus_client.core import Metric
from redis import Redis
from redis.exceptions import RedisError
from rq.job import Job
from rq.utils import utcparse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.db import sqlite_file
from review.doorbell import QUEUE_NAMES, open_queue
from review.metrics.gauges import age, gauge, gauges, word
from review.models import StoredTranscript
from review.queries.installation import RedisState, read_disk, read_redis
from review.settings import Settings
from review.storage import AudioStore

SILENT: Final = 600.0  # seconds without a heartbeat after which a worker counts as gone, as on the health page
TRANSCRIPTS_READ: Final = 50
LIBRARIES: Final = {"whisper": "ctranslate2", "sphinx": "pocketsphinx"}
LAST_WRITES: Final = ("", "-wal", "-shm")


def redis_figures(redis: Redis) -> Iterator[Metric]:
    """The doorbell and who listens; while Redis is away only that."""
    state = read_redis(redis)
    oldest: dict[tuple[str, ...], float] = {}
    try:
        if state.answers:
            oldest = {(name,): _oldest_job(redis, name) for name in QUEUE_NAMES}
    except (RedisError, OSError):  # it went away between the two questions
        state = RedisState(answers=False, queues={}, workers=())
    yield gauge("redis_up", "1 when Redis answers.", state.answers)
    yield gauges(
        "queue_jobs",
        "Jobs waiting in a queue. The calls behind them are in callcoach_calls.",
        ["queue"],
        {(name,): depth for name, depth in state.queues.items()},
    )
    yield gauges("queue_oldest_job_seconds", "How long the job first in turn waits.", ["queue"], oldest)
    workers: dict[tuple[str, ...], float] = {}
    if state.answers:
        workers = {(name, doing): 0 for name in QUEUE_NAMES for doing in ("busy", "idle")}
    for worker in state.workers:
        if worker.heartbeat_age is not None and worker.heartbeat_age < SILENT:
            for queue in worker.queues:
                key = (word(queue), word(worker.state))
                workers[key] = workers.get(key, 0) + 1
    yield gauges("workers", "Worker processes that were heard of in the last 10 minutes.", ["queue", "state"], workers)


def _oldest_job(redis: Redis, name: str) -> float:
    """Seconds since the first job in turn was put there; 0 with none."""
    first = open_queue(name, redis).get_job_ids(0, 1)
    at = redis.hget(Job.key_for(first[0]), "enqueued_at") if first else None
    if not isinstance(at, bytes):
        return 0.0  # taken meanwhile
    try:
        return age(datetime.now(UTC).timestamp(), utcparse(at.decode("ascii", "replace"))) or 0.0
    except ValueError:
        return 0.0


def disk_figures(store: AudioStore) -> Iterator[Metric]:
    """Room for recordings."""
    disk = read_disk(store)
    yield gauge("disk_free_bytes", "Bytes free on the disk of the data folder.", disk.free)
    yield gauge("disk_floor_bytes", "Below so many free bytes no recording is taken in.", disk.floor)


def program_figures(settings: Settings) -> Iterator[Metric]:
    """Which version this is, and which speech engines stand ready to be loaded."""
    yield gauges("build_info", "The version of Callcoach.", ["version"], {(_version("callcoach"),): 1})
    yield gauges(
        "speech_library_info",
        "The library behind each speech engine and its version; which engine the settings ask for.",
        ["engine", "library", "version", "configured"],
        {(engine, library, _version(library), settings.engine): 1 for engine, library in LIBRARIES.items()},
    )


def database_figures(session: Session, settings: Settings) -> Iterator[Metric]:
    """How large the database is, and the engine that wrote the newest transcript."""
    yield gauge("database_bytes", "Size of the database, its write-ahead log included.", _size(session, settings))
    newest = session.execute(
        select(StoredTranscript.engine, StoredTranscript.model)
        .order_by(StoredTranscript.id.desc())
        .limit(TRANSCRIPTS_READ)
    )
    heard = next((row for row in newest if row.engine in LIBRARIES), None)
    yield gauges(
        "speech_engine_info",
        "Engine and model of the newest transcript that was made here, with the version of the engine's library.",
        ["engine", "model", "version"],
        {} if heard is None else {(heard.engine, _model(heard.model), _version(LIBRARIES[heard.engine])): 1},
    )


def _size(session: Session, settings: Settings) -> float | None:
    file = sqlite_file(settings.database_url)
    if file is None:
        return float(session.scalar(select(func.pg_database_size(func.current_database()))) or 0)
    sizes = [path.stat().st_size for end in LAST_WRITES if (path := Path(f"{file}{end}")).exists()]
    return float(sum(sizes)) if sizes else None


def _model(text: str | None) -> str:
    """A model's name; of a folder only the last part, and of several words the first."""
    name = (text or "").replace("\\", "/").rstrip("/").rpartition("/")[2]
    return word(name.partition(" ")[0])


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "none"
