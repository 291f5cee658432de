"""Figures of sound that is not speech, every 32 ms: loudness, the strongest tones, onsets, and lasting partials.

Sound is read block by block and a frame of silence or speech costs nothing; kept are a few numbers a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.errors import Cancelled
from transcription.speech import RATE

HOP: Final = 512
"""Samples between frames; the same as a window of the voice activity model, so that the two line up."""

STEP: Final = HOP / RATE
"""Seconds between frames."""

SILENT_DBFS: Final = -60.0
"""Frames under this are taken as silence: quieter than any music or tone a caller would notice."""

WINDOW: Final = 64
"""Frames, about 2 s, over which partials must last to count (Seyerlehner et al. 2007 use 2.6 s)."""

_FRAME: Final = 2 * HOP
_BLOCK: Final = 15 * WINDOW
_FIRST, _LAST = 3, 256  # bins of 15.6 Hz: 47 to 4000 Hz
_SIDE: Final = 3
_LOCAL: Final = 21
_BANDS: Final = 12
_PEAKS: Final = 5

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frames:
    """One figure per frame; `partials` and `lasting` one per WINDOW frames."""

    heard: NDArray[np.bool_]
    """True where there is sound and nobody speaks."""

    level: Numbers
    """dBFS."""

    purity: Numbers
    """Share 0..1 of the sound in its two strongest tones."""

    tones: Numbers
    """(frames, 2) Hz of these tones, the lower first; 0 where there is only one."""

    onset: Numbers
    """How much louder the bands became since the frame before, in dB."""

    lasting: Numbers
    """How clearly partials keep their pitch through a window, 0..5: continuous frequency activation."""

    likeness: Numbers
    """Likeness 0..1 of a window's lasting partials to those of the window before."""


def measure_frames(path: Path, speech: NDArray[np.bool_], *, cancelled: Callable[[], bool] | None = None) -> Frames:
    """The figures of a raw int16 16 kHz file; `speech` is True for frames where somebody surely speaks.

    Raises Cancelled. Continuous frequency activation: Seyerlehner, Pohle, Schedl, Widmer, "Automatic music detection
    in television productions" (DAFx 2007).
    """
    parts: list[tuple[NDArray[np.float32], ...]] = []
    activation: NDArray[np.float32] | None = None
    bands: NDArray[np.float32] | None = None
    after_speech = False
    at = 0
    for frames in _blocks(path):
        if cancelled is not None and cancelled():
            raise Cancelled
        count = len(frames)
        said = np.zeros(count, dtype=bool)
        known = speech[at : at + count]
        said[: known.size] = known
        at += count
        level = 10 * np.log10(np.maximum(np.mean(frames * frames, axis=1), 1e-12))
        heard = (level > SILENT_DBFS) & ~said
        purity, tones = np.zeros(count, np.float32), np.zeros((count, 2), np.float32)
        power = np.zeros((count, _LAST - _FIRST), np.float32)
        if heard.any():
            power[heard] = _power(frames[heard])
            purity[heard], tones[heard] = _strongest(power[heard])
        loud = _band_levels(power)
        before = loud[:1] if bands is None else bands
        # Where looking begins (after speech, after silence) nothing set in.
        onset = np.maximum(0, np.diff(np.vstack((before, loud)), axis=0)).mean(axis=1) * heard
        onset *= ~np.concatenate(([after_speech], said[:-1]))
        bands, after_speech = loud[-1:], bool(said[-1])
        lasting, likeness, activation = _activation(power, heard, activation)
        parts.append((heard, level, purity, tones, onset, lasting, likeness))
    if not parts:
        none = np.zeros(0, np.float32)
        return Frames(none.astype(bool), none, none, none.reshape(0, 2), none, none, none)
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Frames(joined[0].astype(bool), *(column.astype(np.float32) for column in joined[1:]))


