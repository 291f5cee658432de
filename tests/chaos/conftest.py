"""The chaos test's installation: leases of a second and a half, a sweep four times a second, its own Redis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.db import open_database
from review.migrations.run import upgrade
from review.settings import read_settings
from review.storage import AudioStore
from tests.workers.installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation with all tables and no process."""
    settings = read_settings(
        {
            "CALLCOACH_DATA": str(tmp_path / "data"),
            "CALLCOACH_LEASE_SECONDS": "1.5",
            "CALLCOACH_RECONCILE_SECONDS": "0.25",
            "CALLCOACH_ENGINE": "sphinx",
        }
    )
    settings.data.mkdir()
    database = open_database(settings)
    upgrade(database)
    made = Installation(settings, database, AudioStore(settings.data, floor=0, reserve=0))
    yield made
    made.close()


@pytest.fixture
def calls() -> int:
    """How many calls go through the main run: 60, or CHAOS_CALLS (`make chaos`: 1,000)."""
    return int(os.environ.get("CHAOS_CALLS", "60"))
