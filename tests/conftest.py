"""What every test shares: the folder of outside data, named loudly when it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings and dialogues beside the checkout; the test is skipped by name without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"outside data is absent: {SHARED_DATA.name} beside the checkout was not found")
    return SHARED_DATA
