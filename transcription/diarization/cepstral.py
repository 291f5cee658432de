"""The fallback back end: cepstra and pitch statistics of a window, with no trained model at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.backend import Sound
from transcription.diarization.spectra import CEPSTRA, HOP, Floats, cepstra_of, loudness_of, pitches, power_mels

SPREADS: Final = (
    *(1.97, 1.77, 2.11, 1.50, 1.11, 0.97, 0.71, 0.75, 0.71, 0.53),
    *(0.46, 0.43, 0.40, 0.41, 0.37, 0.32, 0.31, 0.34, 0.34, 0.30),
)
"""Standard deviation of each coefficient's mean over windows of one voice (60 channels of one person)."""

PITCH_SPREAD: Final = 0.10
"""The same of the median pitch, in octaves."""

PITCH_WEIGHT: Final = 0.3
"""What the pitch counts beside all cepstra together: more confuses real voices, whose pitch moves (shares of windows
on the right person, forced in two, on synthetic and real pairs: 0.970 and 0.910 at 0, 0.984 and 0.887 at 0.3, 0.984
and 0.828 at 0.5; the encoder 0.993 and 0.993)."""

_SPEECH: Final = 25.0  # dB below a window's loudest frame


class CepstralBackend:
    """Describes windows by the mean of 20 cepstra and the median pitch over their speech frames."""

    name = "cepstra"
    alone = 0.6  # 51 of 81 of the same pairs.

    def describe(self, sounds: Sequence[Sound]) -> Floats:
        """Vectors `(windows, 21)`: one voice's windows lie about 1 from their mean."""
        rows = [row for sound in sounds for row in _rows(sound)]
        return np.stack(rows) if rows else np.zeros((0, CEPSTRA + 1), dtype=np.float32)


def _rows(sound: Sound) -> list[NDArray[np.float32]]:
    mels = power_mels(sound.samples)
    cepstra, loudness = cepstra_of(mels), loudness_of(mels)
    hertz, voicing = pitches(sound.samples)
    octaves = np.log2(hertz / 150)
    spreads = np.array(SPREADS) * np.sqrt(CEPSTRA)
    rows = []
    for first, last in sound.windows:
        within = slice(first // HOP, max(first // HOP + 1, last // HOP))
        speech = loudness[within] >= loudness[within].max() - _SPEECH
        mean = cepstra[within][speech].mean(axis=0) / spreads
        pitch = _middle(octaves[within][speech], voicing[within][speech]) / PITCH_SPREAD * PITCH_WEIGHT
        rows.append(np.append(mean, pitch).astype(np.float32))
    return rows


def _middle(values: Floats, weights: Floats) -> float:
    """The weighted median: clearly voiced frames decide, and a window without any still has a value."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order].astype(np.float64) ** 4 + 1e-9)
    return float(values[order[int(np.searchsorted(running, running[-1] / 2))]])
