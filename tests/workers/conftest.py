"""Worker tests use a real Redis and a real SQLite file in a fresh folder, with leases of seconds instead of minutes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.db import open_database, open_url
from review.migrations.run import upgrade
from review.settings import Settings, read_settings
from review.storage import AudioStore
from tests.workers.installation import Installation
from workers.embedded_redis import RunningRedis, ensure_redis, stop_redis


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("worker-tables") / "migrated.sqlite"
    database = open_url(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated_file: Path) -> Settings:
    """Settings of an installation with all tables, a lease of 3 s and a sweep every 0.3 s."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(migrated_file, data / "callcoach.sqlite")
    return read_settings(
        {
            "CALLCOACH_DATA": str(data),
            "CALLCOACH_LEASE_SECONDS": "3",
            "CALLCOACH_RECONCILE_SECONDS": "0.3",
            "CALLCOACH_ENGINE": "sphinx",
        }
    )


@pytest.fixture
def server(settings: Settings) -> Iterator[RunningRedis]:
    """The installation's own Redis, ended with the test."""
    running = ensure_redis(settings, tied=True)
    yield running
    if running.process is not None:
        stop_redis(settings, running.process)


@pytest.fixture
def installation(settings: Settings, server: RunningRedis) -> Iterator[Installation]:
    """An installation with everything but processes."""
    made = Installation(settings, open_database(settings), AudioStore(settings.data, floor=0, reserve=0))
    yield made
    made.close()
