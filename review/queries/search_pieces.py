"""The part of a turn that a search shows: around the first match, with every match in it marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

AROUND: Final = 110  # characters of the turn shown on each side of the first match


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the turn's text; `marked` where it is what was asked for."""

    text: str
    marked: bool


def cut_around(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[Piece, ...], bool, bool]:
    """The pieces to show, and whether the text goes on before and after them; `spans` in order, none overlapping."""
    start, end = spans[0] if spans else (0, 0)
    first, last = _cut_left(text, start), _cut_right(text, end)
    pieces: list[Piece] = []
    at = first
    for begin, until in spans:
        if until > last:
            break
        pieces += [Piece(text[at:begin], False), Piece(text[begin:until], True)]
        at = until
    pieces.append(Piece(text[at:last], False))
    return tuple(piece for piece in pieces if piece.text), first > 0, last < len(text)


def _cut_left(text: str, at: int) -> int:
    """Where the piece shown before `at` begins: after a space where there is one, as in Chinese there is not."""
    if at <= AROUND:
        return 0
    space = text.find(" ", at - AROUND, at)
    return space + 1 if space >= 0 else at - AROUND


def _cut_right(text: str, at: int) -> int:
    if len(text) - at <= AROUND:
        return len(text)
    space = text.rfind(" ", at, at + AROUND)
    return space if space >= 0 else at + AROUND
