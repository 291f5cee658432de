"""The phrase language of the rule packs and its translation into bounded regular expressions over tokens.

    think|consider           one of these words (any form: matched by Snowball stem; Korean and Chinese by syllables)
    =interested              exactly this form (Korean: exactly this written word)
    (show it to|ask) my boss alternatives of several words
    [really|quite a bit]     may be there
    ..  ..5                  up to 3 (5) words of any kind, within the sentence (Korean 8, Chinese 6 syllables)
    <money>                  a slot: a named sub-pattern of the pack
    ^  $                     start and end of the sentence
    <any> <digits> <name>    one word; a number in digits; one word that can be a name

The language has no unbounded repetition, so no phrase can run away; a phrase whose choices multiply too far is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from scoring.languages import WORD_MARK, Language

MAX_COST: Final = 20_000
_MOST_NEEDS: Final = 3
DIGIT_ANCHOR: Final = "#digit"

_EXACT: Final = re.compile(r"=([\w'-]+)")
_LEX: Final = re.compile(r"\.\.\d*|<[a-z_]+>|[()\[\]|^$]|=?[^\s()\[\]|^$<>=]+")


class PatternInvalid(ValueError):
    """A phrase pattern is not well formed or too wide; the message says what to change."""


@dataclass(frozen=True)
class Compiled:
    """A phrase ready to run on a token stream.

    `anchors`: at least one of these stems must be in the turn, the rarest such set; `needs`: the other such sets.
    `stems`: every word it knows, to find near misses. `expression`: the text of its regular expression.
    """

    source: str
    expression: str
    anchors: frozenset[str]
    needs: tuple[frozenset[str], ...]
    stems: frozenset[str]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression compiled, at first use: one call needs a few of a pack's phrases, and all take a second."""
        return re.compile(self.expression)


@dataclass(frozen=True, slots=True)
class _Part:
    regex: str
    cost: int
    required: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a pack's phrases share: language, slots, the stems that cannot be a name, the forms asked for exactly."""

    language: Language
    slots: Mapping[str, str]
    not_names: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    # Slots are used by hundreds of phrases; each is parsed once. Keyed by name: the part and the stems it knows.
    parsed: dict[str, tuple[_Part, frozenset[str]]] = field(default_factory=dict, compare=False, repr=False)
    exact_stems: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exact_stems", frozenset(self.language.stem(form) for form in self.exact))


def exact_forms(sources: Iterable[str]) -> frozenset[str]:
    """The forms that the given phrases ask for exactly (`=form`)."""
    return frozenset(form for source in sources for form in _EXACT.findall(source))


def compile_pattern(source: str, vocabulary: Vocabulary) -> Compiled:
    """The compiled phrase. Raises PatternInvalid."""
    parser = _Parser(source, vocabulary)
    part = parser.parse()
    if not part.required:
        raise PatternInvalid("it has no word that must be there; add one outside [ ] and ..")
    if part.cost > MAX_COST:
        raise PatternInvalid(f"it can match in {part.cost} ways at one place; use fewer .. and [ ]")
    common = vocabulary.language.common
    anchors, *needs = sorted(set(part.required), key=parser.commonness)
    # A word found in every turn as well as missing in none tells nothing: only telling sets are worth a look.
    telling = tuple(need for need in needs if not need & common)[:_MOST_NEEDS]
    return Compiled(source, r"(?<!\S)" + part.regex, anchors, telling, frozenset(parser.stems) - common)


