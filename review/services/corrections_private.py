"""Private numbers that people write into a transcript: masked in the turns they reach, and silent in the sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from review.services.corrections_layer import Layer, masks_of
from review.services.corrections_types import Edit
from transcription.redaction import MuteSpan, mute_spans, redact
from transcription.speech import Span
from transcription.transcript import Redaction, Transcript, Turn

NEAR: Final = 12
"""Turns on each side in which a number dictated in pieces is looked for."""

WHOLE: Final = Span(0.0, 4 * 3600.0)
"""Every second of the longest recording that is taken in."""


def hide_private(layer: Layer, place: int) -> dict[int, Turn]:
    """The turns near a place in which something is private that was not masked yet, masked."""
    first = max(0, place - NEAR)
    turns = tuple(item.turn for item in layer.items[first : place + NEAR + 1])
    masked = redact(Transcript(turns=turns, language=layer.machine.language)).transcript.turns
    return {
        first + n: replace(turn, text=masked[n].text, words=masked[n].words)
        for n, turn in enumerate(turns)
        if masked[n].text != turn.text
    }


def with_turn(layer: Layer, place: int, turn: Turn) -> Layer:
    """The layer with another turn at a place, to be read before anything of it is stored."""
    item = replace(layer.items[place], turn=turn)
    return replace(layer, items=(*layer.items[:place], item, *layer.items[place + 1 :]))


def muted_by_hand(edits: Sequence[Edit]) -> tuple[MuteSpan, ...]:
    """Where the sound must be silent because people's edits, which nobody took back, mask something there.

    Read from the edits alone, so that it holds whichever transcript they lie over. All channels: who a turn belongs to
    is among the things people change. Where nothing says when it was said, no second may be heard.
    """
    undone = {edit.undoes for edit in edits}
    turns: list[Turn] = []
    masks: list[Redaction] = []
    for edit in edits:
        if edit.id in undone or edit.kind == "undo":
            continue
        known = {(m.kind, m.start, m.end) for turn in edit.before for m in masks_of(turn, 0)}
        for turn in edit.after:
            masks += [m for m in masks_of(turn, len(turns)) if (m.kind, m.start, m.end) not in known]
            turns.append(replace(turn, channel=None))
    if any(mask.start is None and turns[mask.turn].start is None for mask in masks):
        return ((None, WHOLE),)
    return mute_spans(Transcript(turns=tuple(turns), redactions=tuple(masks)))
