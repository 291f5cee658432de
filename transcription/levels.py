"""How loud a channel is: peak, mean level, clipping, noise floor, and whether anything at all is on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME = 480
"""Samples per level frame: 30 ms at 16 kHz."""

CLIPPED = 32_440
"""Absolute sample value counted as clipped: 99 % of full scale, since resampling rounds clipped tops off."""

COURSE_FRAMES = 32
"""Frames per step of a channel's course: about a second."""

NOISE_SHARE = 0.10
"""The noise floor is the level that a tenth of the frames stay under."""

LOUD_SHARE = 0.01
"""A channel is as loud as the level that a hundredth of its frames exceed, so that one click does not count."""

SILENT_DBFS = -60.0
"""A channel that is nowhere louder holds at most the line's noise: nobody speaks on it."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels in dBFS (None for digital silence); `clipping`: share 0..1 of clipped samples; `silent`: only noise."""

    peak_dbfs: float | None
    rms_dbfs: float | None
    clipping: float
    noise_floor_dbfs: float | None
    silent: bool = False


class LevelMeter:
    """Measures int16 samples as they stream past; memory does not grow with length."""

    def __init__(self) -> None:
        self._samples = 0
        self._peak = 0
        self._energy = 0.0
        self._clipped = 0
        self._rest: NDArray[np.int16] = np.zeros(0, dtype=np.int16)
        self._frames = np.zeros(121, dtype=np.int64)  # frames per whole dB from -120 to 0
        self._step: NDArray[np.float64] = np.zeros(0)
        self._course: list[float] = []

    def add(self, samples: NDArray[np.int16]) -> None:
        """Take the next samples."""
        if not samples.size:
            return
        self._samples += samples.size
        peak = max(int(samples.max()), -int(samples.min()))
        self._peak = max(self._peak, peak)
        if peak >= CLIPPED:
            self._clipped += int(np.count_nonzero(np.abs(samples.astype(np.int32)) >= CLIPPED))
        joined = np.concatenate((self._rest, samples)) if self._rest.size else samples
        whole = joined.size // FRAME
        frames = joined[: whole * FRAME].reshape(whole, FRAME).astype(np.float64)
        self._rest = joined[whole * FRAME :].copy()
        energy = np.einsum("ij,ij->i", frames, frames)
        self._energy += float(energy.sum())
        step = np.concatenate((self._step, energy))
        steps = step.size // COURSE_FRAMES
        self._course += step[: steps * COURSE_FRAMES].reshape(steps, COURSE_FRAMES).sum(axis=1).tolist()
        self._step = step[steps * COURSE_FRAMES :]
        power = energy / (FRAME * 32768.0**2)
        power = power[power > 0]
        decibels = np.clip(np.floor(10 * np.log10(power)) + 120, 0, 120).astype(np.int64)
        self._frames += np.bincount(decibels, minlength=121)

    def levels(self) -> Levels:
        """The levels of everything taken so far."""
        if not self._samples or not self._peak:
            return Levels(None, None, 0.0, None, silent=True)
        rest = self._rest.astype(np.float64)
        energy = self._energy + float(rest @ rest)
        return Levels(
            peak_dbfs=20 * math.log10(self._peak / 32768.0),
            rms_dbfs=10 * math.log10(energy / self._samples / 32768.0**2),
            clipping=self._clipped / self._samples,
            noise_floor_dbfs=self._level_of(NOISE_SHARE),
            silent=(self._level_of(1 - LOUD_SHARE) or 0.0) < SILENT_DBFS,
        )

    def course(self) -> list[float]:
        """How the energy goes: its sum over every COURSE_FRAMES frames, to four digits."""
        return [float(f"{energy:.4g}") for energy in (*self._course, float(self._step.sum()))]

    def _level_of(self, share: float) -> float | None:
        """The level in whole dBFS that `share` of the frames stay under."""
        total = int(self._frames.sum())
        if not total:
            return None
        at = int(np.searchsorted(np.cumsum(self._frames), max(1, share * total)))
        return float(at - 120)
