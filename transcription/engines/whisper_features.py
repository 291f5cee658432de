"""What Whisper's encoder is given: the logarithm of loudness in mel bands, 100 times a second.

The same figures as faster-whisper's (and OpenAI's) features; made a few seconds at a time, so that 30 s take 4 MB and
not 35 beside a window that another thread is writing down.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 250
"""Frames made at a time: 2.5 s."""

_QUIETEST: Final = 1e-10
_RANGE: Final = 8.0
"""Powers of ten under the loudest band that are still told apart."""


class MelFeatures:
    """Features of sound; `bands`, `rate`, `hop` and `width` (samples) are the model's own."""

    def __init__(self, bands: int = 80, rate: int = 16_000, hop: int = 160, width: int = 400) -> None:
        self._hop = hop
        self._width = width
        self._filters = mel_filters(bands, rate, width)
        self._window = np.hanning(width + 1)[:-1].astype(np.float32)

    def __call__(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """(samples,) float32 in -1..1 to (bands, samples / hop)."""
        half = self._width // 2
        around = np.pad(sound, half, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(around, self._width)[:: self._hop][:-1]
        loud = np.empty((self._filters.shape[0], len(frames)), dtype=np.float32)
        for first in range(0, len(frames), _BLOCK):
            waves = np.fft.rfft(frames[first : first + _BLOCK] * self._window, axis=-1).astype(np.complex64)
            loud[:, first : first + _BLOCK] = self._filters @ (np.abs(waves) ** 2).T
        np.log10(np.maximum(loud, _QUIETEST, out=loud), out=loud)
        np.maximum(loud, loud.max() - np.float32(_RANGE), out=loud)
        loud += 4.0
        loud /= 4.0
        return loud


def mel_filters(bands: int, rate: int, width: int) -> NDArray[np.float32]:
    """Slaney's triangles on the mel scale (linear up to 1 kHz, then logarithmic), (bands, width / 2 + 1)."""
    bins = np.fft.rfftfreq(width, 1 / rate)
    mels = np.linspace(0.0, 45.245640471924965, bands + 2)  # to 8 kHz, as the models were trained
    edges = mels * (200.0 / 3)
    above = mels >= 15.0  # 1 kHz
    edges[above] = 1000.0 * np.exp(np.log(6.4) / 27.0 * (mels[above] - 15.0))
    slopes = edges[:, None] - bins[None, :]
    gaps = np.diff(edges)[:, None]
    triangles = np.maximum(0.0, np.minimum(-slopes[:-2] / gaps[:-1], slopes[2:] / gaps[1:]))
    triangles *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return triangles.astype(np.float32)
