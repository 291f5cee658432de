"""Two people's channels as one, over the kinds of line a recording in mono comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

LINES: Final = ("equal", "unequal", "noisy", "mu-law")

UNEQUAL_DB: Final = 12.0
"""How much quieter the second channel is on the unequal line."""

NOISE_DB: Final = 18.0
"""Level of the speech above the noise of the noisy line."""

_SPEECH: Final = 300  # int16 steps: quieter samples are not counted as speech when its level is measured


def over_line(channels: Sequence[NDArray[np.int16]], line: str) -> NDArray[np.int16]:
    """The channels' sum as one kind of line carries it; one channel alone is returned as it is."""
    if len(channels) == 1:
        return channels[0].astype("<i2")
    length = max(channel.size for channel in channels)
    parts = [np.pad(channel.astype(np.float64), (0, length - channel.size)) for channel in channels]
    if line == "unequal":
        parts[1:] = [part * 10 ** (-UNEQUAL_DB / 20) for part in parts[1:]]
    total = np.sum(parts, axis=0) / np.sqrt(len(parts))
    if line == "noisy":
        total += _noise(total)
    if line == "mu-law":
        total = _mu_law(total)
    return np.clip(np.rint(total), -32768, 32767).astype("<i2")


def _noise(speech: NDArray[np.float64]) -> NDArray[np.float64]:
    noise = np.convolve(np.random.default_rng(0).normal(0, 1, speech.size), (0.5, 0.3, 0.2), "same")
    loud = speech[np.abs(speech) > _SPEECH]
    level = np.sqrt(np.mean(loud**2)) if loud.size else 1.0
    scaled: NDArray[np.float64] = noise / noise.std() * level * 10 ** (-NOISE_DB / 20)
    return scaled


def _mu_law(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Through G.711: 8 kHz and 8 bits of mu-law (the formula of ITU-T G.711 with mu = 255), and back."""
    from scipy.signal import resample_poly

    narrow = np.clip(resample_poly(samples, 1, 2) / 32768, -1, 1)
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    decoded = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    wide: NDArray[np.float64] = resample_poly(decoded, 2, 1)[: samples.size] * 32768
    return wide