class _Parser:
    """Recursive descent over the phrase's symbols."""

    def __init__(self, source: str, vocabulary: Vocabulary, depth: int = 0) -> None:
        self.vocabulary = vocabulary
        self.language = vocabulary.language
        self.exact_stems = vocabulary.exact_stems
        self.depth = depth
        self.stems: set[str] = set()
        self.symbols = _LEX.findall(source)
        self.at = 0
        if depth > 8:
            raise PatternInvalid("its slots refer to each other in a circle")
        if "".join(self.symbols) != re.sub(r"\s+", "", source):
            raise PatternInvalid("it has a sign the phrase language does not know")

    def parse(self) -> _Part:
        part = self._choice(spaced=False)
        if self.at < len(self.symbols):
            raise PatternInvalid(f"'{self.symbols[self.at]}' has no partner")
        return part

    def _peek(self) -> str | None:
        return self.symbols[self.at] if self.at < len(self.symbols) else None

    def _choice(self, *, spaced: bool) -> _Part:
        # Inside brackets a bar divides whole sequences; outside, it divides single words.
        branches = [self._sequence(spaced=spaced)]
        while spaced and self._peek() == "|":
            self.at += 1
            branches.append(self._sequence(spaced=spaced))
        return self._either(branches)

    def _either(self, parts: list[_Part]) -> _Part:
        if len(parts) == 1:
            return parts[0]
        required: tuple[frozenset[str], ...] = ()
        if all(part.required for part in parts):
            required = (frozenset().union(*(min(part.required, key=self.commonness) for part in parts)),)
        # Alternatives mostly begin with different words, so at one place few of them live on: the widest bounds them.
        cost = max(part.cost for part in parts) + sum(1 for part in parts if part.cost > 1)
        return _Part("(?:" + "|".join(part.regex for part in parts) + ")", cost, required)

    def commonness(self, anchors: frozenset[str]) -> tuple[int, int, tuple[str, ...]]:
        """Smaller is rarer; the words themselves break ties so that the choice never depends on hashing."""
        common = self.language.common
        return sum(50 if anchor in common else 1 for anchor in anchors), len(anchors), tuple(sorted(anchors))

    def _sequence(self, *, spaced: bool) -> _Part:
        parts: list[_Part] = []
        while (symbol := self._peek()) is not None and symbol not in (")", "]") and not (spaced and symbol == "|"):
            parts.append(self._item(spaced=spaced))
        if not parts:
            raise PatternInvalid("there is an empty alternative")
        return _in_order(parts)

    def _item(self, *, spaced: bool) -> _Part:
        symbol = self.symbols[self.at]
        self.at += 1
        if symbol == "(":
            return self._closed(")")
        if symbol == "[":
            inner = self._closed("]")
            return _Part(f"(?:{inner.regex})?", inner.cost + 1, ())
        if symbol == "|":
            raise PatternInvalid("'|' stands at the edge of a word")
        if symbol == "^":
            return _Part(r"(?<=\| )", 1, ())
        if symbol == "$":
            return _Part(r"(?=\| )", 1, ())
        if symbol.startswith(".."):
            width = int(symbol[2:] or self.language.gap)
            if width > self.language.widest:
                raise PatternInvalid(f"'{symbol}' is wider than {self.language.widest} words")
            return _Part(rf"(?:[^\s|]\S* ){{0,{width}}}?", width + 1, ())
        part = self._word(symbol)
        while not spaced and self._peek() == "|":
            self.at += 1
            if self._peek() is None:
                raise PatternInvalid("'|' stands at the edge of a word")
            following = self.symbols[self.at]
            self.at += 1
            part = self._either([part, self._word(following)])
        return part

    def _closed(self, bracket: str) -> _Part:
        inner = self._choice(spaced=True)
        if self._peek() != bracket:
            raise PatternInvalid(f"a '{bracket}' is missing")
        self.at += 1
        return inner

    def _word(self, symbol: str) -> _Part:
        if symbol.startswith("<"):
            return self._slot(symbol[1:-1])
        exact = symbol.startswith("=")
        word = symbol[1:] if exact else symbol
        if word.startswith("#"):
            return _Part(re.escape(word) + " ", 1, (frozenset((word,)),))
        patterns = self.language.patterns(word, self.exact_stems, exact=exact)
        if not patterns:
            raise PatternInvalid(f"'{word}' is dropped before matching; leave it out")
        self.stems.update(anchor for pattern in patterns for anchor in pattern.anchors)
        return _in_order([_Part(pattern.expression, 1, (pattern.anchors,)) for pattern in patterns])

    def _slot(self, name: str) -> _Part:
        if name == "any":
            return _Part(r"[^\s|]\S* ", 1, ())
        if name == "digits":
            return _Part(rf"{WORD_MARK}?\d\S* ", 1, (frozenset((DIGIT_ANCHOR,)),))
        if name == "name":
            return _Part(self.language.name_pattern(self.vocabulary.not_names), 1, ())
        slots = self.vocabulary.slots
        if name not in slots:
            raise PatternInvalid(f"there is no slot <{name}>; there are: {', '.join(sorted(slots))}")
        known = self.vocabulary.parsed.get(name)
        if known is None:
            inner = _Parser(f"({slots[name]})", self.vocabulary, self.depth + 1)
            known = (inner.parse(), frozenset(inner.stems))
            self.vocabulary.parsed[name] = known
        self.stems.update(known[1])
        return known[0]


def _in_order(parts: list[_Part]) -> _Part:
    cost = 1
    for part in parts:
        cost *= part.cost
    return _Part("".join(part.regex for part in parts), cost, tuple(need for part in parts for need in part.required))


# --- raw regular expressions ------------------------------------------------------------------------------------------


def guard_regex(source: str, *, most_ways: int = 10_000) -> re.Pattern[str]:
    """A raw regular expression that cannot run away, compiled. Raises PatternInvalid saying what to write instead.

    Unbounded repeats, repeats within repeats and back-references are refused; what is left is bounded by the product
    of its repeats.
    """
    from re import _parser as parser  # type: ignore[attr-defined]  # the only way to see a regex's structure

    try:
        tree = parser.parse(source, re.IGNORECASE)
    except re.error as error:
        raise PatternInvalid(f"it is no regular expression: {error}") from error
    ways = _regex_ways(tree, inside_repeat=False, unbounded=parser.MAXREPEAT)
    if ways > most_ways:
        raise PatternInvalid(f"its repeats multiply to {ways} ways at one place; use smaller ones")
    return re.compile(source, re.IGNORECASE)


def _regex_ways(tree: object, *, inside_repeat: bool, unbounded: object) -> int:
    ways = 1
    for op, argument in tree:  # type: ignore[attr-defined]
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = argument
            if high == unbounded:
                raise PatternInvalid("it repeats without bound (* or +); write {0,40} instead")
            if inside_repeat and high > 1:
                raise PatternInvalid("it has a repeat within a repeat; write the inner one out")
            ways *= int(high) - int(low) + 1
            ways *= _regex_ways(inner, inside_repeat=inside_repeat or high > 1, unbounded=unbounded)
        elif name.startswith("GROUPREF"):
            raise PatternInvalid("it has a back-reference; write the text out")
        else:
            for inner in _inner_trees(argument):
                ways *= _regex_ways(inner, inside_repeat=inside_repeat, unbounded=unbounded)
    return ways


_is_tree: Callable[[object], bool] = lambda item: type(item).__name__ == "SubPattern"  # noqa: E731


def _inner_trees(argument: object) -> list[object]:
    if _is_tree(argument):
        return [argument]
    if isinstance(argument, tuple | list):
        return [tree for item in argument for tree in _inner_trees(item)]
    return []
