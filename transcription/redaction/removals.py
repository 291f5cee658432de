"""Masks the pieces that were taken out of a transcript: an echo of the other side may repeat a whole card number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.redaction.conversation import lay_out
from transcription.redaction.detection import find_private
from transcription.redaction.dictation import cut_segments
from transcription.redaction.lexicon import load_lexicon
from transcription.redaction.types import Place
from transcription.transcript import Redaction, RedactionKind, Removal, Turn

_NEAR: Final = 20.0
"""Seconds around something private within which any dictated number that was taken out is taken for its echo."""

_CARD: Final = 13
_PHONE: Final = 7


def find_removed(removed: Removal, redactions: Sequence[Redaction], language: str | None) -> list[Place]:
    """Private places of a removed text, sorted and apart.

    Nobody reads these texts for their numbers, so anything that could be private is masked.
    """
    turn = Turn("system", removed.text)
    near = _kind_near(removed, redactions)
    places: list[Place] = []
    while True:
        # Each look may leave less to announce a number by, so both look again until neither finds more.
        more = find_private((turn,), language, taken=places)
        more += _dictated(turn, near, [*places, *more])
        if not more:
            return sorted(places, key=lambda p: p.start)
        places += more


def _dictated(turn: Turn, near: RedactionKind | None, places: Sequence[Place]) -> list[Place]:
    """Dictated numbers beside the places found so far."""
    taken = [(place.start, place.end) for place in places]
    more = []
    for segment in cut_segments(lay_out((turn,), load_lexicon(), places)):
        start, end = segment.numbers[0].atom.start, segment.numbers[-1].atom.end
        kind = near or _kind_by_length(segment.length)
        if kind is not None and all(end <= low or start >= high for low, high in taken):
            more.append(Place(0, start, end, kind))
    return more


def _kind_near(removed: Removal, redactions: Sequence[Redaction]) -> RedactionKind | None:
    if removed.start is None:
        return None
    away = [(abs(r.start - removed.start), r.kind) for r in redactions if r.start is not None]
    nearest = min(away, default=None)
    return nearest[1] if nearest is not None and nearest[0] <= _NEAR else None


def _kind_by_length(length: int) -> RedactionKind | None:
    return "card" if length >= _CARD else "phone" if length >= _PHONE else None
