"""Private data that was masked in a text: `[card]` and its like, told apart from the words around them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MASK: Final = re.compile(r"\[(card|card_code|phone|email|document|name|address)\]")


@dataclass(frozen=True, slots=True)
class MaskPiece:
    """A stretch of text; `mask` is the kind of what is hidden there, empty for words."""

    text: str
    mask: str


def read_masks(text: str) -> tuple[MaskPiece, ...]:
    """The text in pieces; put together again they are the text."""
    pieces, cursor = [], 0
    for match in MASK.finditer(text):
        if cursor < match.start():
            pieces.append(MaskPiece(text[cursor : match.start()], ""))
        pieces.append(MaskPiece(match.group(), match.group(1)))
        cursor = match.end()
    if cursor < len(text):
        pieces.append(MaskPiece(text[cursor:], ""))
    return tuple(pieces)


def name_masks(text: str, name: Callable[[str], str]) -> str:
    """The text with every mask in words, for places that hold no markup."""
    return MASK.sub(lambda match: f"[{name(match.group(1))}]", text)
