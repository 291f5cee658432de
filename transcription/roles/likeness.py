"""Do two channels carry one sound over a stretch of time, and how much fainter is one of them?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.speech import RATE, Span, SpokenChannel

LAG: Final = 0.3
"""Seconds by which the copy may run before or after the original."""

LONGEST: Final = 4.0
"""Seconds compared of a longer stretch, from its middle: enough to tell, and the cost stays small."""

SHORTEST: Final = 0.08
"""Seconds under which nothing can be told."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SoundMatch:
    """`likeness` 0..1: the correlation at the best shift. `fainter`: decibels by which the first lies under the
    second there."""

    likeness: float
    fainter: float


def match_sounds(span: Span, mine: SpokenChannel, theirs: SpokenChannel, fainter: float) -> SoundMatch | None:
    """How well `mine` over the span matches `theirs` around it; None where there is too little sound to tell, or where
    `mine` is nowhere fainter by so many decibels.

    Normalised cross-correlation over shifts up to LAG seconds, by the fast Fourier transform.
    """
    if span.length > LONGEST:
        middle = (span.start + span.end) / 2
        span = Span(middle - LONGEST / 2, middle + LONGEST / 2)
    start = max(0.0, span.start - LAG)
    first = _centred(mine.samples(span))
    second = _centred(theirs.samples(Span(start, span.end + LAG)))
    count = len(first)
    if count < SHORTEST * RATE or len(second) < count:
        return None
    power = float(first @ first)
    summed = np.concatenate([[0.0], np.cumsum(second * second)])
    powers = np.maximum(summed[count:] - summed[:-count], 1.0)
    if power <= 0 or 10 * math.log10(float(powers.max()) / power) < fainter:
        return None
    size = 1 << (len(second) + count).bit_length()
    cross = np.fft.irfft(np.fft.rfft(second, size) * np.conj(np.fft.rfft(first, size)), size)[: len(second) - count + 1]
    alike = np.abs(cross) / np.sqrt(powers * power)
    best = int(np.argmax(np.where(powers >= power, alike, 0.0)))
    return SoundMatch(min(1.0, float(alike[best])), 10 * math.log10(float(powers[best]) / power))


def _centred(samples: NDArray[np.int16]) -> Samples:
    sound = samples.astype(np.float64)
    return sound - sound.mean() if len(sound) else sound
