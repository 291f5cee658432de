"""Private numbers that people write into a transcript: masked in the turns they reach, and silent in the sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Correction
from review.queries.corrections import turns_from_json, turns_to_json
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


def hide_history(session: Session, call_id: int, layer: Layer, hidden: Mapping[int, Turn]) -> None:
    """Mask what earlier edits keep of turns in which something private was found: `hidden` by their places in `layer`.

    Half of a number says nothing by itself, so it was stored readable; each version a turn had is looked at again
    among the neighbours that gave it away. The machine's stored transcript is not rewritten, only never shown so.
    """
    for place in sorted(hidden):
        rows = session.scalars(
            select(Correction).where(Correction.call_id == call_id, Correction.id.in_(layer.items[place].edits))
        )
        for row in rows:
            if row.kind == "roles":
                continue
            before, after = (_masked_as(layer, place, data, hidden[place]) for data in (row.before, row.after))
            if (before, after) != (row.before, row.after):
                row.before, row.after = before, {**after, "hidden": True}
    session.flush()


def _masked_as(layer: Layer, place: int, data: Mapping[str, Any], hidden: Turn) -> dict[str, Any]:
    """One side of an edit with the private numbers of its turns masked."""
    turns = turns_from_json(data)
    if not turns:
        return dict(data)
    items = [replace(layer.items[place], turn=turn) for turn in turns]
    versions = replace(layer, items=(*layer.items[:place], *items, *layer.items[place + 1 :]))
    masked = hide_private(versions, place)
    now = layer.items[place].turn.text
    shown = [
        masked[n] if n in masked else replace(turn, text=hidden.text, words=hidden.words) if turn.text == now else turn
        for n, turn in enumerate(turns, place)
    ]
    return {**data, "turns": turns_to_json(shown)}


def with_turn(layer: Layer, place: int, turn: Turn) -> Layer:
    """The layer with another turn at a place, to be read before anything of it is stored."""
    item = replace(layer.items[place], turn=turn)
    return replace(layer, items=(*layer.items[:place], item, *layer.items[place + 1 :]))


def muted_by_hand(edits: Sequence[Edit]) -> tuple[MuteSpan, ...]:
    """Where the sound must be silent because people's edits, which nobody took back, mask something there.

    Read from the edits alone, so that it holds whichever transcript they lie over. All channels: who a turn belongs to
    is among the things people change. Where nothing says when it was said, no second may be heard.
    """
    undone = {edit.undoes for edit in edits if edit.undoes is not None}
    turns: list[Turn] = []
    masks: list[Redaction] = []
    for edit in edits:
        # What was hidden stays hidden when the edit is taken back, and its `before` is masked as well.
        if (edit.id in undone and not edit.hidden) or edit.kind == "undo":
            continue
        known = {(m.kind, m.start, m.end) for turn in edit.before for m in masks_of(turn, 0) if not edit.hidden}
        for turn in edit.after:
            masks += [m for m in masks_of(turn, len(turns)) if (m.kind, m.start, m.end) not in known]
            turns.append(replace(turn, channel=None))
    if any(mask.start is None and turns[mask.turn].start is None for mask in masks):
        return ((None, WHOLE),)
    return mute_spans(Transcript(turns=tuple(turns), redactions=tuple(masks)))
