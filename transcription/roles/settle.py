"""From channels of words to people with roles: bleed out, who is who, and a second rep, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transcription.roles.bleed import remove_bleed
from transcription.roles.people import Takeover, second_people
from transcription.roles.shared import tell_shared
from transcription.roles.sides import RoleHints, RolesTold, Side
from transcription.roles.takeover import hear_takeover
from transcription.speech import SpokenChannel, Utterance
from transcription.transcript import Mark, Removal
from transcription.turns import Voice


@dataclass(frozen=True, slots=True)
class People:
    """Who says what: `sides` go to `turns.merge_channels` (utterances and voice of each)."""

    sides: tuple[Side, ...]
    told: RolesTold
    removals: tuple[Removal, ...]


def settle_people(
    channels: Sequence[Sequence[Utterance]],
    voices: Sequence[Voice],
    hints: RoleHints,
    *,
    decoded: Sequence[SpokenChannel] = (),
    marks: Sequence[Mark] = (),
    takeover: Takeover | None = hear_takeover,
) -> People:
    """Everything about people for a recognised call, in the order it must happen.

    `channels[n]` is what was heard, cleaned up, of `voices[n]`; `decoded[n]` its sound (two people told apart on one
    channel share the file). Without `decoded` nothing is taken for bleed and nobody is told apart on one channel.
    `takeover` is asked only where the words say that a rep handed the call over.
    """
    kept: tuple[tuple[Utterance, ...], ...] = tuple(tuple(channel) for channel in channels)
    removals: tuple[Removal, ...] = ()
    if len(decoded) == len(kept) > 1:
        kept, removals = remove_bleed(kept, decoded, hints.language)
    sides = [Side(utterances, voice) for utterances, voice in zip(kept, voices, strict=True)]
    told = tell_shared(sides, hints, decoded)
    sides = [Side(side.utterances, voice) for side, voice in zip(sides, told.voices, strict=True)]
    people = second_people(sides, hints, decoded=decoded, marks=marks, takeover=takeover)
    return People(people, told, removals)
