"""Speech-like sound, made quickly: voiced syllables with formants, hisses and pauses, with no words in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))


def voice(seconds: float, *, rate: int = 16000, pitch: float = 120.0, seed: int = 0) -> NDArray[np.int16]:
    """(1, samples) int16: somebody talking about two thirds of the time, up to half of `rate` wide.

    Each syllable is a buzz of harmonics shaped by the three formants of a vowel (Peterson and Barney's averages),
    every third one begins with a hiss; after some syllables there is a pause.
    """
    random = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * rate))
    at = 0.0
    while at < seconds - 0.4:
        length = random.uniform(0.14, 0.28)
        vowel = _VOWELS[random.integers(len(_VOWELS))]
        syllable = _syllable(length, rate, pitch * random.uniform(0.85, 1.2), vowel)
        if random.random() < 0.33:
            count = round(0.07 * rate)
            hiss = np.diff(random.normal(0, 0.12, count + 1)) * np.hanning(count)
            syllable = np.concatenate((hiss, syllable))
        first = round(at * rate)
        part = syllable[: sound.size - first]
        sound[first : first + part.size] += part
        at += syllable.size / rate + (random.uniform(0.3, 0.9) if random.random() < 0.15 else 0.02)
    return np.clip(9000 * sound + random.normal(0, 4, sound.size), -32768, 32767).astype("<i2")[None, :]


def _syllable(length: float, rate: int, pitch: float, vowel: tuple[int, int, int]) -> NDArray[np.float64]:
    t = np.arange(round(length * rate)) / rate
    phase = 2 * np.pi * pitch * (t + 0.1 * t * t / length)
    harmonics = np.arange(1, int(min(rate / 2, 7600) / (1.25 * pitch)))
    frequency = harmonics * pitch
    gain = sum(
        1 / (1 + ((frequency - formant) / (60 + formant / 20)) ** 2) / (1 + n) for n, formant in enumerate(vowel)
    )
    gain = gain + 0.003
    return (np.sin(phase[:, None] * harmonics) @ gain) * np.hanning(t.size) / 2
