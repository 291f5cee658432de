"""The phrases of a pack that one role may say, made ready to be looked up by what a turn holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from scoring.languages.codes import Codes
from scoring.needs import Needs
from scoring.packs import Entry
from scoring.patterns import Compiled

Rule = tuple[int, int, Entry, Compiled, bool, int]
"""A phrase by its place in the pack, with the bits of its further needs (`Needs`), the entry it belongs to, whether
all that is found counts, because the entry asks for nothing else of the sentence, and the group it is looked up by."""


class RoleRules:
    """The phrases that a role may say, by the first need of each, and the guards of their entries."""

    def __init__(self, codes: Codes) -> None:
        self.needs = Needs(codes)
        self.rules: list[list[Rule]] = []
        self.guards: dict[Entry, tuple[tuple[int, Compiled], ...]] = {}
        self.regexes: dict[int, list[int]] = {}
        """The matcher's raw expressions by the group of the words they need."""

        self.fuzzy: dict[int, list[int]] = {}
        """The matcher's fuzzy phrases by the group of their rarest words."""

    def _group(self, need: frozenset[str]) -> int:
        group = self.needs.group(need)
        while len(self.rules) <= group:
            self.rules.append([])
        return group

    def add_regex(self, number: int, need: frozenset[str]) -> None:
        """A raw expression by its number, tried where one of the words is said."""
        self.regexes.setdefault(self._group(need), []).append(number)

    def add_fuzzy(self, number: int, entry: Entry, need: frozenset[str]) -> None:
        """A fuzzy phrase by its number, tried where one of the words is said."""
        self._add_guards(entry)
        self.fuzzy.setdefault(self._group(need), []).append(number)

    def _add_guards(self, entry: Entry) -> None:
        if entry not in self.guards:
            self.guards[entry] = tuple((self.needs.bit(guard.required[0]), guard) for guard in entry.unless)

    def add(self, number: int, entry: Entry, phrase: Compiled, further: Iterable[frozenset[str]]) -> None:
        """A phrase of an entry, with those of its further needs that are rare enough to be looked at."""
        self._add_guards(entry)
        bits = reduce(or_, map(self.needs.bit, further), 0)
        plain = entry.asks is None and not entry.guarded and not entry.unless
        group = self._group(phrase.required[0])
        self.rules[group].append((number, bits, entry, phrase, plain, group))
