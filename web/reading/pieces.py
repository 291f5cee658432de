"""The pieces of a turn: words that can be clicked, what stands between them, and both woven together for long calls.

A call of three hours has thirty thousand words; as elements of their own they would make its page heavy. There, words
with nothing to show but their second come as plain text with a code beside it (`Woven`), and the page makes elements
of them where somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.reading.evidence import Tone


@dataclass(frozen=True, slots=True)
class Piece:
    """A word (with `start` seconds when known) or what stands between words (`word` is False)."""

    text: str
    word: bool
    start: float | None = None
    end: float | None = None
    unsure: bool = False
    by_hand: bool = False
    mask: str = ""  # the kind of what is hidden here: card, phone, ...


@dataclass(frozen=True, slots=True)
class Woven:
    """Text with the places of its words: for each piece its length in UTF-16 units, and `@seconds` for a word."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring pieces of one tone."""

    tone: Tone | None
    pieces: tuple[Piece, ...]

    @property
    def woven(self) -> tuple[Piece | Woven, ...]:
        """The same with plain neighbours woven together."""
        return weave(self.pieces)


def weave(pieces: Sequence[Piece]) -> tuple[Piece | Woven, ...]:
    """The pieces in order; those with nothing to show but words and their seconds as one text with its code."""
    found: list[Piece | Woven] = []
    plain: list[Piece] = []
    for piece in pieces:
        if piece.unsure or piece.by_hand or piece.mask:
            _close(plain, found)
            found.append(piece)
        else:
            plain.append(piece)
    _close(plain, found)
    return tuple(found)


def _close(plain: list[Piece], found: list[Piece | Woven]) -> None:
    if any(piece.word and piece.start is not None for piece in plain):
        code = " ".join(_code(piece) for piece in plain)
        found.append(Woven("".join(piece.text for piece in plain), code))
    else:
        found.extend(plain)
    plain.clear()


def _code(piece: Piece) -> str:
    length = len(piece.text.encode("utf-16-le", "surrogatepass")) // 2  # as the browser counts
    return f"{length}@{piece.start:g}" if piece.word and piece.start is not None else str(length)
