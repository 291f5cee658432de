"""The unit every text model reads: one turn, the two turns before it, who says them, and where in the call it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PREVIOUS: Final = 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn to be judged.

    `previous` holds up to two earlier turns, the nearest first, and `previous_roles` who said them; `position` is 0 at
    the call's first turn and 1 at its last; `language` is a tag such as "en" ("" when not known).
    """

    text: str
    previous: tuple[str, ...] = ()
    role: str = ""
    previous_roles: tuple[str, ...] = ()
    position: float = 0.0
    language: str = ""


def utterances_of(turns: Sequence[tuple[str, str]], language: str = "") -> list[Utterance]:
    """Every turn of one dialogue, given as (role, text) pairs in order, with its context."""
    last = max(len(turns) - 1, 1)
    found: list[Utterance] = []
    for index, (role, text) in enumerate(turns):
        before = turns[max(index - PREVIOUS, 0) : index][::-1]
        found.append(
            Utterance(
                text=text,
                previous=tuple(said for _, said in before),
                role=role,
                previous_roles=tuple(who for who, _ in before),
                position=index / last,
                language=language,
            )
        )
    return found
