"""Which of a pack's phrases can stand in a turn at all, told from its words and pairs of neighbouring words alone.

A phrase needs one word or pair of each of some sets (`Compiled.required`). On the line of characters that phrases run
on (`Codes`) a word is one character, so that a turn costs one look for each pair of neighbours. By its first need a
phrase is looked up, and the further ones of all phrases are bits of one number.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import pairwise
from operator import add, or_
from typing import Final

from scoring.languages import Language, Sentence
from scoring.languages.codes import ANY_NUMBER, BOUNDARY, Codes
from scoring.patterns import DIGIT_ANCHOR

MOST_PAIRS: Final = 16384
"""Pairs of neighbours remembered for each role, some 8 MB; with more all are forgotten."""

EMPTY: Final = f"{BOUNDARY} {BOUNDARY}"
"""A key of every text: the ends of sentences take no place, so two of them may stand together."""

Met = tuple[tuple[int, ...], int]
"""The groups that a pair of neighbours belongs to, and the bits it meets."""

_NOTHING: Final[Met] = ((), 0)


class Needs(dict[str, Met]):
    """What the phrases of one role need of a turn, and what of it each pair of neighbours on a line meets.

    A need is a set of keys as `Compiled.required` names them, of which a turn must hold one.
    """

    def __init__(self, codes: Codes) -> None:
        super().__init__()
        self._codes = codes
        self._bits: dict[frozenset[str], int] = {}
        self._groups: dict[frozenset[str], int] = {}
        self._of: dict[str, Met] = {}
        self._masks: dict[int, int] = {}

    def group(self, need: frozenset[str]) -> int:
        """The number, from 0 on, of a need that phrases are looked up by; it is given one when it has none yet."""
        found = self._groups.get(need)
        if found is None:
            found = self._groups[need] = len(self._groups)
            for key in self._line_keys(need):
                groups, bits = self._of.get(key, _NOTHING)
                self._of[key] = (*groups, found), bits
            self.clear()
        return found

    def bit(self, need: frozenset[str]) -> int:
        """The bit of a need that is looked at before an expression is tried; it is given one when it has none yet."""
        found = self._bits.get(need)
        if found is None:
            found = self._bits[need] = 1 << len(self._bits)
            for key in self._line_keys(need):
                groups, bits = self._of.get(key, _NOTHING)
                # Words that mean the same stand in the same needs: one number serves them all.
                self._of[key] = groups, self._masks.setdefault(bits | found, bits | found)
            self.clear()
        return found

    def close(self) -> None:
        """Every need is known: what only helped to share their numbers is let go."""
        self._masks.clear()

    def met_by(self, line: str) -> tuple[set[int], int]:
        """The groups of the needs with a member on the line, and the bits of those that have bits."""
        # One bar more brings the pair that every text holds (`EMPTY`). Put together in C, not pair by pair.
        groups, bits = zip(*map(self.__getitem__, map(add, line, f"{line[1:]}{BOUNDARY}")), strict=True)
        return set().union(*groups), reduce(or_, filter(None, bits), 0)

    def __missing__(self, pair: str) -> Met:
        if len(self) >= MOST_PAIRS:
            self.clear()
        known = self._of
        kinds = self._codes.kinds(pair)
        one, other = pair[0], pair[1]
        keys = [other, pair]
        if kinds is not None:
            first, second = kinds[0], kinds[1]
            if second != other:
                keys += (second, one + second)
            if first != one:
                keys += (first + other,) if second == other else (first + other, kinds)
        groups: tuple[int, ...] = ()
        bits = 0
        for mine, more in [known[key] for key in keys if key in known]:
            groups += mine
            bits = bits | more if bits else more
        found = self[pair] = (groups, bits) if groups or bits else _NOTHING
        return found

    def _line_keys(self, need: frozenset[str]) -> set[str]:
        """What stands on a line where one of the need's keys is said."""
        found: set[str] = set()
        for key in need:
            one, _, other = key.rpartition(" ")
            behind = self._characters(other)
            if one:
                found.update(first + second for first in self._characters(one) for second in behind)
            else:
                found.update(behind)
        return found

    def _characters(self, key: str) -> str:
        if key == BOUNDARY:
            return BOUNDARY
        if key == DIGIT_ANCHOR:
            return ANY_NUMBER
        return self._codes.family_kind(key) or self._codes.word(key)


def keys_of(sentences: Iterable[Sentence], language: Language) -> set[str]:
    """Every stem and every pair of neighbouring stems, as `Compiled.required` names them.

    A number is also "#digit", and a stem its family, where the language has such.
    """
    keys = {EMPTY}
    for sentence in sentences:
        for one, other in pairwise((BOUNDARY, *(token.stem for token in sentence.tokens), BOUNDARY)):
            keys.update(keys_of_pair(one, other, language))
    keys.discard(BOUNDARY)
    return keys


def keys_of_pair(one: str, other: str, language: Language) -> set[str]:
    """The keys of the second of two neighbouring stems, and of both together."""
    first, second = _names(one, language), _names(other, language)
    return {*second, *(f"{before} {after}" for before in first for after in second)}


def _names(stem: str, language: Language) -> list[str]:
    """The keys of a stem."""
    names = [stem]
    if language.families is not None and (family := language.families[stem]) != stem:
        names.append(family)
    if stem[0].isdigit():
        names.append(DIGIT_ANCHOR)
    return names
