"""What an installation stands on, looked at now: database, migrations, Redis and its workers, disk, speech engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.doorbell import queue_depths
from review.migrations.run import head
from review.settings import Settings
from review.storage import AudioStore

HUB_TIMEOUT = 1.0  # seconds a page may wait for the model hub to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """Whether the database answers, and whether its tables are those of this program version."""

    answers: bool
    current: bool  # every migration has been run
    error: str | None = None  # the fault's class, without anything of the data


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """One worker process that Redis knows; `heartbeat_age` in seconds."""

    name: str
    queues: tuple[str, ...]
    state: str  # idle, busy, suspended, as RQ says
    heartbeat_age: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisState:
    """Whether Redis answers, how much waits in each queue, and who works on it."""

    answers: bool
    queues: Mapping[str, int]
    workers: tuple[WorkerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """Bytes free for recordings; under `floor` none are taken in."""

    free: int
    floor: int

    @property
    def enough(self) -> bool:
        """True while recordings are taken in."""
        return self.free >= self.floor


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """One speech engine: whether it would run for the installation's language, and why or why not."""

    name: str
    available: bool
    model: str
    why: str


def read_database(database: Database) -> DatabaseState:
    """Ask the database one question, and which migration it stands at."""
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        return DatabaseState(answers=False, current=False, error=type(error).__name__)
    try:
        # In a reading scope, unlike migrations.run.current: a probe must not wait behind a writer.
        with database.read() as session:
            revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        return DatabaseState(answers=True, current=False, error=type(error).__name__)
    return DatabaseState(answers=True, current=revision == head())


def read_redis(redis: Redis) -> RedisState:
    """Queue depths and workers; a Redis that is away answers with `answers=False`, never with an error."""
    try:
        redis.ping()
        return RedisState(answers=True, queues=queue_depths(redis), workers=_read_workers(redis))
    except (RedisError, OSError):
        return RedisState(answers=False, queues={}, workers=())


def read_disk(store: AudioStore) -> DiskState:
    """Room for recordings."""
    return DiskState(free=store.free(), floor=store.floor)


def read_engines(settings: Settings, language: str | None = None) -> tuple[EngineRow, ...]:
    """What each speech engine would do for a call in `language`; loads and fetches nothing.

    Without a language: the installation's own, and if it names none, a call whose language is not known.
    """
    from transcription.engines import EngineName, EngineRequest, describe_engines  # here: only this page needs them

    request = EngineRequest(
        engine=cast(EngineName, settings.engine),
        model=settings.whisper_model,
        language=language or settings.language,
        models_dir=settings.models,
        hub_timeout=HUB_TIMEOUT,
    )
    return tuple(
        EngineRow(name=state.name, available=state.available, model=state.model or "", why=state.why)
        for state in describe_engines(request)
    )


def _read_workers(redis: Redis) -> tuple[WorkerRow, ...]:
    from rq import Worker

    now = datetime.now(UTC).timestamp()
    rows = []
    for worker in Worker.all(connection=redis, serializer="json"):
        beat = worker.last_heartbeat
        rows.append(
            WorkerRow(
                name=str(worker.name),
                queues=tuple(worker.queue_names()),
                state=str(worker.get_state()).rpartition(".")[2].lower(),
                heartbeat_age=max(0.0, now - beat.replace(tzinfo=beat.tzinfo or UTC).timestamp()) if beat else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.name))
