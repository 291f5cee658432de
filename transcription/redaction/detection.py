"""Finds the private places of a conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from transcription.redaction.types import Place
from transcription.transcript import Turn

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LONG: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def find_private(turns: Sequence[Turn], language: str | None) -> list[Place]:
    """Private places of all turns, sorted and apart."""
    places = [
        Place(number, match.start(), match.end(), "email")
        for number, turn in enumerate(turns)
        for match in _EMAIL.finditer(turn.text)
    ]
    places += [
        Place(number, match.start(), match.end(), "card")
        for number, turn in enumerate(turns)
        for match in _LONG.finditer(turn.text)
    ]
    return sorted(places, key=lambda p: (p.turn, p.start))
