"""The figures as one text in the form Prometheus reads. What cannot be asked now is named by an up-figure of 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from redis import Redis
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from review.clock import database_now
from review.db import Database
from review.metrics.calls import call_figures
from review.metrics.connectors import connector_figures
from review.metrics.gauges import gauge
from review.metrics.learning import learning_figures
from review.metrics.machine import database_figures, disk_figures, program_figures, redis_figures
from review.queries.installation import read_database
from review.settings import Settings
from review.storage import AudioStore

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

log = structlog.get_logger(__name__)


def write_metrics(settings: Settings, database: Database, store: AudioStore, redis: Redis) -> bytes:
    """All figures as they are now; never an error because database or Redis is away."""
    families = (
        *program_figures(settings),
        *disk_figures(store),
        *redis_figures(redis),
        *_of_database(settings, database),
    )
    return generate_latest(_Given(families))


@dataclass(frozen=True, slots=True)
class _Given(Collector):
    """Figures that were read already, as the library wants them handed over."""

    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _of_database(settings: Settings, database: Database) -> Iterator[Metric]:
    state = read_database(database)
    found: tuple[Metric, ...] = ()
    up = state.answers
    if state.answers and state.current:  # tables of another version cannot be asked these questions
        try:
            with database.read() as session:
                now = session.execute(select(database_now())).scalar_one()
                found = (
                    *database_figures(session, settings),
                    *call_figures(session, now),
                    *connector_figures(session, now),
                    *learning_figures(session),
                )
        except (SQLAlchemyError, OSError) as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            up = False
    yield gauge("database_up", "1 when the database answers; without it the figures of calls are missing.", up)
    yield gauge("database_current", "1 when its tables are those of this version.", state.current)
    yield from found
