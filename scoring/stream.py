"""A turn's tokens as one line of text that phrases run on, with the way back to tokens, sentences and characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from operator import add
from typing import Final

from scoring.conversation import MergedTurn
from scoring.languages import WORD_MARK, Language, Sentence, Token
from scoring.patterns import BOUNDARY, DIGIT_ANCHOR, Compiled, Vocabulary

_LONG: Final = 300
"""Characters from which it pays to look up where a phrase can begin, instead of trying every place."""

_DIGIT: Final = re.compile(r"\d")


class Stream:
    """A turn's tokens as the text that phrases run on, with the way back to the raw characters.

    `stems` are the turn's words; `keys` are those and every pair of neighbours, the ends of sentences as "|".
    """

    __slots__ = (
        "_families",
        "_places",
        "_sentence_starts",
        "char_starts",
        "keys",
        "sentences",
        "stems",
        "text",
        "tokens",
    )

    def __init__(self, turn: MergedTurn, vocabulary: Vocabulary) -> None:
        self.sentences = turn.sentences
        self.tokens: list[Token] = []
        self.char_starts: list[int] = []
        self._sentence_starts: list[int] = []
        self._places: dict[str, list[int]] | None = None
        self._families = vocabulary.language.families
        parts = ["| "]
        at = 2
        for sentence in turn.sentences:
            words = _written(sentence.tokens, vocabulary)
            self._sentence_starts.append(at)
            self.tokens += sentence.tokens
            starts = list(accumulate(map(len, words), initial=at))
            at = starts.pop()
            self.char_starts += starts
            parts += words
            parts.append("| ")
            at += 2
        self.text = "".join(parts)
        self.stems = {token[0] for token in self.tokens}
        self.keys = keys_of(turn.sentences, vocabulary.language)
        if DIGIT_ANCHOR in self.keys:
            self.stems.add(DIGIT_ANCHOR)

    def find(self, phrase: Compiled) -> Iterator[re.Match[str]]:
        """Where the phrase is found, from the left, none overlapping another."""
        if phrase.first is None or len(self.text) <= _LONG:
            return phrase.regex.finditer(self.text)
        return self._find_from(phrase, phrase.first)

    def _find_from(self, phrase: Compiled, keys: frozenset[str]) -> Iterator[re.Match[str]]:
        """The same, tried only where the phrase can begin."""
        match = phrase.regex.match
        reached = 0
        for start in self._starts(keys):
            if start >= reached and (found := match(self.text, start)):
                yield found
                reached = found.end()

    def _starts(self, keys: frozenset[str]) -> list[int]:
        """The places of the text where a stem with one of the keys stands, in order."""
        if self._places is None:
            self._places = self._all_places()
        places = self._places
        said = places.keys() & keys if len(keys) > len(places) else keys
        found = [places[key] for key in said if key in places]
        return found[0] if len(found) == 1 else sorted(set(chain.from_iterable(found)))

    def _all_places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for token, start in zip(self.tokens, self.char_starts, strict=True):
            places.setdefault(token.stem, []).append(start)
        if self._families is not None:
            for token, start in zip(self.tokens, self.char_starts, strict=True):
                family = self._families[token.stem]
                if family != token.stem:
                    places.setdefault(family, []).append(start)
        if DIGIT_ANCHOR in self.keys:
            numbers = [at for stem, found in places.items() if stem[0].isdigit() for at in found]
            places[DIGIT_ANCHOR] = sorted(numbers)
        # A sentence begins behind its boundary and ends at the next one.
        places[BOUNDARY] = sorted(
            {0, *(at - 2 for at in self._sentence_starts), *self._sentence_starts, len(self.text) - 2}
        )
        return places

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The first and last token of a match on the stream (inclusive)."""
        return bisect_right(self.char_starts, start) - 1, bisect_right(self.char_starts, end - 1) - 1

    def char_start(self, token: int) -> int:
        """Where a token starts on the stream; beyond the ends, the stream's own."""
        if token < 0:
            return 0
        return self.char_starts[token] if token < len(self.char_starts) else len(self.text)

    def sentence_at(self, start: int) -> int:
        """The number of the sentence that holds a place of the stream."""
        return max(0, bisect_right(self._sentence_starts, start) - 1)

    def sentence_bounds(self, number: int) -> tuple[int, int]:
        """Where a sentence starts and ends on the stream."""
        start = self._sentence_starts[number]
        last = number + 1 == len(self._sentence_starts)
        return start, len(self.text) if last else self._sentence_starts[number + 1]


def keys_of(sentences: Iterable[Sentence], language: Language) -> set[str]:
    """Every stem and every pair of neighbouring stems, as `Compiled.required` names them.

    A number is also "#digit", and a stem its family, where the language has such.
    """
    families = language.families
    keys = {f"{BOUNDARY} {BOUNDARY}"}  # the ends of sentences take no place, so two of them may stand together
    for sentence in sentences:
        stems = [token[0] for token in sentence.tokens]
        if families is not None:
            wide = [families[stem] for stem in stems]
            keys.update(wide)
            spaced, spaced_wide = (
                [f"{stem} " for stem in (BOUNDARY, *stems)],
                [f"{stem} " for stem in (BOUNDARY, *wide)],
            )
            for before in (spaced, spaced_wide):
                keys.update(map(add, before, wide))
            keys.update(map(add, spaced_wide[1:], (*stems[1:], BOUNDARY)))
        keys.update(stems)
        keys.update([f"{one} {other}" for one, other in pairwise((BOUNDARY, *stems, BOUNDARY))])
        if _DIGIT.search("".join(stems)) and any(stem[0].isdigit() for stem in stems):
            keys.add(DIGIT_ANCHOR)
            read = [DIGIT_ANCHOR if stem[0].isdigit() else stem for stem in stems]
            for before, after in ((read, read), (stems, read), (read, stems)):
                keys.update(map("{} {}".format, [BOUNDARY, *before], [*after, BOUNDARY]))
    return keys


def _written(tokens: Sequence[Token], vocabulary: Vocabulary) -> list[str]:
    """The tokens as they stand on the stream: with their form where a phrase asks for it, with the mark of a word."""
    language = vocabulary.language
    if language.marks_words:
        return [f"{stem}{WORD_MARK} " if head else f"{stem} " for stem, _, _, _, head in tokens]
    if language.joined:
        return [f"{token[0]} " for token in tokens]
    exact = vocabulary.exact
    return [f"{stem}={surface} " if surface in exact else f"{stem} " for stem, surface, _, _, _ in tokens]
