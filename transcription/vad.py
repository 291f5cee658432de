"""Where somebody speaks: Silero's voice activity model (it comes with faster-whisper), run in blocks over a channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcription.errors import Cancelled
from transcription.speech import RATE, Span

WINDOW = 512
"""Samples per probability: 32 ms, what the model was trained on."""

_CONTEXT = 64
_BLOCK = 1_000  # windows per run of the model: 32 s, about 2 MB


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
    blocks = list(_probabilities(path, cancelled))
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


def length_of(path: Path) -> float:
    """Seconds in a raw int16 16 kHz file."""
    return path.stat().st_size / 2 / RATE


def strength_of(span: Span, probabilities: NDArray[np.float32], pad: float) -> float:
    """Mean probability 0..1 of a span without its pad: how sure it is that this is speech at all."""
    step = WINDOW / RATE
    first = round((span.start + pad) / step)
    last = max(first + 1, round((span.end - pad) / step))
    part = probabilities[first:last]
    return float(part.mean()) if part.size else 0.0


def spans_of(probabilities: NDArray[np.float32], length: float, options: VadOptions) -> tuple[Span, ...]:
    """Spans from speech probabilities, one per 32 ms; `length` in seconds bounds the last one."""
    step = WINDOW / RATE
    shortest, silence = options.shortest / step, options.silence / step
    found: list[tuple[int, int]] = []
    start: int | None = None
    quiet: int | None = None
    for n, probability in enumerate(probabilities):
        if start is None:
            if probability >= options.threshold:
                start = n
            continue
        if probability >= options.release:
            quiet = None if probability >= options.threshold else quiet
            continue
        quiet = n if quiet is None else quiet
        if n + 1 - quiet >= silence:
            if quiet - start >= shortest:
                found.append((start, quiet))
            start = quiet = None
    if start is not None:
        end = quiet if quiet is not None else len(probabilities)
        if end - start >= shortest:
            found.append((start, end))
    cut = [piece for first, last in found for piece in _cut(probabilities, first, last, round(options.longest / step))]
    return _pad([(first * step, min(last * step, length)) for first, last in cut], options.pad, length)


def _probabilities(path: Path, cancelled: Callable[[], bool] | None) -> Iterator[NDArray[np.float32]]:
    session = _session()
    state = {"h": np.zeros((1, 1, 128), dtype=np.float32), "c": np.zeros((1, 1, 128), dtype=np.float32)}
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
            output, state["h"], state["c"] = session.run(None, {"input": np.hstack((contexts, windows)), **state})
            yield np.asarray(output, dtype=np.float32).reshape(-1)


def _session() -> Any:
    from faster_whisper.vad import get_vad_model

    return get_vad_model().session


def _cut(probabilities: NDArray[np.float32], first: int, last: int, longest: int) -> Iterator[tuple[int, int]]:
    """A long span in pieces, each cut at the least likely speech in its second half."""
    while last - first > longest:
        half = first + longest // 2
        at = half + int(np.argmin(probabilities[half : first + longest]))
        yield first, at
        first = at
    yield first, last


def _pad(spans: list[tuple[float, float]], pad: float, length: float) -> tuple[Span, ...]:
    """Spans widened by `pad`, sharing the silence between neighbours that are closer than twice that."""
    padded = []
    for n, (start, end) in enumerate(spans):
        before = (start - spans[n - 1][1]) / 2 if n else start
        after = (spans[n + 1][0] - end) / 2 if n + 1 < len(spans) else length - end
        padded.append(Span(start - min(pad, max(0.0, before)), end + min(pad, max(0.0, after))))
    return tuple(padded)
