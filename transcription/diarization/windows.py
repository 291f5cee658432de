"""The windows a channel's voices are described by: where they lie, and their vectors, read span by span."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.backend import Sound, VoiceBackend
from transcription.diarization.spectra import Floats
from transcription.errors import Cancelled
from transcription.speech import RATE, Span, SpokenChannel

WINDOW: Final = 1.2
STEP: Final = 0.3
"""Seconds of a window and between windows."""

_AT_ONCE: Final = 64  # windows described together: 2 MB of spectra

Windows = tuple[tuple[int, int], ...]
"""(first, last) samples from the beginning of a span."""


def place_windows(span: Span) -> Windows:
    """Windows over a span in samples from its beginning, WINDOW long and STEP apart; a shorter span is one window."""
    length = round(span.length * RATE)
    window, step = round(WINDOW * RATE), round(STEP * RATE)
    if length <= window:
        return ((0, length),)
    starts = list(range(0, length - window, step))
    return tuple((start, start + window) for start in (*starts, length - window))


def window_seconds(windows: Sequence[Windows]) -> NDArray[np.float64]:
    """Each window's length in seconds, in order."""
    return np.array([(last - first) / RATE for places in windows for first, last in places], dtype=np.float64)


def describe_spans(
    channel: SpokenChannel,
    windows: Sequence[Windows],
    backend: VoiceBackend,
    cancelled: Callable[[], bool] | None = None,
) -> Floats:
    """The vectors of all windows of all the channel's spans, in order. Raises Cancelled.

    At most a few spans' sound is in memory at once; a vector takes 1 kB, 12 MB an hour of speech.
    """
    found: list[Floats] = []
    for group in _groups(channel.spans, windows):
        if cancelled is not None and cancelled():
            raise Cancelled
        found.append(backend.describe([_read(channel, span, places) for span, places in group]))
    return np.concatenate(found) if found else np.zeros((0, 1), dtype=np.float32)


def _groups(spans: Sequence[Span], windows: Sequence[Windows]) -> Iterator[list[tuple[Span, Windows]]]:
    """Spans in groups of about _AT_ONCE windows; a long span goes in several pieces."""
    group: list[tuple[Span, Windows]] = []
    count = 0
    for span, places in zip(spans, windows, strict=True):
        for first in range(0, len(places), _AT_ONCE):
            group.append((span, places[first : first + _AT_ONCE]))
            count += len(group[-1][1])
            if count >= _AT_ONCE:
                yield group
                group, count = [], 0
    if group:
        yield group


def _read(channel: SpokenChannel, span: Span, places: Windows) -> Sound:
    """The samples that the windows cover, and the windows within them."""
    first = places[0][0]
    samples = channel.samples(Span(span.start + first / RATE, span.start + places[-1][1] / RATE))
    return Sound(samples, tuple((a - first, b - first) for a, b in places))
