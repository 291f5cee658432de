"""What people changed in a transcript, for the page: by turn, and as a list of edits. Pure; no UI words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review.services.corrections_layer import Layer
from review.services.corrections_types import Edit, speaker_of
from review.services.corrections_words import changed_spans, opcodes, read_tokens
from transcription.transcript import Turn

_BESIDE = 6  # unchanged words shown on each side of a change


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A piece of an edit's text: what was there, what is there now, and whether the two differ."""

    was: str
    now: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRow:
    """One edit as a list shows it. Speakers, times (seconds) and texts are those of before and after."""

    id: int
    kind: str
    by: str | None
    at: datetime | None
    start: float | None
    before: str
    after: str
    speaker_before: str
    speaker_after: str
    time_before: tuple[float | None, float | None]
    time_after: tuple[float | None, float | None]
    pieces: tuple[DiffPiece, ...]  # before and after as one text, for the kinds that change words or cuts
    fits: bool  # False: it was made on an earlier transcript and the words are not there any more
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What people changed in one turn: `spans` of its text that they wrote, and what the machine had there."""

    spans: tuple[tuple[int, int], ...]
    machine_text: str
    machine_speaker: str
    machine_start: float | None
    machine_end: float | None
    by: str | None  # who made the newest edit
    at: datetime | None
    edits: tuple[EditRow, ...]  # oldest first

    @property
    def words_differ(self) -> bool:
        """Whether the shown words are not the machine's."""
        return any(edit.before != edit.after for edit in self.edits if edit.kind == "words")


def read_hands(layer: Layer | None) -> dict[int, Hand]:
    """For each turn that a person changed, what they changed; by the turn's place in the transcript."""
    if layer is None:
        return {}
    rows = {row.id: row for row in read_edits(layer)}
    hands = {}
    for place, item in enumerate(layer.items):
        if not item.edits:
            continue
        newest = rows[item.edits[-1]]
        hands[place] = Hand(
            spans=changed_spans(item.machine.text, item.turn.text),
            machine_text=item.machine.text,
            machine_speaker=speaker_of(item.machine),
            machine_start=item.machine.start,
            machine_end=item.machine.end,
            by=newest.by,
            at=newest.at,
            edits=tuple(rows[n] for n in item.edits),
        )
    return hands


def read_edits(layer: Layer | None) -> tuple[EditRow, ...]:
    """All edits of a call, newest first."""
    if layer is None:
        return ()
    undone = {edit.undoes for edit in layer.edits if edit.undoes is not None}
    return tuple(_row(edit, layer, edit.id in undone) for edit in reversed(layer.edits))


def speakers_of(transcript: Mapping[str, object]) -> tuple[str, ...]:
    """The roles that speak in a transcript, as the contract names them."""
    turns = transcript.get("turns")
    return tuple(sorted({str(turn.get("role")) for turn in turns})) if isinstance(turns, list) else ()


def _row(edit: Edit, layer: Layer, undone: bool) -> EditRow:
    before, after = edit.before, edit.after
    was_rep = next((old for old, new in edit.roles.items() if new == "rep"), "")
    return EditRow(
        id=edit.id,
        kind=edit.kind,
        by=edit.user_name,
        at=edit.at,
        start=before[0].start if before else None,
        before=_text(before),
        after=_text(after),
        speaker_before=speaker_of(before[0]) if before else was_rep,
        speaker_after=speaker_of(after[0]) if after else edit.roles.get("rep", ""),
        time_before=_time(before),
        time_after=_time(after),
        pieces=_diff(_text(before), _text(after)),
        fits=edit.id not in layer.lost,
        undone=undone,
    )


def _text(turns: tuple[Turn, ...]) -> str:
    return " | ".join(turn.text for turn in turns)


def _time(turns: tuple[Turn, ...]) -> tuple[float | None, float | None]:
    return (turns[0].start, turns[-1].end) if turns else (None, None)


def _diff(before: str, after: str) -> tuple[DiffPiece, ...]:
    """The changed words between a few unchanged ones; long unchanged stretches are left out."""
    old, new = read_tokens(before), read_tokens(after)
    pieces = []
    codes = opcodes(before, after)
    for n, (tag, i1, i2, j1, j2) in enumerate(codes):
        now = after[new[j1].start : new[j2 - 1].end] if j2 > j1 else ""
        if tag == "equal":
            pieces.append(DiffPiece("", _cut(now, first=n > 0, last=n + 1 < len(codes)), False))
        else:
            pieces.append(DiffPiece(before[old[i1].start : old[i2 - 1].end] if i2 > i1 else "", now, True))
    return tuple(pieces)


def _cut(text: str, *, first: bool, last: bool) -> str:
    """An unchanged stretch as it stands beside changes: only its ends, where the changes are."""
    tokens = read_tokens(text)
    if len(tokens) <= _BESIDE * (first + last) or not (first or last):
        return text
    head = text[: tokens[_BESIDE - 1].end] if first else ""
    tail = text[tokens[-_BESIDE].start :] if last else ""
    return f"{head} … {tail}".strip()
