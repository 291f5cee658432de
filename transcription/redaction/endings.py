"""The last digits by which people tell which card they mean, where the word for it stands behind them: 1234로 끝나."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from transcription.redaction.atom import Atom
from transcription.redaction.tokens import Token

ENDING: Final = "tail_after"
"""The topic of words that say what the digits before them are."""

_MOST: Final = 4
"""Digits of an ending; more of them are a number that comes to its end."""

_BETWEEN: Final = 1
"""Words between the digits and the word."""


def without_endings(tokens: Sequence[Token], atoms: Sequence[Atom], words: Sequence[int]) -> list[Atom]:
    """The numbers of a turn but for those that a word beginning at one of the places `words` makes an ending."""
    left = list(atoms)
    for word in words:
        last = bisect_left(left, word, key=lambda atom: atom.start) - 1
        if last < 0 or _parted(tokens, left[last].behind, word) > _BETWEEN:
            continue
        first = last
        while first and not _parted(tokens, left[first - 1].behind, left[first].start):
            first -= 1
        if sum(len(atom.digits) for atom in left[first : last + 1]) <= _MOST:
            del left[first : last + 1]
    return left


def _parted(tokens: Sequence[Token], first: int, character: int) -> int:
    """Words from token `first` up to a character."""
    count = 0
    for token in tokens[first:]:
        if token.start >= character:
            break
        count += not token.silent
    return count
