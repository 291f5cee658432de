"""What corrections are made of: edits, the turns they leave, and the people a turn can be given to. Frozen types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, cast, get_args

from review.services.corrections_words import BY_HAND
from transcription.transcript import Role, Turn

Kind = Literal["words", "speaker", "time", "split", "join", "roles", "undo"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
SPEAKERS: Final = ("rep", "client", "rep_2", "system", "unknown")
"""Who a person may say speaks in a turn; `unknown` is somebody who is neither."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Who was heard from `start` to `end` seconds, once a person had said who is who."""

    start: float
    end: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One correction. `turn` and `before` are what it was made on; `roles` maps roles, for the kind `roles` only.

    `hidden`: something private was found in it later and is masked in `before` and `after` as well.
    """

    id: int
    transcript_id: int
    kind: Kind
    turn: int | None = None
    before: tuple[Turn, ...] = ()
    after: tuple[Turn, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    heard: tuple[Heard, ...] = ()
    undoes: int | None = None
    hidden: bool = False
    user_id: int | None = None
    user_name: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One shown turn. `key` changes whenever a person changes the turn: it is what an editor says it has read.

    `machine` is what the machine made of this place, `edits` the ids of the edits that shaped it, oldest first,
    `origin` the turn's number in the machine's transcript while nobody has touched it.
    """

    key: str
    turn: Turn
    machine: Turn
    edits: tuple[int, ...] = ()
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an edit replaced, by how many turns, and how many role decisions had been made by then."""

    replaced: tuple[Item, ...]
    count: int
    decisions: int


def speaker_of(turn: Turn) -> str:
    """The turn's speaker as one of SPEAKERS, or the machine's `speaker_a`, `speaker_b`, or its own label."""
    if turn.speaker == "unknown":
        return "unknown"
    if turn.role in ("rep", "client") and turn.speaker and turn.speaker != turn.role:
        return turn.speaker
    return turn.role


def with_speaker(turn: Turn, speaker: str) -> Turn:
    """The turn as said by one of SPEAKERS; an unknown person is nobody's role, so nothing of it is judged."""
    if speaker == "unknown":
        return replace(turn, role="speaker_a", speaker="unknown", role_confidence=0.0)
    role = cast(Role, "rep" if speaker == "rep_2" else speaker)
    return replace(turn, role=role, speaker=speaker if speaker == "rep_2" else None, role_confidence=BY_HAND)


def map_roles(turn: Turn, roles: Mapping[str, str]) -> Turn:
    """The turn after somebody said who is who; their label follows (`rep_2` becomes `client_2`)."""
    role = roles.get(turn.role)
    if role is None or turn.speaker == "unknown":
        return turn
    label = turn.speaker
    if label is not None:
        label = role + label.removeprefix(turn.role) if label.startswith(turn.role) else None
    return replace(turn, role=cast(Role, role), speaker=label, role_confidence=BY_HAND)
