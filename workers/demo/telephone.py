"""A telephone line: speech narrowed to the telephone band at 8 kHz, line noise, and both people placed in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.demo.script import Line, Script
from workers.demo.voices import VOICES, Samples, speak

RATE: Final = 8000  # Hz
SPEECH_DBFS: Final = -20.0  # level of a turn
NOISE_DBFS: Final = -58.0  # hiss of the line; digital silence would give the recording away as made up
LEAD: Final = 0.6  # seconds of line before the first word and after the last


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of the script with its place in the call, in seconds."""

    line: Line
    start: float
    end: float


def record(script: Script) -> tuple[NDArray[np.int16], tuple[Placed, ...]]:
    """The call as `(2, samples)` int16 at 8 kHz, channel 0 the rep, and where each line ended up."""
    spoken = [_say(line, script) for line in script.lines]
    placed = _place(script.lines, [len(samples) / RATE for samples in spoken])
    channels = _line_noise(script.seed, round((max(item.end for item in placed) + LEAD) * RATE))
    for item, samples in zip(placed, spoken, strict=True):
        first = round(item.start * RATE)
        channels[0 if item.line.role == "rep" else 1, first : first + len(samples)] += samples
    return (np.clip(channels, -1, 1) * 32767).round().astype(np.int16), placed


def narrow(samples: Samples, rate: float) -> Samples:
    """Speech at `rate` Hz as a telephone passes it: 8 kHz, soft below 250 Hz, a little brighter with frequency.

    The shape leans on a handset's sending response (ITU-T P.48: rising from 300 to 3000 Hz); it was settled by what
    the recogniser understands, where a hard edge at 300 Hz costs every tenth word.
    """
    count = len(samples)
    spectrum = np.fft.rfft(samples)
    frequency = np.fft.rfftfreq(count, 1 / rate)
    gain = frequency / np.sqrt(frequency**2 + 250.0**2)
    gain *= (1 + (frequency / 1000) ** 2) ** 0.2
    gain *= np.clip((3950 - frequency) / 200, 0, 1)
    target = round(count * RATE / rate)
    kept = (spectrum * gain)[: target // 2 + 1]
    narrowed = np.zeros(target // 2 + 1, dtype=complex)
    narrowed[: len(kept)] = kept
    result: Samples = np.fft.irfft(narrowed, target) * (target / count)
    return result


def _say(line: Line, script: Script) -> Samples:
    samples = narrow(*speak(line.text, VOICES[script.rep_voice if line.role == "rep" else script.client_voice]))
    level = np.sqrt(np.mean(samples**2))
    samples = samples * (10 ** (SPEECH_DBFS / 20) / max(level, 1e-6))
    result: Samples = samples * min(1.0, 0.9 / float(np.abs(samples).max(initial=1e-6)))
    return result


def _place(lines: Sequence[Line], lengths: Sequence[float]) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    at = LEAD
    for line, length in zip(lines, lengths, strict=True):
        start = max(0.0, at - line.overlap) if line.overlap else at + (line.pause if placed else 0.0)
        placed.append(Placed(line, start, start + length))
        at = start + length
    return tuple(placed)


def _line_noise(seed: int, count: int) -> Samples:
    noise = np.random.default_rng(seed).normal(0, 1, (2, count))
    return np.stack([narrow(channel, RATE) for channel in noise]) * 10 ** (NOISE_DBFS / 20)
