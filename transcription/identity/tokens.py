"""The words of turns with how each is written, and which turns are written with capitals at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transcription.identity.words import fold

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a turn."""

    text: str
    start: int
    end: int
    folded: str
    opens: bool  # the first word of a sentence, which is written with a capital in any case

    @property
    def large(self) -> bool:
        """Begins with a capital; the English "I" does in any writing, also where an engine writes no others."""
        return self.text[:1].isupper() and re.split("['’]", self.folded)[0] != "i"

    @property
    def capital(self) -> bool:
        """Written as names are, and not because a sentence begins."""
        return self.large and not self.opens


def read_tokens(text: str) -> list[Token]:
    """The words of a turn."""
    found: list[Token] = []
    for match in WORD.finditer(text):
        word = match.group()
        folded = fold(re.sub(r"['’]s$", "", word))
        found.append(Token(word, match.start(), match.end(), folded, opens_at(text, match.start())))
    return found


def opens_at(text: str, start: int) -> bool:
    """Whether a sentence begins at this character."""
    before = text[:start].rstrip()
    return not before or before[-1] in ".!?…"


def cased_turns(tokens: Sequence[Sequence[Token]]) -> list[bool]:
    """For each turn, whether a small letter says anything there.

    One turn may have been corrected by hand in a transcript without capitals: the others still have none.
    """
    written = any(token.capital for of_turn in tokens for token in of_turn)
    return [written and any(token.large for token in of_turn) for of_turn in tokens]
