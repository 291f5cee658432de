"""What phrases need: words and pairs of neighbours of which one must be said, looked up once in a turn.

Many phrases need the same words (a date, a price), so each set of words has one number, and what is known of a number
in a turn is remembered while the turn is searched.
"""

from __future__ import annotations

from collections.abc import Iterable


class Needs:
    """The sets of words that a pack's phrases need, each by a number."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[str], int] = {}
        self._words: list[frozenset[str]] = []

    def add(self, words: frozenset[str]) -> int:
        """The number of a set of words, of which one must be said; the same set has the same number."""
        number = self._numbers.setdefault(words, len(self._words))
        if number == len(self._words):
            self._words.append(words)
        return number

    def add_each(self, sets: Iterable[frozenset[str]]) -> tuple[int, ...]:
        """The numbers of several sets, each of which must have a member said; in their order, none twice."""
        return tuple(dict.fromkeys(self.add(words) for words in sets))

    def of_turn(self, keys: set[str]) -> Met:
        """What a turn with these words and pairs (`Stream.keys`) meets."""
        return Met(self._words, keys)


class Met(dict[int, bool]):
    """Whether a turn meets a need, by the need's number; looked up when first asked."""

    __slots__ = ("_keys", "_words")

    def __init__(self, words: list[frozenset[str]], keys: set[str]) -> None:
        super().__init__()
        self._words = words
        self._keys = keys

    def __missing__(self, number: int) -> bool:
        met = self[number] = not self._words[number].isdisjoint(self._keys)
        return met

    def each(self, numbers: tuple[int, ...]) -> bool:
        """Whether all of the needs are met."""
        for number in numbers:  # noqa: SIM110 - the plain loop is twice as fast here, the hottest line of scoring
            if not self[number]:
                return False
        return True
