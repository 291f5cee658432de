"""Sounds made on the spot, and a tiny Whisper model built once per run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.transcription.tiny_whisper import build_tiny_whisper
from transcription.speech import RATE, Span, SpokenChannel


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Whisper model of random numbers."""
    return build_tiny_whisper(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def noisy_channels(tmp_path: Path) -> tuple[SpokenChannel, ...]:
    """Two channels of noise that claim to hold speech: 70 s in one, 6 s in the other."""
    rng = np.random.default_rng(3)
    channels = []
    for number, spans in enumerate(([(1, 19), (20, 38), (40, 58), (60, 76)], [(18, 20), (77, 81)])):
        path = tmp_path / f"noise{number}.raw"
        rng.integers(-8000, 8000, 82 * RATE).astype("<i2").tofile(path)
        channels.append(SpokenChannel(path, tuple(Span(float(a), float(b)) for a, b in spans)))
    return tuple(channels)
