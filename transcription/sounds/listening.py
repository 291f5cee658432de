"""What a channel holds: the spans in which somebody speaks, and marks of music and tones where nobody does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import ceil
from pathlib import Path
from typing import Final

import numpy as np

from transcription.sounds.finding import find_marks
from transcription.speech import Span
from transcription.transcript import Mark
from transcription.vad import STEP, SpanFinder, VadOptions, length_of, probability_blocks, strength_of

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
    found: Callable[[Span], None] | None = None,
) -> tuple[tuple[Span, ...], tuple[Mark, ...]]:
    """Spans of speech and marks of everything else on a raw int16 16 kHz file, each in order of time.

    Speech over quiet music is speech; a few windows of music that sound like a voice are music. `found` is given each
    span as soon as it is certain, in order. Raises Cancelled.
    """
    options = options or VadOptions()
    length = length_of(path)
    probabilities = np.zeros(ceil(length / STEP) + 1, dtype=np.float32)
    finder = SpanFinder(options)
    spans: list[Span] = []
    weak: set[Span] = set()
    filled = told = 0

    def take(more: Sequence[Span]) -> None:
        spans.extend(more)
        weak.update(s for s in more if s.length <= SHORT and strength_of(s, probabilities, options.pad) < SURE)

    for block in probability_blocks(path, cancelled):
        probabilities[filled : filled + block.size] = block
        filled += block.size
        take(finder.add(block))
        while found is not None and told < len(spans) and not _may_be_note(spans[told], spans, weak):
            found(spans[told])
            told += 1
    take(finder.end(length))
    marks = find_marks(path, spans, channel=channel, cancelled=cancelled)
    music = [mark for mark in marks if mark.kind == "music"]
    notes = {span for span in spans if _may_be_note(span, spans, weak) and _touches(span, music)}
    kept = tuple(span for span in spans if span not in notes)
    if found is not None:
        for span in kept[told:]:
            found(span)
    if notes:
        marks = find_marks(path, kept, channel=channel, cancelled=cancelled)
    return kept, marks


def _may_be_note(span: Span, spans: Sequence[Span], weak: Collection[Span]) -> bool:
    """True when a span is weak and short and, as far as is known, stands alone."""
    return span in weak and not any(
        other.start < span.end + ALONE and span.start - ALONE < other.end for other in spans if other not in weak
    )


def _touches(span: Span, music: Sequence[Mark]) -> bool:
    """True when a span goes over into music."""
    return any(mark.start <= span.end + TOUCHES and span.start - TOUCHES <= mark.end for mark in music)
