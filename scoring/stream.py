"""A turn as the line of characters that phrases run on, with the way back to tokens, sentences and the raw text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from math import fsum
from typing import Final

from scoring.conversation import MergedTurn
from scoring.hits import Hit
from scoring.languages import Token
from scoring.languages.codes import BOUNDARY
from scoring.patterns import DIGIT_ANCHOR, Compiled, Vocabulary

_LONG: Final = 300
"""Tokens from which it pays to look up where a phrase can begin, instead of trying every place."""


class Stream:
    """A turn as the characters that phrases run on (`Codes`): "|", the first sentence, "|", the second, "|"."""

    def __init__(self, turn: MergedTurn, vocabulary: Vocabulary) -> None:
        self.turn = turn
        self.sentences = sentences = turn.sentences
        self.met = 0
        """The bits of the needs it meets (`Needs.met_by`)."""

        self.found: list[Hit] = []
        self._vocabulary = vocabulary
        self._words = turn.words
        self._placed_words: tuple[list[int], list[float | None]] | None = None
        self._stems: set[str] | None = None
        self._surface: tuple[str, list[int]] | None = None
        self._marked: str | None = None
        self._begun: list[int] | None = None
        self._placed_stems: dict[str, list[int]] | None = None
        line = vocabulary.codes.line
        if len(sentences) == 1:
            self.tokens: tuple[Token, ...] | list[Token] = sentences[0].tokens
            self._starts = [1]
            self.text = f"|{line(self.tokens)}|"
        else:
            self.tokens = [token for sentence in sentences for token in sentence.tokens]
            self._starts = list(accumulate([len(sentence.tokens) + 1 for sentence in sentences], initial=1))[:-1]
            self.text = f"|{'|'.join([line(sentence.tokens) for sentence in sentences])}|"

    @property
    def stems(self) -> set[str]:
        """The turn's words, and "#digit" where one of them is a number."""
        if self._stems is None:
            self._stems = {token[0] for token in self.tokens}
            if any(map(str.isdigit, [stem[0] for stem in self._stems])):
                self._stems.add(DIGIT_ANCHOR)
        return self._stems

    @property
    def surface(self) -> tuple[str, list[int]]:
        """The turn's words as said with spaces between, and where each begins."""
        if self._surface is None:
            said = [token[1] for token in self.tokens]
            self._surface = " ".join(said), list(accumulate([len(word) + 1 for word in said], initial=0))[:-1]
        return self._surface

    def confidence(self, start: int, end: int) -> float | None:
        """Mean confidence of the words in characters `start`..`end`, as `MergedTurn.speech_confidence` tells it.

        A turn is asked for each of its hits, so the words' places and confidences are taken out once.
        """
        if not self._words:
            return None
        if self._placed_words is None:
            self._placed_words = [word[0] for word in self._words], [word[4] for word in self._words]
        places, confidences = self._placed_words
        first = bisect_right(places, start)
        if first and self._words[first - 1][1] > start:
            first -= 1
        sure = confidences[first : bisect_left(places, end, first)]
        if None in sure:
            sure = [confidence for confidence in sure if confidence is not None]
        return fsum(sure) / len(sure) if sure else None  # type: ignore[arg-type]  # None is left out

    @property
    def marked(self) -> str:
        """The line that tells which syllables begin a written word."""
        if self._marked is None:
            line = self._vocabulary.codes.marked
            self._marked = f"|{'|'.join([line(sentence.tokens) for sentence in self.sentences])}|"
        return self._marked

    def find(self, phrase: Compiled) -> Iterable[re.Match[str]]:
        """Where the phrase is found, from the left, none overlapping another."""
        text = self.marked if phrase.marked else self.text
        if phrase.first is not None and len(text) > _LONG:
            return self._find_from(phrase, text, phrase.first)
        # Most of those tried are found once or not at all: two searches cost less than an iterator.
        search = phrase.regex.search
        match = search(text)
        if match is None:
            return ()
        found = [match]
        last = len(text) - 1  # the end of the last sentence
        while (end := match.end()) < last and (match := search(text, end)):
            found.append(match)
        return found

    def _find_from(self, phrase: Compiled, text: str, keys: frozenset[str]) -> Iterator[re.Match[str]]:
        """The same, tried only where the phrase can begin."""
        match = phrase.regex.match
        reached = 0
        for start in self._starts_of(keys):
            if start >= reached and (found := match(text, start)):
                yield found
                reached = found.end()

    def stands(self, phrase: Compiled, low: int, high: int) -> bool:
        """Whether the phrase is found between two places of the line."""
        return phrase.regex.search(self.marked if phrase.marked else self.text, low, high) is not None

    def _starts_of(self, keys: frozenset[str]) -> list[int]:
        """The places of the line where a stem with one of the keys stands, in order."""
        places = self._places
        said = places.keys() & keys if len(keys) > len(places) else keys
        found = [places[key] for key in said if key in places]
        return found[0] if len(found) == 1 else sorted(set(chain.from_iterable(found)))

    @property
    def _firsts(self) -> list[int]:
        """The first token of each sentence."""
        if self._begun is None:
            self._begun = [start - number - 1 for number, start in enumerate(self._starts)]
        return self._begun

    @property
    def _places(self) -> dict[str, list[int]]:
        if self._placed_stems is None:
            self._placed_stems = self._find_places()
        return self._placed_stems

    def _find_places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        families = self._vocabulary.language.families
        for at, token in self._placed():
            places.setdefault(token.stem, []).append(at)
            if families is not None and (family := families[token.stem]) != token.stem:
                places.setdefault(family, []).append(at)
            if token.stem[0].isdigit():
                places.setdefault(DIGIT_ANCHOR, []).append(at)
        places[BOUNDARY] = self._starts
        return places

    def _placed(self) -> Iterator[tuple[int, Token]]:
        for sentence, start in zip(self.sentences, self._starts, strict=True):
            yield from enumerate(sentence.tokens, start)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The first and last token of a match on the line (inclusive)."""
        if len(self._starts) == 1:
            return start - 1, end - 2
        return start - self.sentence_at(start) - 1, end - self.sentence_at(end - 1) - 2

    def place(self, token: int) -> int:
        """Where a token stands on the line."""
        number = bisect_right(self._firsts, token) - 1
        return token + number + 1

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds a place of the line."""
        return (bisect_right(self._starts, place) or 1) - 1

    def sentence_bounds(self, number: int) -> tuple[int, int]:
        """Where a sentence starts on the line, and where the next one does."""
        last = number + 1 == len(self._starts)
        return self._starts[number], len(self.text) if last else self._starts[number + 1]
