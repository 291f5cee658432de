"""What speech looks like in numbers: mel spectra, cepstra and pitch of short frames, in plain numpy."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.speech import RATE

Floats = NDArray[np.float32]

HOP: Final = 160
"""Samples between frames: 10 ms."""

FRAME: Final = 400
"""Samples in a frame: 25 ms."""

FRAMES_PER_SECOND: Final = RATE // HOP
MELS: Final = 40
CEPSTRA: Final = 20

_PITCH_FRAME: Final = 640  # 40 ms hold two periods of the deepest voice
_LOWEST_HZ: Final = 60.0
_HIGHEST_HZ: Final = 400.0


def power_mels(samples: NDArray[np.int16]) -> Floats:
    """Mel power `(frames, 40)` of int16 samples scaled to -1..1; frame n is centred on sample 160 n.

    As librosa 0.10's `melspectrogram(sr=16000, n_fft=400, hop_length=160, n_mels=40)`, which the speaker encoder was
    trained on: periodic Hann window, zeros beyond both ends, Slaney's mel scale and normalisation, power, no logarithm.
    """
    signal = np.pad(samples.astype(np.float32) / np.float32(32768), FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(signal, FRAME)[::HOP]
    spectrum = np.fft.rfft(frames * _window(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    mels: Floats = power @ _filters().T
    return mels


def cepstra_of(mels: Floats) -> Floats:
    """Cepstral coefficients 1..20 `(frames, 20)` of mel power; coefficient 0, the loudness, is left out."""
    logarithm = np.log(mels + np.float32(1e-9))
    cepstra: Floats = logarithm @ _cosines()
    return cepstra


def loudness_of(mels: Floats) -> Floats:
    """Level of each frame in dB (relative), for finding quiet places."""
    level: Floats = 10 * np.log10(mels.sum(axis=1) + np.float32(1e-9))
    return level


def pitches(samples: NDArray[np.int16]) -> tuple[Floats, Floats]:
    """Pitch in Hz and voicing 0..1 of every 10 ms frame: the highest peak of the normalised autocorrelation.

    The peak is taken between 60 and 400 Hz of lag, after Boersma (1993): the autocorrelation is divided by the
    window's own. Telephone lines cut the fundamental away, the autocorrelation finds it from the harmonics.
    """
    signal = np.pad(samples.astype(np.float32), _PITCH_FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(signal, _PITCH_FRAME)[::HOP]
    window = np.hanning(_PITCH_FRAME).astype(np.float32)
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    size = 2 * _PITCH_FRAME
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)[: _PITCH_FRAME // 2]
    power = np.abs(np.fft.rfft(frames, size, axis=1)) ** 2
    correlation = np.fft.irfft(power, axis=1)[:, : _PITCH_FRAME // 2]
    energy = correlation[:, :1]
    correlation = correlation / np.maximum(energy, 1.0) / (own / own[0])
    first, last = int(RATE / _HIGHEST_HZ), int(RATE / _LOWEST_HZ)
    # A little in favour of short lags: at twice the period the peak is as high.
    weight = 1 - 0.1 * np.arange(first, last) / last
    at = np.argmax(correlation[:, first:last] * weight, axis=1)
    rows = np.arange(len(at))
    voicing = np.clip(correlation[rows, at + first], 0, 1).astype(np.float32)
    return (RATE / (at + first)).astype(np.float32), voicing


@lru_cache(maxsize=1)
def _window() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> Floats:
    """Slaney's triangles `(40, 201)`: linear to 1 kHz, logarithmic above, each of area one."""
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(RATE / 2), MELS + 2))
    bins = np.linspace(0, RATE / 2, FRAME // 2 + 1)
    ramps = edges[:, None] - bins[None, :]
    widths = np.diff(edges)
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    scaled: Floats = (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)
    return scaled


def _hz_to_mel(hertz: float) -> float:
    return hertz * 3 / 200 if hertz < 1000 else 15 + float(np.log(hertz / 1000)) / (float(np.log(6.4)) / 27)


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    hertz: NDArray[np.float64] = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * (np.log(6.4) / 27)))
    return hertz


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    band = (np.arange(MELS) + 0.5) / MELS
    matrix = np.cos(np.pi * np.outer(band, np.arange(1, CEPSTRA + 1))) * np.sqrt(2 / MELS)
    cosines: Floats = matrix.astype(np.float32)
    return cosines
