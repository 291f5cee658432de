"""Windows of speech for Whisper: spans of one channel packed up to 30 s, and the way back to the call's own times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.coming import ComingSpeech
from transcription.speech import RATE, Span, SpokenChannel

WINDOW_SECONDS: Final = 30.0
"""What Whisper's encoder takes in at once; a shorter window is padded with silence and costs the same."""

WINDOW_SAMPLES: Final = int(WINDOW_SECONDS * RATE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of speech and where it lies in its window, in seconds from the window's beginning."""

    span: Span
    at: float


@dataclass(frozen=True, slots=True)
class Window:
    """Spans of one channel, never longer than 30 s: one after another, or with the pauses between them left in."""

    channel: int
    pieces: tuple[Piece, ...]

    @property
    def length(self) -> float:
        """Seconds to the end of the last span."""
        return self.pieces[-1].at + self.pieces[-1].span.length

    def samples(self, channel: SpokenChannel) -> NDArray[np.float32]:
        """The window's sound, (samples,) float32 in -1..1, read span by span from the channel's file."""
        sound = np.zeros(WINDOW_SAMPLES, dtype=np.float32)
        for piece in self.pieces:
            first = round(piece.at * RATE)
            read = channel.samples(piece.span)[: WINDOW_SAMPLES - first]
            sound[first : first + read.size] = read.astype(np.float32) / 32768
        return sound[: max(1, round(self.length * RATE))]

    def place(self, start: float, end: float) -> tuple[int, float, float]:
        """(piece, start, end): which piece a word belongs to by its middle, and its times in the call.

        Times stay inside the piece's span: alignment is loose at the seams.
        """
        middle = (start + end) / 2
        number = max((n for n, piece in enumerate(self.pieces) if piece.at <= middle), default=0)
        piece = self.pieces[number]
        begins, ends = (
            min(max(piece.span.start + time - piece.at, piece.span.start), piece.span.end) for time in (start, end)
        )
        return number, begins, max(begins, ends)


def fill_windows(channels: Sequence[SpokenChannel]) -> tuple[Window, ...]:
    """Every span of every channel in windows, in time order within a channel. Longer spans are cut into even parts."""
    windows: list[Window] = []
    for number, channel in enumerate(channels):
        filler = _Filler(number)
        for span in channel.spans:
            windows += filler.add(span)
        windows += filler.end()
    return tuple(windows)


def coming_windows(coming: ComingSpeech) -> Iterator[Window]:
    """The same windows, each as soon as it is full, in time order within a channel. Raises what listening raised."""
    fillers = [_Filler(number) for number in range(len(coming.paths))]
    for number, span in coming:
        yield from fillers[number].end() if span is None else fillers[number].add(span)


class _Filler:
    """The window of one channel that is being filled."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._pieces: list[Piece] = []
        self._filled = 0.0

    def add(self, span: Span) -> list[Window]:
        """Windows that are full because of this span."""
        full: list[Window] = []
        for part in _parts(span):
            if self._pieces and self._filled + part.length > WINDOW_SECONDS:
                full += self.end()
            self._pieces.append(Piece(part, self._filled))
            self._filled += part.length
        return full

    def end(self) -> list[Window]:
        """What is left, as a window."""
        left = [Window(self._channel, tuple(self._pieces))] if self._pieces else []
        self._pieces, self._filled = [], 0.0
        return left


def with_pauses(window: Window) -> tuple[Window, ...]:
    """The window's spans as they were spoken, with the (silenced) pauses between them, in as many windows as it takes.

    Hearing a window this way too is another look at the same words: their places and neighbours are others.
    """
    windows: list[Window] = []
    pieces: list[Piece] = []
    for span in (piece.span for piece in window.pieces):
        if pieces and span.end - pieces[0].span.start > WINDOW_SECONDS:
            windows.append(Window(window.channel, tuple(pieces)))
            pieces = []
        pieces.append(Piece(span, span.start - pieces[0].span.start if pieces else 0.0))
    return (*windows, Window(window.channel, tuple(pieces)))


def _parts(span: Span) -> list[Span]:
    if span.length <= 0:
        return []
    count = ceil(span.length / WINDOW_SECONDS)
    edges = [span.start + span.length * n / count for n in range(count)]
    return [Span(start, end) for start, end in zip(edges, [*edges[1:], span.end], strict=True)]
