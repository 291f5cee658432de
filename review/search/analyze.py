"""Words as the search index sees them: one analysis for what is stored and for what is asked, with places in the text.

NFKC, case folded, ё read as е; Russian and English words cut to their stem (Snowball); runs of Hangul, Han and kana
as overlapping pairs of characters plus the run's last character, so that 할인 is found in 할인해 and 贵 in 太贵了.
Terms hold letters and digits only, so that neither database's own tokenizer can cut them in another way.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import regex
import snowballstemmer

LONGEST_TERM: Final = 64  # characters; longer "words" are noise and would bloat the index

_STEMMED_AS_ENGLISH: Final = frozenset({None, "en", "ru", "ko", "zh"})
_STEMMED_AS_RUSSIAN: Final = frozenset({None, "ru", "en", "ko", "zh"})
_CLUSTER: Final = regex.compile(r"\X")
_CJK: Final = r"\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}"
# A word keeps its inner apostrophes while it is found ("don't"); they are dropped from the term.
_WORD: Final = regex.compile(
    rf"(?P<run>[{_CJK}ー]+)|(?P<word>(?:(?![{_CJK}])[\p{{L}}\p{{N}}\p{{M}}])+"
    rf"(?:['’](?:(?![{_CJK}])[\p{{L}}\p{{N}}\p{{M}}])+)*)"
)
_NOT_IN_A_TERM: Final = regex.compile(r"[^\p{L}\p{N}]")
_CYRILLIC: Final = regex.compile(r"\p{Cyrillic}")


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the index and the piece of the raw text it stands for (`start` and `end` in characters)."""

    term: str
    start: int
    end: int
    kind: Literal["word", "pair", "last"] = "word"  # pair: two characters of a run; last: its last one, alone


def analyze(text: str, language: str | None) -> list[str]:
    """The terms of a text in order. `language` (`en`, `ru`, `ko`, `zh`, ...) or None: then script decides alone."""
    return [term.term for term in analyze_places(text, language)]


def analyze_places(text: str, language: str | None, *, stem: bool = True) -> list[Term]:
    """The terms of a text with their places in it; `stem=False` leaves words whole."""
    folded, places = _fold(text)
    main = (language or "").replace("_", "-").split("-")[0].lower() or None
    terms: list[Term] = []
    for found in _WORD.finditer(folded):
        start, end = found.span()
        if found.lastgroup == "run":
            for at in range(start, end - 1):
                terms.append(Term(folded[at : at + 2], places[at][0], places[at + 1][1], "pair"))
            terms.append(Term(folded[end - 1], places[end - 1][0], places[end - 1][1], "last"))
            continue
        word = _NOT_IN_A_TERM.sub("", found.group())[:LONGEST_TERM]
        if word:
            terms.append(Term(_stem(word, main) if stem else word, places[start][0], places[end - 1][1]))
    return terms


def _fold(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as it is compared, and for each of its characters the span of the raw text it came from."""
    if text.isascii():
        return text.lower(), [(at, at + 1) for at in range(len(text))]
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        for character in _fold_cluster(cluster.group()):
            characters.append(character)
            places.append(cluster.span())
    return "".join(characters), places


@lru_cache(maxsize=16384)
def _fold_cluster(cluster: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    return folded.replace("ё", "е")


def _stem(word: str, language: str | None) -> str:
    if word.isascii():
        return _stemmed("english", word) if language in _STEMMED_AS_ENGLISH else word
    if _CYRILLIC.match(word):
        return _stemmed("russian", word) if language in _STEMMED_AS_RUSSIAN else word
    return word


@lru_cache(maxsize=65536)
def _stemmed(stemmer: str, word: str) -> str:
    return str(_stemmer(stemmer).stemWord(word))


@lru_cache(maxsize=4)
def _stemmer(name: str) -> Any:
    return snowballstemmer.stemmer(name)
