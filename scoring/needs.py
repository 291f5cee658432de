"""Which of a pack's phrases can stand in a turn at all, told from its words and pairs of neighbouring words alone.

A phrase needs one word or pair of each of some sets (`Compiled.required`). Here every such set has a number, and each
pair of words met in a call is looked up once per process for the numbers it meets. A turn then costs one look for each
of its words, and a phrase one comparison of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise
from typing import Final

from scoring.languages import Language, Sentence
from scoring.languages.codes import BOUNDARY
from scoring.patterns import DIGIT_ANCHOR

MOST_PAIRS: Final = 65536
"""Pairs of words remembered for each pack, some 12 MB; with more all are forgotten."""

EMPTY: Final = f"{BOUNDARY} {BOUNDARY}"
"""A key of every text: the ends of sentences take no place, so two of them may stand together."""


class Needs(dict[tuple[str, str], tuple[int, ...]]):
    """The sets of words that phrases need, and which of them each pair of neighbouring words meets."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._numbers: dict[frozenset[str], int] = {}
        self._of_word: dict[str, list[int]] = {}
        self._of_pair: dict[str, dict[str, list[int]]] = {}

    def number(self, need: frozenset[str]) -> int:
        """The number of a set of words; it is given one when it has none yet."""
        found = self._numbers.get(need)
        if found is None:
            found = self._numbers[need] = len(self._numbers)
            for key in need:
                one, _, other = key.rpartition(" ")
                known = self._of_pair.setdefault(one, {}) if one else self._of_word
                known.setdefault(other, []).append(found)
            self.clear()
        return found

    def met_by(self, sentences: Iterable[Sentence]) -> set[int]:
        """The numbers of the sets that have a member in the sentences."""
        met = set(self._of_pair.get(BOUNDARY, {}).get(BOUNDARY, ()))
        look_up = self.__getitem__
        for sentence in sentences:
            stems = [BOUNDARY, *[token[0] for token in sentence.tokens], BOUNDARY]
            met.update(chain.from_iterable(map(look_up, pairwise(stems))))
        return met

    def __missing__(self, pair: tuple[str, str]) -> tuple[int, ...]:
        if len(self) >= MOST_PAIRS:
            self.clear()
        one, other = pair
        after = _names(other, self._language)
        known = [self._of_word[name] for name in after if name in self._of_word]
        for name in _names(one, self._language):
            following = self._of_pair.get(name)
            if following is not None:
                known += [following[name] for name in after if name in following]
        found = self[pair] = tuple(sorted(set(chain.from_iterable(known)))) if known else ()
        return found


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
