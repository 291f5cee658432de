"""Synthetic people for the tests: each is a buzz of one pitch, told apart by a back end that looks at pitch alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from transcription.diarization.backend import Sound
from transcription.diarization.spectra import Floats
from transcription.speech import RATE, Span, SpokenChannel

PITCHES = (110.0, 220.0)


class PitchBackend:
    """The strongest frequency and a little disorder, the same for the same window."""

    name = "pitch"
    alone = 0.9

    def describe(self, sounds: Sequence[Sound]) -> Floats:
        """Vectors `(windows, 2)`."""
        rows = [_row(sound.samples[first:last]) for sound in sounds for first, last in sound.windows]
        return np.array(rows, dtype=np.float32).reshape(-1, 2)


def _row(samples: np.ndarray) -> tuple[float, float]:
    strongest = np.argmax(np.abs(np.fft.rfft(samples, RATE))[50:]) + 50
    disorder = np.random.default_rng(int(np.abs(samples.astype(np.int64)).sum())).normal(0, 6, 2)
    return strongest + disorder[0], disorder[1]


def record(path: Path, parts: Sequence[tuple[int, float]], pause: float = 0.1) -> SpokenChannel:
    """People (their numbers) speaking for some seconds each, pauses between; all of it is one span."""
    pieces = [np.zeros(RATE // 10)]
    for who, seconds in parts:
        time = np.arange(round(seconds * RATE)) / RATE
        pieces += [6000 * np.sin(2 * np.pi * PITCHES[who] * time), np.zeros(round(pause * RATE))]
    samples = np.concatenate(pieces)
    samples += np.random.default_rng(0).normal(0, 20, samples.size)
    samples.astype("<i2").tofile(path)
    return SpokenChannel(path, (Span(0.0, samples.size / RATE),))
