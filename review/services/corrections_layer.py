"""The layer of corrections over a machine's transcript: one pure function from both to what is shown and scored.

The edits form a line: each was made on the machine's text with all earlier ones laid over it. Over the transcript an
edit was made on it is laid exactly; over a later one (the call was transcribed again) it is fitted by time and words
(see `corrections_refit`), and what does not fit is listed, never lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from review.services.corrections_refit import fit
from review.services.corrections_types import Done, Edit, Item, map_roles
from review.services.corrections_words import join, same_place, split
from transcription.transcript import Redaction, RedactionKind, Transcript, Turn, Word, share

_MASK: Final = re.compile(r"\[(card|card_code|phone|email|document|name|address)\]")
_MASKS: Final = re.compile(r"\[(?:card|card_code|phone|email|document|name|address)\]")


@dataclass(slots=True)
class State:
    """The turns while edits are laid over them one by one."""

    items: list[Item]
    mappings: list[Mapping[str, str]] = field(default_factory=list)  # of the role decisions so far
    done: dict[int, Done] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The transcript as people see it, turn by turn, and the edits that fit it no longer."""

    transcript_id: int
    machine: Transcript
    transcript: Transcript
    items: tuple[Item, ...]
    edits: tuple[Edit, ...]
    lost: tuple[int, ...]  # ids of edits of an earlier transcript that do not fit this one
    mappings: tuple[Mapping[str, str], ...]  # each time somebody said who is who
    done: Mapping[int, Done]

    @property
    def decisions(self) -> int:
        """How often somebody said who is who: what a person who swaps must have seen."""
        return len(self.mappings)

    @property
    def swapped(self) -> bool:
        """Whether rep and client are the other way round than the machine had them."""
        return _compose(self.mappings).get("rep") == "client"

    def find(self, key: str) -> int | None:
        """The place of the turn with this key now; None when it was changed since."""
        return next((n for n, item in enumerate(self.items) if item.key == key), None)

    def successors(self, key: str) -> tuple[Item, ...]:
        """What became of a turn that was changed since somebody read it; empty when it cannot be followed."""
        keys = {key}
        for edit in self.edits:
            done = self.done.get(edit.id)
            if done and keys & {item.key for item in done.replaced}:
                keys |= {_key(self.transcript_id, edit.id, n) for n in range(done.count)}
        return tuple(item for item in self.items if item.key in keys)

    def last_edit(self, place: int) -> Edit | None:
        """The newest edit of a turn; None when nobody has touched it."""
        ids = self.items[place].edits
        return next((edit for edit in reversed(self.edits) if ids and edit.id == ids[-1]), None)


def lay(machine: Transcript, transcript_id: int, edits: Sequence[Edit]) -> Layer:
    """Lay the edits, oldest first, over the machine's transcript `transcript_id`. Pure: the same in, the same out."""
    state = State([Item(machine_key(transcript_id, n), t, t, origin=n) for n, t in enumerate(machine.turns)])
    elsewhere = {edit.id for edit in edits if edit.transcript_id != transcript_id}
    settled = {edit.undoes for edit in edits if edit.id in elsewhere and edit.undoes is not None}
    for edit in edits:
        if edit.id not in elsewhere:
            if not apply(state, edit, transcript_id):
                state.lost.append(edit.id)
        elif edit.id not in settled and edit.kind != "undo":  # what was undone before needs no place here
            fitted = fit(state.items, edit)
            if fitted is None or not apply(state, fitted, transcript_id):
                state.lost.append(edit.id)
    return Layer(
        transcript_id=transcript_id,
        machine=machine,
        transcript=_shown(machine, state),
        items=tuple(state.items),
        edits=tuple(edits),
        lost=tuple(state.lost),
        mappings=tuple(state.mappings),
        done=state.done,
    )


def apply(state: State, edit: Edit, transcript_id: int) -> bool:
    """Lay one edit over the turns; False, and nothing changes, when it is not about what stands there."""
    if edit.kind == "roles":
        if not edit.roles:
            return False
        state.items = [replace(item, turn=map_roles(item.turn, edit.roles)) for item in state.items]
        state.mappings.append(dict(edit.roles))
        return True
    if edit.turn is None or not edit.before:
        return False
    first, last = edit.turn, edit.turn + len(edit.before)
    standing = state.items[first:last]
    if edit.hidden and len(standing) == len(edit.before):
        standing = [_hidden(item, turn) for item, turn in zip(standing, edit.before, strict=True)]
    if tuple(item.turn for item in standing) != edit.before:
        return False
    if edit.kind == "undo":
        done = state.done.get(edit.undoes or 0)
        if done is None:
            return False
        back = [replace(item, turn=_map_all(item.turn, state.mappings[done.decisions :])) for item in done.replaced]
        if tuple(item.turn for item in back) != edit.after:
            return False
        state.items[first:last] = back
        return True
    made = [
        Item(_key(transcript_id, edit.id, n), turn, machine, _edits_of(standing, edit.id))
        for n, (turn, machine) in enumerate(zip(edit.after, _machines(standing, edit), strict=True))
    ]
    state.done[edit.id] = Done(tuple(standing), len(made), len(state.mappings))
    state.items[first:last] = made
    return True