def _blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    """(frames, 1024) windows of the file, each half over the one before."""
    with open(path, "rb") as file:
        rest = np.zeros(0, dtype=np.float32)
        while raw := file.read(_BLOCK * HOP * 2):
            new = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2").astype(np.float32) / np.float32(32768)
            last = len(raw) < _BLOCK * HOP * 2
            sound = np.concatenate((rest, new))
            if last:
                sound = np.pad(sound, (0, -sound.size % HOP + HOP))
            count = sound.size // HOP - 1
            if not last:
                count = min(count, _BLOCK)
            if count > 0:
                yield np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::HOP][:count]
            rest = sound[count * HOP :].copy()


def _power(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    window = np.hanning(_FRAME).astype(np.float32)
    spectrum = np.fft.rfft(frames * window, axis=1)[:, _FIRST:_LAST]
    return np.asarray(spectrum.real**2 + spectrum.imag**2, dtype=np.float32)


def _strongest(power: NDArray[np.float32]) -> tuple[Numbers, Numbers]:
    """Share of the two strongest tones in each spectrum, and their frequencies in Hz."""
    left = np.pad(power, ((0, 0), (_SIDE, _SIDE)))
    total = np.maximum(power.sum(axis=1), 1e-20)
    rows = np.arange(len(power))
    energy, hertz = [], []
    for _ in range(2):
        peak = left.argmax(axis=1)
        peak = np.clip(peak, _SIDE, left.shape[1] - 1 - _SIDE)
        near = peak[:, None] + np.arange(-_SIDE, _SIDE + 1)
        part = left[rows[:, None], near]
        whole = np.maximum(part.sum(axis=1), 1e-20)
        energy.append(whole)
        hertz.append((part * (near + _FIRST - _SIDE)).sum(axis=1) / whole * RATE / _FRAME)
        left[rows[:, None], near] = 0
    share = (energy[0] + energy[1]) / total
    two = energy[1] > 0.04 * total
    low, high = np.minimum(hertz[0], hertz[1]), np.maximum(hertz[0], hertz[1])
    pair = np.stack((np.where(two, low, 0), np.where(two, high, hertz[0])), axis=1)
    return share.astype(np.float32), pair.astype(np.float32)


def _band_levels(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, bands) dB, bands of equal width on a logarithmic scale; silence is a floor, not minus infinity."""
    edges = np.unique(np.geomspace(1, power.shape[1], _BANDS + 1).astype(int)) - 1
    sums = np.add.reduceat(power, edges[:-1], axis=1)
    return np.asarray(10 * np.log10(sums + 1e-4), dtype=np.float32)


def _activation(
    power: NDArray[np.float32], heard: NDArray[np.bool_], before: NDArray[np.float32] | None
) -> tuple[Numbers, Numbers, NDArray[np.float32] | None]:
    """Lasting partials of each window, their likeness to the window before, and the last window's activation."""
    count = -(-len(power) // WINDOW)
    lasting, likeness = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for n in range(count):
        rows = slice(n * WINDOW, (n + 1) * WINDOW)
        if heard[rows].sum() < WINDOW // 2:
            before = None
            continue
        decibels = 10 * np.log10(power[rows][heard[rows]] + 1e-9)
        active = (decibels - _local_mean(decibels)) > 1.0
        share = active.mean(axis=0).astype(np.float32)
        peaks = share - _local_mean(share[None, :])[0]
        top = (peaks[1:-1] >= peaks[:-2]) & (peaks[1:-1] > peaks[2:])
        lasting[n] = np.sort(np.where(top, peaks[1:-1], 0))[-_PEAKS:].sum()
        if before is not None and peaks.std() > 0 and before.std() > 0:
            likeness[n] = max(0.0, float(np.corrcoef(peaks, before)[0, 1]))
        before = peaks
    return lasting, likeness, before


def _local_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean over _LOCAL neighbouring bins of each row."""
    half = _LOCAL // 2
    sums = np.cumsum(np.pad(values, ((0, 0), (half + 1, half)), mode="edge"), axis=1)
    return np.asarray((sums[:, _LOCAL:] - sums[:, :-_LOCAL]) / _LOCAL, dtype=np.float32)
