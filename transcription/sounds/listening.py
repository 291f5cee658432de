"""What a channel holds: the spans in which somebody speaks, and marks of music and tones where nobody does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from transcription.sounds.finding import find_marks
from transcription.speech import Span
from transcription.transcript import Mark
from transcription.vad import VadOptions, length_of, spans_of, speech_probabilities, strength_of

SURE: Final = 0.7
SHORT: Final = 2.4
"""Mean probability under which, and seconds (with their pads) up to which, a span may be a note that sounds like a
voice. On 40 minutes of generated music of fourteen kinds such spans stay under 0.7 and last a second; words on a real
telephone line reach down to 0.4, so this alone says nothing."""

ALONE: Final = 5.0
"""Seconds around such a span in which nobody else speaks: people who talk over music say more than one word."""

TOUCHES: Final = 0.1
"""Seconds between it and the music it goes over into."""


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
    marks = find_marks(path, spans, channel=channel, cancelled=cancelled)
    weak = [s for s in spans if s.length <= SHORT and strength_of(s, probabilities, options.pad) < SURE]
    music = [mark for mark in marks if mark.kind == "music"]
    kept = tuple(s for s in spans if s not in weak or not _is_note(s, [o for o in spans if o not in weak], music))
    if len(kept) < len(spans):
        marks = find_marks(path, kept, channel=channel, cancelled=cancelled)
    return kept, marks


def _is_note(span: Span, others: Sequence[Span], music: Sequence[Mark]) -> bool:
    """True when a weak short span goes over into music and stands alone."""
    near = any(other.start < span.end + ALONE and span.start - ALONE < other.end for other in others)
    touches = any(mark.start <= span.end + TOUCHES and span.start - TOUCHES <= mark.end for mark in music)
    return touches and not near
