"""What every test shares: the folder of outside data, named loudly when it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples each time, so that a change is judged by what it changed. `--hypothesis-profile=explore` looks on.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", max_examples=1000)
settings.load_profile("repeatable")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings and dialogues beside the checkout; the test is skipped by name without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"outside data is absent: {SHARED_DATA.name} beside the checkout was not found")
    return SHARED_DATA
