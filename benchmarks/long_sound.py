"""A long call made quickly, and an engine that counts: what `benchmarks.long_call` and its test send through."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.corpus.voices import voice
from transcription.engines.protocol import Accuracy, Cancelled, Progress
from transcription.engines.whisper_windows import fill_windows
from transcription.errors import Cancelled as CancelledError
from transcription.speech import Recognition, Span, SpokenChannel, Utterance
from transcription.transcript import Word

RATE: Final = 8_000
_PIECE: Final = 60.0
_TURN: Final = 6.0
_PACE: Final = 2.5
"""Words a second of speech: 150 a minute, as people talk."""

_SAID: Final = ("so", "we", "would", "need", "the", "offer", "by", "friday", "and", "then", "I", "talk", "to", "it")


def write_call(path: Path, seconds: float, channels: int) -> None:
    """A 16-bit WAV at 8 kHz: two people who take turns of six seconds, each on a channel or both on one.

    Ten minutes are made and repeated, each time with other levels, so that hours are written in seconds.
    """
    minutes = [
        np.vstack([voice(_PIECE, rate=RATE, pitch=pitch, seed=2 * n + side) for side, pitch in enumerate((110, 205))])
        for n in range(10)
    ]
    turns = (np.arange(round(_PIECE * RATE)) // round(_TURN * RATE)) % 2
    who = np.vstack((turns == 0, turns == 1))
    random = np.random.default_rng(1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        left = round(seconds * RATE)
        number = 0
        while left > 0:
            sound: NDArray[np.float64] = minutes[number % len(minutes)] * who * random.uniform(0.6, 1.0, (2, 1))
            sound = sound.sum(axis=0, keepdims=True) if channels == 1 else sound
            sound = sound + random.normal(0, 6, sound.shape)
            part = sound[:, :left].astype("<i2")
            file.writeframes(np.ascontiguousarray(part.T).tobytes())
            left -= part.shape[1]
            number += 1


class CountingEngine:
    """Reads every window of speech into memory as Whisper does and says a capped number of words for it."""

    name = "counting"
    model = "counting 1"
    draft = True

    def __init__(self) -> None:
        self.windows = 0

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        hotwords: Sequence[str] = (),
        accuracy: Accuracy = "normal",
    ) -> Recognition:
        """Words at an even pace in every span. Raises Cancelled."""
        for window in fill_windows(channels):
            if cancelled is not None and cancelled():
                raise CancelledError
            window.samples(channels[window.channel])
            self.windows += 1
        said = tuple(
            tuple(Utterance(span, tuple(_words(span)), {"avg_logprob": -0.3}) for span in channel.spans)
            for channel in channels
        )
        if on_progress is not None:
            on_progress(1.0)
        return Recognition(said, language)


def _words(span: Span) -> list[Word]:
    count = max(1, int(span.length * _PACE))
    first = int(span.start * 10)
    step = span.length / count
    return [
        Word(_SAID[(first + n) % len(_SAID)], span.start + n * step, span.start + (n + 0.8) * step, 0.9)
        for n in range(count)
    ]
