"""What passes between voice activity, engines and turns: a channel's audio with its spoken spans, and words heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from transcription.transcript import Word

RATE: Final = 16_000
"""Samples per second of every decoded channel."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in seconds from the call's beginning."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class SpokenChannel:
    """One channel's samples (raw int16 mono 16 kHz file) and where somebody speaks in it."""

    path: Path
    spans: tuple[Span, ...]

    def samples(self, span: Span) -> NDArray[np.int16]:
        """The int16 samples of a span, read from the file without loading the rest."""
        first = max(0, round(span.start * RATE))
        count = max(0, round(span.end * RATE) - first)
        return np.fromfile(self.path, dtype="<i2", count=count, offset=2 * first)

    @property
    def speech_seconds(self) -> float:
        """Seconds of speech in all spans."""
        return sum(span.length for span in self.spans)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What an engine heard in one span; words carry times from the call's beginning and confidence 0..1."""

    span: Span
    words: tuple[Word, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    """The engine's own figures about the whole utterance (for example no_speech_prob), when it has any."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Everything an engine heard: utterances per channel in time order, and the language it worked in."""

    channels: tuple[tuple[Utterance, ...], ...]
    language: str | None
    language_probability: float | None = None
    """How sure the engine is of a language it detected, 0..1; None when the language was given."""


def primary_language(language: str | None) -> str | None:
    """The language without its region, as transcripts store it: "en" for "en-US" and "en_GB"; None stays None.

    Mandarin by its own code ("cmn-Hans-CN", as Google says) is "zh".
    """
    if language is None or not language.strip():
        return None
    code = language.strip().lower().replace("_", "-").split("-")[0]
    return "zh" if code == "cmn" else code
