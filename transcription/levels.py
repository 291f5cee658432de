"""How loud a recording is: peak, mean level, clipping and noise floor of one channel, and likeness of two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME = 480
"""Samples per level frame: 30 ms at 16 kHz."""

CLIPPED = 32_440
"""Absolute sample value counted as clipped: 99 % of full scale, since resampling rounds clipped tops off."""

NOISE_SHARE = 0.10
"""The noise floor is the level that a tenth of the frames stay under."""

SAME = 0.995
"""Two channels whose correlation is at least this carry the same sound. A true stereo call lies under 0.5; echo of
one side in the other stays under 0.9."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels in dBFS (None for digital silence), `clipping` the share 0..1 of clipped samples."""

    peak_dbfs: float | None
    rms_dbfs: float | None
    clipping: float
    noise_floor_dbfs: float | None


class LevelMeter:
    """Measures int16 samples as they stream past; memory does not grow with length."""

    def __init__(self) -> None:
        self._samples = 0
        self._peak = 0
        self._energy = 0.0
        self._clipped = 0
        self._rest: NDArray[np.int16] = np.zeros(0, dtype=np.int16)
        self._frames = np.zeros(121, dtype=np.int64)  # frames per whole dB from -120 to 0

    def add(self, samples: NDArray[np.int16]) -> None:
        """Take the next samples."""
        if not samples.size:
            return
        wide = samples.astype(np.float64)
        size = np.abs(wide)
        self._samples += samples.size
        self._peak = max(self._peak, int(size.max()))
        self._energy += float(wide @ wide)
        self._clipped += int(np.count_nonzero(size >= CLIPPED))
        joined = np.concatenate((self._rest, samples))
        whole = joined.size // FRAME
        frames = joined[: whole * FRAME].reshape(whole, FRAME).astype(np.float64)
        self._rest = joined[whole * FRAME :].copy()
        power = np.mean(frames * frames, axis=1) / 32768.0**2
        power = power[power > 0]
        decibels = np.clip(np.floor(10 * np.log10(power)) + 120, 0, 120).astype(np.int64)
        self._frames += np.bincount(decibels, minlength=121)

    def levels(self) -> Levels:
        """The levels of everything taken so far."""
        if not self._samples or not self._peak:
            return Levels(None, None, 0.0, None)
        return Levels(
            peak_dbfs=20 * math.log10(self._peak / 32768.0),
            rms_dbfs=10 * math.log10(self._energy / self._samples / 32768.0**2),
            clipping=self._clipped / self._samples,
            noise_floor_dbfs=self._noise_floor(),
        )

    def _noise_floor(self) -> float | None:
        total = int(self._frames.sum())
        if not total:
            return None
        at = int(np.searchsorted(np.cumsum(self._frames), max(1, NOISE_SHARE * total)))
        return float(at - 120)


class Likeness:
    """Correlation of two channels as they stream past."""

    def __init__(self) -> None:
        self._xy = self._xx = self._yy = 0.0

    def add(self, first: NDArray[np.int16], second: NDArray[np.int16]) -> None:
        """Take the next samples of both channels, equally many."""
        x, y = first.astype(np.float64), second.astype(np.float64)
        self._xy += float(x @ y)
        self._xx += float(x @ x)
        self._yy += float(y @ y)

    def correlation(self) -> float:
        """-1..1; 0 when one of them is silent."""
        return self._xy / math.sqrt(self._xx * self._yy) if self._xx and self._yy else 0.0
