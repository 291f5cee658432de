"""How much of the sound's width a call really has: below which frequency nearly all of the speech energy lies."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.fft import rfft, rfftfreq
from numpy.typing import NDArray

from transcription.speech import RATE

_FRAME: Final = 512
"""Samples per spectrum: 32 ms."""

_STEP_DB: Final = 2
_LEVELS: Final = 48
"""Classes of loudness, 2 dB each, from -96 dBFS to 0: spectra are summed by class, so memory is constant."""

_CLASSES: Final = np.arange(_LEVELS)[:, None]

_SHARE: Final = 0.99
"""Nearly all: this share of the energy after a rise of 6 dB per octave, which evens out the fall of speech (about as
steep above 500 Hz), so that the soft high sounds that carry s, f and t count as much as vowels."""

_SPEECH_DB: Final = 25
"""Frames up to so far under the loudest twentieth are speech."""

_NOISE_DB: Final = 20
"""The quietest tenth of frames is the line's noise when it lies so far under speech; it is taken off."""

TELEPHONE: Final = 4_000.0
"""Hz a call sampled at 8 kHz can hold."""

_MIRRORED: Final = 4_600.0
"""Usual converters to a higher rate leave a mirror image of the highest tones just above 4 kHz: an edge up to here is
an 8 kHz call's."""

_SMOOTH: Final = 8
"""Bins averaged (250 Hz) before noise is compared with speech."""


class BandMeter:
    """Long-term spectra of one channel's int16 samples at 16 kHz, by loudness."""

    def __init__(self) -> None:
        self._window = np.hanning(_FRAME).astype(np.float32)
        self._rest: NDArray[np.int16] = np.zeros(0, dtype=np.int16)
        self._counts = np.zeros(_LEVELS, dtype=np.int64)
        self._power = np.zeros((_LEVELS, _FRAME // 2 + 1))

    def add(self, samples: NDArray[np.int16]) -> None:
        """Take the next samples."""
        joined = np.concatenate((self._rest, samples)) if self._rest.size else samples
        whole = joined.size // _FRAME
        self._rest = joined[whole * _FRAME :].copy()
        frames = joined[: whole * _FRAME].reshape(whole, _FRAME).astype(np.float32)
        frames *= np.float32(1 / 32768)
        energy = np.einsum("ij,ij->i", frames, frames).astype(np.float64) / _FRAME
        heard = energy > 10 ** (-_LEVELS * _STEP_DB / 10)
        if not heard.any():
            return
        spectra = rfft(frames[heard] * self._window, axis=1)
        power = spectra.real**2 + spectra.imag**2
        level = np.minimum(_LEVELS - 1, (10 * np.log10(energy[heard]) / _STEP_DB + _LEVELS).astype(np.int64))
        self._counts += np.bincount(level, minlength=_LEVELS)
        self._power += (level == _CLASSES).astype(np.float32) @ power

    def bandwidth(self, rate: int) -> float | None:
        """Hz, at most half of the recording's own `rate`; None when there was nothing but silence."""
        total = int(self._counts.sum())
        if not total:
            return None
        reached = np.cumsum(self._counts)
        loud = int(np.searchsorted(reached, 0.95 * total))
        first = max(0, loud - _SPEECH_DB // _STEP_DB)
        speech = _smooth(self._power[first:].sum(axis=0) / self._counts[first:].sum())
        quiet = int(np.searchsorted(reached, 0.10 * total))
        if loud - quiet >= _NOISE_DB // _STEP_DB:
            noise = _smooth(self._power[: quiet + 1].sum(axis=0) / reached[quiet])
            speech = np.where(speech > 3 * noise, speech - noise, 0.0)
        frequencies = rfftfreq(_FRAME, 1 / RATE)
        raised = np.cumsum(speech * frequencies**2)
        if raised[-1] <= 0:
            return None
        width = float(frequencies[int(np.searchsorted(raised, _SHARE * raised[-1]))])
        return min(TELEPHONE if TELEPHONE < width <= _MIRRORED else width, rate / 2)


def _smooth(power: NDArray[np.float64]) -> NDArray[np.float64]:
    averaged = np.convolve(power, np.ones(_SMOOTH) / _SMOOTH, mode="same")
    averaged[0] = 0.0  # no sound, only the offset of a bad converter
    return averaged