def _hidden(item: Item, masked: Turn) -> Item:
    """The item with its turn masked, where it is the masked turn with the numbers still readable."""
    literal = [re.escape(part) for part in _MASKS.split(masked.text)]
    same = replace(item.turn, text=masked.text, words=masked.words) == masked
    if not same or item.turn == masked or not re.fullmatch(".+".join(literal), item.turn.text, re.DOTALL):
        return item
    machine = masked if item.machine.text == item.turn.text else item.machine
    return replace(item, turn=masked, machine=machine)


def undoing(layer: Layer, place: int) -> tuple[int, tuple[Turn, ...], tuple[Turn, ...], int] | None:
    """How to take back the newest edit of a turn: first turn, turns now, turns then, and the edit's id.

    None when nobody has touched the turn, or a later edit touched only some of the turns which that edit made.
    """
    ids = layer.items[place].edits
    if not ids:
        return None
    done = layer.done.get(ids[-1])
    if done is None:
        return None
    keys = [_key(layer.transcript_id, ids[-1], n) for n in range(done.count)]
    found = [n for n, item in enumerate(layer.items) if item.key in keys]
    if len(found) != done.count or found != list(range(found[0], found[0] + done.count)):
        return None
    now = tuple(layer.items[n].turn for n in found)
    then = tuple(_map_all(item.turn, layer.mappings[done.decisions :]) for item in done.replaced)
    return found[0], now, then, ids[-1]


def masks_of(turn: Turn, n: int) -> list[Redaction]:
    """The masks that stand in a turn's text, as those of turn `n`: with their words' times, else the turn's."""
    masked: list[Word] = [word for word in turn.words if _MASK.search(word.text)]
    found = []
    for place, match in enumerate(_MASK.finditer(turn.text)):
        word = masked[place] if place < len(masked) else None
        at, until = (word.start, word.end) if word else (turn.start, turn.end)
        found.append(Redaction(cast(RedactionKind, match.group(1)), n, at, until))
    return found


def machine_key(transcript_id: int, turn: int) -> str:
    """The key of a turn that nobody has touched."""
    return f"{transcript_id}.m{turn}"


def _key(transcript_id: int, edit_id: int, n: int) -> str:
    return f"{transcript_id}.e{edit_id}.{n}"


def _edits_of(items: Sequence[Item], edit_id: int) -> tuple[int, ...]:
    return (*sorted({n for item in items for n in item.edits}), edit_id)


def _machines(standing: Sequence[Item], edit: Edit) -> list[Turn]:
    """What the machine made of each turn that an edit leaves: cut where the person cut, joined where they joined."""
    if len(edit.after) == len(standing):
        return [item.machine for item in standing]
    if edit.kind == "split" and len(standing) == 1 and len(edit.after) == 2:
        item = standing[0]
        cut = len(item.turn.text) - len(edit.after[1].text)
        return list(split(item.machine, same_place(item.machine.text, item.turn.text, cut)))
    whole = standing[0].machine
    for item in standing[1:]:
        whole = join(whole, item.machine)
    return [whole] * len(edit.after)


def _map_all(turn: Turn, mappings: Sequence[Mapping[str, str]]) -> Turn:
    for mapping in mappings:
        turn = map_roles(turn, mapping)
    return turn


def _compose(mappings: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What all role decisions together make of each role."""
    end = {role: role for mapping in mappings for role in mapping}
    for mapping in mappings:
        end = {role: mapping.get(now, now) for role, now in end.items()}
    return end


def _shown(machine: Transcript, state: State) -> Transcript:
    turns = _label_people([item.turn for item in state.items])
    if not any(item.edits for item in state.items):
        return replace(machine, turns=tuple(turns))
    known = [word.confidence for turn in turns for word in turn.words if word.confidence is not None]
    quality = machine.quality
    if known and quality.word_confidence is not None:
        quality = replace(quality, word_confidence=share(sum(known) / len(known)))
    return replace(machine, turns=tuple(turns), quality=quality, redactions=_redactions(machine, state))


def _label_people(turns: list[Turn]) -> list[Turn]:
    """Once a second person of a role is named, the first one is too."""
    second = {turn.role for turn in turns if turn.speaker and turn.speaker.startswith(f"{turn.role}_")}
    return [replace(t, speaker=t.role) if t.role in second and t.speaker is None else t for t in turns]


def _redactions(machine: Transcript, state: State) -> tuple[Redaction, ...]:
    """The masks by their turns' numbers now; in a turn that a person changed they are read from its text."""
    moved: list[Redaction] = []
    of_turn: dict[int, list[Redaction]] = {}
    for redaction in machine.redactions:
        of_turn.setdefault(redaction.turn, []).append(redaction)
    for n, item in enumerate(state.items):
        if item.origin is not None:
            moved += [replace(redaction, turn=n) for redaction in of_turn.get(item.origin, ())]
            continue
        moved += masks_of(item.turn, n)
    return tuple(moved)
