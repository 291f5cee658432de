"""Mel power, cepstra and pitch against their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from transcription.diarization.spectra import CEPSTRA, FRAME, HOP, MELS, cepstra_of, loudness_of, pitches, power_mels
from transcription.speech import RATE


def tone(hertz: tuple[float, ...], seconds: float = 0.5) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (800 * sum(np.cos(2 * np.pi * f * time) for f in hertz)).astype(np.int16)


def test_frames_lie_ten_milliseconds_apart_and_centred() -> None:
    assert power_mels(np.zeros(RATE, dtype=np.int16)).shape == (RATE // HOP + 1, MELS)
    click = np.zeros(RATE, dtype=np.int16)
    click[50 * HOP] = 30_000
    assert int(np.argmax(power_mels(click).sum(axis=1))) == 50


def test_mel_power_is_the_windowed_spectrum_under_slaneys_triangles() -> None:
    """One frame by hand: 25 ms, periodic Hann, discrete Fourier sum, triangles of area one (in Hz)."""
    samples = np.random.default_rng(0).integers(-8000, 8000, RATE // 4).astype(np.int16)
    n = 10
    part = samples[n * HOP - FRAME // 2 : n * HOP + FRAME // 2] / 32768
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    spectrum = [
        abs(np.sum(part * window * np.exp(-2j * np.pi * k * np.arange(FRAME) / FRAME))) ** 2 for k in range(201)
    ]
    # Slaney: 200/3 Hz a mel to 1000 Hz (15 mels), then 27 mels for a factor of 6.4.
    top = 15 + 27 * np.log(8) / np.log(6.4)
    edges = [m * 200 / 3 if m < 15 else 1000 * 6.4 ** ((m - 15) / 27) for m in np.linspace(0, top, MELS + 2)]
    for band in (0, 7, 20, 39):
        low, middle, high = edges[band : band + 3]
        expected = sum(
            power * 2 / (high - low) * max(0.0, min((k * 40 - low) / (middle - low), (high - k * 40) / (high - middle)))
            for k, power in enumerate(spectrum)
        )
        assert power_mels(samples)[n, band] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("hertz", [85.0, 120.0, 210.0, 300.0])
def test_pitch_is_found_where_the_line_has_cut_the_fundamental_away(hertz: float) -> None:
    harmonics = tuple(hertz * n for n in range(1, 30) if 300 < hertz * n < 3400)
    found, voicing = pitches(tone(harmonics))
    middle = slice(10, -10)
    assert np.median(found[middle]) == pytest.approx(hertz, rel=0.03)
    assert np.median(voicing[middle]) > 0.6


def test_noise_and_silence_are_not_voiced() -> None:
    noise = np.random.default_rng(0).normal(0, 2000, RATE // 2).astype(np.int16)
    assert np.median(pitches(noise)[1]) < 0.5
    assert pitches(np.zeros(RATE // 4, dtype=np.int16))[1].max() == 0


def test_cepstra_forget_loudness() -> None:
    samples = np.random.default_rng(0).normal(0, 4000, RATE // 2).astype(np.int16)
    loud, quiet = power_mels(samples), power_mels((samples // 4).astype(np.int16))
    assert cepstra_of(loud).shape == (len(loud), CEPSTRA)
    assert np.abs(cepstra_of(loud) - cepstra_of(quiet)).mean() < 0.05
    assert np.median(loudness_of(loud) - loudness_of(quiet)) == pytest.approx(12.04, abs=0.1)
