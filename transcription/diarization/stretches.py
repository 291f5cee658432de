"""Who speaks when on one channel: stretches of time with a speaker's number, and the channel taken apart by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transcription.speech import Span, SpokenChannel


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which one person speaks; 0 is who was heard first, `confidence` 0..1 that it is that person."""

    span: Span
    speaker: int
    confidence: float


def split_speakers(channel: SpokenChannel, stretches: Sequence[Stretch]) -> tuple[SpokenChannel, ...]:
    """One channel per speaker, over the same sound file, with that speaker's spans alone; at least one channel."""
    count = max((stretch.speaker for stretch in stretches), default=0) + 1
    return tuple(
        SpokenChannel(channel.path, tuple(stretch.span for stretch in stretches if stretch.speaker == number))
        for number in range(count)
    )


def number_by_appearance(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same stretches with speakers numbered in the order in which they are first heard."""
    numbers: dict[int, int] = {}
    return tuple(
        Stretch(stretch.span, numbers.setdefault(stretch.speaker, len(numbers)), stretch.confidence)
        for stretch in stretches
    )


def speaker_confidence(stretches: Sequence[Stretch], span: Span) -> float:
    """The confidence of the stretches under `span`, weighted by the time they share with it; 0 when none does."""
    shared = [
        (max(0.0, min(stretch.span.end, span.end) - max(stretch.span.start, span.start)), stretch.confidence)
        for stretch in stretches
    ]
    total = sum(length for length, _ in shared)
    return sum(length * confidence for length, confidence in shared) / total if total > 0 else 0.0
