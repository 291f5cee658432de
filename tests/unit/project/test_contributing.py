"""The guide for newcomers names only places that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_place_the_guide_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = set(re.findall(r"`((?:[a-z_.]+/)+[\w.]*|[a-z]+/[\w/]+\.py)`", text))
    assert len(places) > 20
    assert sorted(place for place in places if not (ROOT / place).exists()) == []
