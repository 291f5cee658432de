"""What a channel holds: the spans in which somebody speaks, and marks of music and tones where nobody does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from transcription.sounds.finding import find_marks
from transcription.speech import Span
from transcription.transcript import Mark
from transcription.vad import VadOptions, length_of, spans_of, speech_probabilities, strength_of

SURE: Final = 0.75
SURE_LONG: Final = 0.6
LONG: Final = 2.5
"""Mean probability from which a span is speech whatever else is heard, and the same for one of so many seconds and
more. Measured on 40 minutes of generated music of fourteen kinds, what voice activity takes for speech there is short
or under 0.7; speech, over music or noise at 5 dB too, lies above 0.75 but for single short words."""

COVERED: Final = 0.5
"""Share of an unsure span that must lie in marks for it to be taken as part of that music or tone. Noise is no such
mark: voice activity tells it from speech by itself."""


def listen_channel(
    path: Path,
    options: VadOptions | None = None,
    *,
    channel: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[tuple[Span, ...], tuple[Mark, ...]]:
    """Spans of speech and marks of everything else on a raw int16 16 kHz file, each in order of time.

    Speech over quiet music is speech; a few windows of music that sound like a voice are music. Raises Cancelled.
    """
    options = options or VadOptions()
    probabilities = speech_probabilities(path, cancelled)
    spans = spans_of(probabilities, length_of(path), options)
    sure = [span for span in spans if _sure(span, strength_of(span, probabilities, options.pad))]
    marks = find_marks(path, sure, channel=channel, cancelled=cancelled)
    kept = tuple(span for span in spans if span in sure or _covered(span, marks) < COVERED)
    return kept, marks


def _sure(span: Span, strength: float) -> bool:
    return strength >= (SURE_LONG if span.length >= LONG else SURE)


def _covered(span: Span, marks: Sequence[Mark]) -> float:
    """Share of the span that marks of music and tones cover."""
    shared = sum(
        max(0.0, min(span.end, mark.end) - max(span.start, mark.start)) for mark in marks if mark.kind != "noise"
    )
    return shared / span.length if span.length > 0 else 0.0
