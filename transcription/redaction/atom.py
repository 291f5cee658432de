"""One number of a turn: which tokens say it, as which digits, and what speaks for or against a dictated value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcription.redaction.tokens import Token


@dataclass(frozen=True, slots=True)
class Atom:
    """Tokens `first` to `behind` of a turn as `digits`.

    `sort`: plain; loose (a word that may mean something else); faint (a digit only where a dictation goes on); grouped
    (12,500); pointed (54:17, 57.39: a time or a price, or how an engine wrote dictated digits); scaled (with "hundred"
    or "thousand"); calendar (a month or a year); dated (05/28); time (of day); code (letters glued to it); letter;
    prompt ("the next four", "three digits"); quantity (counts, costs or dates something).
    """

    first: int
    behind: int
    start: int
    end: int
    digits: str
    sort: str
    spoken: bool = False

    def but(self, sort: str) -> Atom:
        """The same number, taken for something else."""
        return replace(self, sort=sort)


def silent_between(tokens: Sequence[Token], first: int, behind: int) -> bool:
    """Whether only unspoken signs stand in tokens `first` to `behind`."""
    return all(tokens[at].silent for at in range(first, behind))
