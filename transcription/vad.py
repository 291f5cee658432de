"""Where somebody speaks: Silero's voice activity network run over a channel in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcription.errors import Cancelled
from transcription.silero import new_state, voice_network
from transcription.speech import RATE, Span

WINDOW = 512
"""Samples per probability: 32 ms, what the model was trained on."""

STEP = WINDOW / RATE
"""Seconds per probability."""

_CONTEXT = 64
_BLOCK = 250  # windows per run of the model: 8 s, about half a megabyte


@dataclass(frozen=True, slots=True)
class VadOptions:
    """How probabilities become spans; seconds. Speech begins at `threshold` and ends under `release`.

    Thresholds are Silero's own defaults; the pad keeps soft first and last sounds, the silence joins the parts of a
    phrase, and a span longer than `longest` is cut where speech is least likely, so that engines keep small pieces.
    """

    threshold: float = 0.5
    release: float = 0.35
    shortest: float = 0.20
    silence: float = 0.35
    pad: float = 0.20
    longest: float = 20.0


def find_speech(
    path: Path, options: VadOptions | None = None, *, cancelled: Callable[[], bool] | None = None
) -> tuple[Span, ...]:
    """Spans of speech in a raw int16 16 kHz file, in order and apart. Raises Cancelled.

    Memory does not grow with length but for 4 bytes per 32 ms.
    """
    return spans_of(speech_probabilities(path, cancelled), length_of(path), options or VadOptions())


def speech_probabilities(path: Path, cancelled: Callable[[], bool] | None = None) -> NDArray[np.float32]:
    """How likely somebody speaks, one probability per 32 ms of a raw int16 16 kHz file. Raises Cancelled."""
    blocks = list(probability_blocks(path, cancelled))
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


def length_of(path: Path) -> float:
    """Seconds in a raw int16 16 kHz file."""
    return path.stat().st_size / 2 / RATE


def strength_of(span: Span, probabilities: NDArray[np.float32], pad: float) -> float:
    """Mean probability 0..1 of a span without its pad: how sure it is that this is speech at all."""
    first = round((span.start + pad) / STEP)
    last = max(first + 1, round((span.end - pad) / STEP))
    part = probabilities[first:last]
    return float(part.mean()) if part.size else 0.0


def spans_of(probabilities: NDArray[np.float32], length: float, options: VadOptions) -> tuple[Span, ...]:
    """Spans from speech probabilities, one per 32 ms; `length` in seconds bounds the last one."""
    finder = SpanFinder(options)
    return (*finder.add(probabilities), *finder.end(length))


class SpanFinder:
    """Spans while probabilities come, one per 32 ms: each is told as soon as nothing to come can change it."""

    def __init__(self, options: VadOptions) -> None:
        self._options = options
        self._shortest, self._silence = options.shortest / STEP, options.silence / STEP
        self._at = 0
        self._start: int | None = None
        self._quiet: int | None = None
        self._open: list[float] = []
        """Probabilities since `_start`."""

        self._waiting: list[tuple[float, float]] = []
        """Spans without their pads, in seconds; how wide the last one's may be is not known yet."""

        self._before: float | None = None

    def add(self, probabilities: NDArray[np.float32]) -> list[Span]:
        """The next probabilities; spans that are now certain."""
        for probability in probabilities.tolist():
            self._take(probability)
        return self._tell((self._at if self._start is None else self._start) * STEP)

    def end(self, length: float) -> list[Span]:
        """The spans that are left when the sound, so many seconds in all, is over."""
        if self._start is not None:
            self._close(self._quiet if self._quiet is not None else self._at)
        self._waiting = [(start, min(end, length)) for start, end in self._waiting]
        return self._tell(None, length)

    def _take(self, probability: float) -> None:
        n, options = self._at, self._options
        self._at += 1
        if self._start is None:
            if probability >= options.threshold:
                self._start, self._open = n, [probability]
            return
        self._open.append(probability)
        if probability >= options.release:
            self._quiet = None if probability >= options.threshold else self._quiet
            return
        self._quiet = n if self._quiet is None else self._quiet
        if n + 1 - self._quiet >= self._silence:
            self._close(self._quiet)

    def _close(self, last: int) -> None:
        first = self._start or 0
        if last - first >= self._shortest:
            spoken = np.array(self._open, dtype=np.float32)
            self._waiting += [
                ((first + begin) * STEP, (first + end) * STEP)
                for begin, end in _cut(spoken, 0, last - first, round(self._options.longest / STEP))
            ]
        self._start = self._quiet = None
        self._open = []

    def _tell(self, reached: float | None, length: float = 0.0) -> list[Span]:
        """Spans widened by the pad, sharing the silence between neighbours that are closer than twice that.

        No span to come starts before `reached`; with None there is none to come and the sound ends at `length`.
        """
        told: list[Span] = []
        pad = self._options.pad
        while self._waiting:
            start, end = self._waiting[0]
            if len(self._waiting) > 1:
                after = (self._waiting[1][0] - end) / 2
            elif reached is None:
                after = length - end
            elif reached - end >= 2 * pad:
                after = pad
            else:
                break
            before = start if self._before is None else (start - self._before) / 2
            told.append(Span(start - min(pad, max(0.0, before)), end + min(pad, max(0.0, after))))
            self._before = end
            del self._waiting[0]
        return told


def probability_blocks(path: Path, cancelled: Callable[[], bool] | None = None) -> Iterator[NDArray[np.float32]]:
    """The same, 8 s at a time."""
    network, state = voice_network(), new_state()
    before: NDArray[np.float32] = np.zeros(_CONTEXT, dtype=np.float32)
    with open(path, "rb") as file:
        while raw := file.read(_BLOCK * WINDOW * 2):
            if cancelled is not None and cancelled():
                raise Cancelled
            samples = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2").astype(np.float32) / np.float32(32768)
            samples = np.pad(samples, (0, -samples.size % WINDOW))
            windows = samples.reshape(-1, WINDOW)
            contexts = np.vstack((before, windows[:-1, -_CONTEXT:]))
            before = windows[-1, -_CONTEXT:]
            probabilities, state = network(np.hstack((contexts, windows)), state)
            yield probabilities


def _cut(probabilities: NDArray[np.float32], first: int, last: int, longest: int) -> Iterator[tuple[int, int]]:
    """A long span in pieces, each cut at the least likely speech in its second half."""
    while last - first > longest:
        half = first + longest // 2
        at = half + int(np.argmin(probabilities[half : first + longest]))
        yield first, at
        first = at
    yield first, last
