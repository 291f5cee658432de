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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from scoring.languages import Language
from scoring.languages.codes import ANY_WORD, BOUNDARY, NUMBER_KEY, Codes, a_number, any_of, head_of
from scoring.phrase_parts import Part, all_of, either_of, in_order, of_word

MAX_COST: Final = 20_000
_UNSEEN: Final = 0.5
_UNSEEN_PAIR: Final = 0.02
"""How often a word, and a pair, that stands in no line of the pack is taken to occur there."""

DIGIT_ANCHOR: Final = NUMBER_KEY
_EDGE: Final = frozenset((BOUNDARY,))
_EXACT: Final = re.compile(r"=([\w'-]+)")
_LEX: Final = re.compile(r"\.\.\d*|<[a-z_]+>|[()\[\]|^$]|=?[^\s()\[\]|^$<>=]+")


class PatternInvalid(ValueError):
    """A phrase pattern is not well formed or too wide; the message says what to change."""


@dataclass(frozen=True)
class Compiled:
    """A phrase ready to run on a token stream.

    `required`: sets of which each has a member in any turn the phrase is found in, the rarest set first; a member is
    the key of a stem, or those of two stems that follow each other, with a space between (`keys_of`). `first`: the
    keys of the stems it can begin with, None when it can begin with any. `stems`: every word it knows, to find near
    misses. `expression`: the text of its regular expression, which runs on lines of characters (`Codes`), on `marked`
    ones where it asks for a whole written word of syllables.
    """

    source: str
    expression: str
    required: tuple[frozenset[str], ...]
    first: frozenset[str] | None
    stems: frozenset[str]
    marked: bool = False
    # A property that remembers by itself would ask again and again where this class is compiled.
    _regex: list[re.Pattern[str]] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def is_ready(self) -> bool:
        """Whether its expression has been compiled."""
        return bool(self._regex)

    @property
    def regex(self) -> re.Pattern[str]:
        """The expression compiled, at first use: one call needs a few of a pack's phrases, and all take a second."""
        if not self._regex:
            self._regex.append(re.compile(self.expression))
        return self._regex[0]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a pack's phrases share: language, slots, the stems that cannot be a name, the forms asked for exactly.

    `counts`: how often each stem and each pair of neighbours stands in the pack's lines.
    """

    language: Language
    slots: Mapping[str, str]
    not_names: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    # Slots are used by hundreds of phrases; each is parsed once. Keyed by name and whether it is to run on marked
    # lines: the part, the stems it knows, and whether it must run on those.
    parsed: dict[tuple[str, bool], tuple[Part, frozenset[str], bool]] = field(
        default_factory=dict, compare=False, repr=False
    )
    codes: Codes = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", Codes(self.language, self.exact))


def exact_forms(sources: Iterable[str]) -> frozenset[str]:
    """The forms that the given phrases ask for exactly (`=form`)."""
    return frozenset(form for source in sources for form in _EXACT.findall(source))


def compile_pattern(source: str, vocabulary: Vocabulary) -> Compiled:
    """The compiled phrase. Raises PatternInvalid."""
    parser = _Parser(source, vocabulary, marked=False)
    part = parser.parse()
    if parser.needs_marks:
        parser = _Parser(source, vocabulary, marked=True)
        part = parser.parse()
    if not any(key.strip(f"{BOUNDARY} ") for need in part.required for key in need):
        raise PatternInvalid("it has no word that must be there; add one outside [ ] and ..")
    if part.cost > MAX_COST:
        raise PatternInvalid(f"it can match in {part.cost} ways at one place; use fewer .. and [ ]")
    required = tuple(sorted(set(part.required), key=parser.commonness))
    ahead = ""
    if part.regex.startswith("(?:") and part.first is not None and not part.empty and BOUNDARY not in part.first:
        # Whether one of many ways can begin at a place is told by one look at its character.
        ahead = f"(?={any_of(vocabulary.codes.characters(part.first, marked=parser.marked))})"
    return Compiled(
        source,
        ahead + part.regex,
        required,
        None if part.empty else part.first,
        frozenset(parser.stems) - vocabulary.language.common,
        marked=parser.marked,
    )


class _Parser:
    """Recursive descent over the phrase's symbols."""

    def __init__(self, source: str, vocabulary: Vocabulary, depth: int = 0, *, marked: bool) -> None:
        self.vocabulary = vocabulary
        self.language = vocabulary.language
        self.marked = marked
        self.needs_marks = False
        self.depth = depth
        self.stems: set[str] = set()
        self.symbols = _LEX.findall(source)
        self.at = 0
        if depth > 8:
            raise PatternInvalid("its slots refer to each other in a circle")
        if "".join(self.symbols) != re.sub(r"\s+", "", source):
            raise PatternInvalid("it has a sign the phrase language does not know")

    def parse(self) -> Part:
        part = self._choice(spaced=False)
        if self.at < len(self.symbols):
            raise PatternInvalid(f"'{self.symbols[self.at]}' has no partner")
        return part

    def _peek(self) -> str | None:
        return self.symbols[self.at] if self.at < len(self.symbols) else None

    def _choice(self, *, spaced: bool) -> Part:
        # Inside brackets a bar divides whole sequences; outside, it divides single words.
        branches = [self._sequence(spaced=spaced)]
        while spaced and self._peek() == "|":
            self.at += 1
            branches.append(self._sequence(spaced=spaced))
        return self._either(branches)

    def _either(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        required: tuple[frozenset[str], ...] = ()
        if all(part.required for part in parts):
            required = (frozenset().union(*(min(part.required, key=self.commonness) for part in parts)),)
        # Alternatives mostly begin with different words, so at one place few of them live on: the widest bounds them.
        cost = max(part.cost for part in parts) + sum(1 for part in parts if part.cost > 1)
        alternatives = tuple(chain.from_iterable(part.alternatives or (part.regex,) for part in parts))
        return Part(
            either_of(alternatives),
            cost,
            required,
            all_of(part.first for part in parts),
            all_of(part.last for part in parts),
            any(part.empty for part in parts),
            alternatives,
        )

    def commonness(self, anchors: frozenset[str]) -> tuple[float, int, tuple[str, ...]]:
        """Smaller is rarer; the words themselves break ties so that the choice never depends on hashing."""
        counts = self.vocabulary.counts
        found = sum([counts.get(anchor) or (_UNSEEN_PAIR if " " in anchor else _UNSEEN) for anchor in anchors])
        return found, len(anchors), tuple(sorted(anchors))

    def _sequence(self, *, spaced: bool) -> Part:
        parts: list[Part] = []
        while (symbol := self._peek()) is not None and symbol not in (")", "]") and not (spaced and symbol == "|"):
            parts.append(self._item(spaced=spaced))
        if not parts:
            raise PatternInvalid("there is an empty alternative")
        return in_order(parts)

    def _item(self, *, spaced: bool) -> Part:
        symbol = self.symbols[self.at]
        self.at += 1
        if symbol == "(":
            return self._closed(")")
        if symbol == "[":
            inner = self._closed("]")
            optional = either_of((*(inner.alternatives or (inner.regex,)), ""))
            return Part(optional, inner.cost + 1, (), inner.first, inner.last, empty=True)
        if symbol == "|":
            raise PatternInvalid("'|' stands at the edge of a word")
        if symbol == "^":
            return Part(r"(?<=\|)", 1, (), _EDGE, _EDGE)
        if symbol == "$":
            return Part(r"(?=\|)", 1, (), _EDGE, _EDGE)
        if symbol.startswith(".."):
            width = int(symbol[2:] or self.language.gap)
            if width > self.language.widest:
                raise PatternInvalid(f"'{symbol}' is wider than {self.language.widest} words")
            return Part(f"{ANY_WORD}{{0,{width}}}?", width + 1, empty=True)
        part = self._word(symbol)
        while not spaced and self._peek() == "|":
            self.at += 1
            if self._peek() is None:
                raise PatternInvalid("'|' stands at the edge of a word")
            following = self.symbols[self.at]
            self.at += 1
            part = self._either([part, self._word(following)])
        return part

    def _closed(self, bracket: str) -> Part:
        inner = self._choice(spaced=True)
        if self._peek() != bracket:
            raise PatternInvalid(f"a '{bracket}' is missing")
        self.at += 1
        return inner

    def _word(self, symbol: str) -> Part:
        if symbol.startswith("<"):
            return self._slot(symbol[1:-1])
        exact = symbol.startswith("=")
        word = symbol[1:] if exact else symbol
        if word.startswith("#"):
            return of_word(self._mask(word), frozenset((word,)))
        self.needs_marks |= exact and self.language.marks_words
        patterns = self.language.patterns(word, self.vocabulary.codes, exact=exact, marked=self.marked)
        if not patterns:
            raise PatternInvalid(f"'{word}' is dropped before matching; leave it out")
        self.stems.update(anchor for pattern in patterns for anchor in pattern.anchors)
        return in_order([of_word(p.characters, self.language.keys(p.anchors), p.ahead) for p in patterns])

    def _mask(self, word: str) -> str:
        character = self.vocabulary.codes.word(word)
        return character + head_of(character) if self.marked else character

    def _slot(self, name: str) -> Part:
        if name == "any":
            return Part(ANY_WORD, 1)
        if name == "digits":
            number = frozenset((DIGIT_ANCHOR,))
            return Part(a_number(marked=self.marked), 1, (number,), number, number)
        if name == "name":
            return Part(
                self.language.name_pattern(self.vocabulary.not_names, self.vocabulary.codes, marked=self.marked), 1
            )
        slots = self.vocabulary.slots
        if name not in slots:
            raise PatternInvalid(f"there is no slot <{name}>; there are: {', '.join(sorted(slots))}")
        known = self.vocabulary.parsed.get((name, self.marked))
        if known is None:
            inner = _Parser(f"({slots[name]})", self.vocabulary, self.depth + 1, marked=self.marked)
            known = (inner.parse(), frozenset(inner.stems), inner.needs_marks)
            self.vocabulary.parsed[name, self.marked] = known
        self.stems.update(known[1])
        self.needs_marks |= known[2]
        return known[0]
