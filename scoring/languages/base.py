"""What a language is to the rules: how a turn is cut into sentences and tokens, how phrases become patterns.

Every token carries the span of the raw word it came from, so that each hit can be quoted and played. In languages
written in words a token is a word, matched by its stem; in Korean and Chinese a token is one syllable or character,
because the spaces of Korean are written freely, and Chinese has none.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from scoring.languages.codes import Codes, a_name

PIECE: Final = re.compile(
    r"(?P<currency>[$€£¥₽₩])"
    r"|(?P<number>\d+(?:[.,:/]\d+)*)"
    r"|(?P<word>[^\W\d_]\w*(?:['’ʼ`´]\w+)*)"
    r"|(?P<percent>%)"
    r"|(?P<end>[.!?。？！]+)"
)


class Token(NamedTuple):
    """A token for matching: `stem` and `surface` normalised, `start`..`end` characters of the raw text.

    `head` is False for a syllable inside a written word.
    """

    stem: str
    surface: str
    start: int
    end: int
    head: bool = True


new_token: Final = tuple.__new__
"""Makes a `Token` from all its fields in half the time its own constructor takes: a call has hundreds."""


class Sentence(NamedTuple):
    """A run of tokens that a phrase may not cross; `asks` when it ended in a question mark."""

    tokens: tuple[Token, ...]
    asks: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class WordPattern:
    """One token of a phrase: its characters (`Codes`), the stems of which one must be in the turn, and the expression
    of what must follow it."""

    characters: str
    anchors: frozenset[str]
    ahead: str = ""


class Filled(dict[str, str]):
    """What a function makes of words, kept as they are met: a look costs a third of a remembered call."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_FILLED:
            self.clear()
        found = self[word] = self._function(word)
        return found


_MOST_FILLED: Final = 65536


class Language(ABC):
    """One language's reading of text. Objects hold no state; `language_of` hands out one per language."""

    code: str
    joined: bool = False
    """True where tokens are syllables or characters instead of words."""

    marks_words: bool = False
    """True where a phrase can ask for a whole written word of syllables (`Codes.marked`)."""

    gap: int = 3
    """Tokens that `..` may pass over."""

    widest: int = 12
    """The widest gap a phrase may name."""

    common: frozenset[str] = frozenset()
    """Stems found in nearly every turn: poor places to begin a search."""

    joining: frozenset[str] = frozenset()
    """Words that join one clause to the next."""

    families: Filled | None = None
    """The key of the family each stem belongs to, where a phrase's word may stand for a family of stems at once."""

    def keys(self, stems: frozenset[str]) -> frozenset[str]:
        """What a word of a phrase is looked for by, before its expression is tried: its stems or their family."""
        return stems

    @abstractmethod
    def split(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a turn. Without punctuation the whole turn is one."""

    @abstractmethod
    def stem(self, word: str) -> str:
        """The form in which a word list holds a word, as tokens' stems are compared with it."""

    @abstractmethod
    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        """Token ranges (first, end) of the questions in a sentence; `punctuated` when the call has question marks."""

    @abstractmethod
    def is_open(self, tokens: Sequence[Token]) -> bool:
        """Whether a question invites more than yes, no or one fact."""

    @abstractmethod
    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        """The day that the tokens' surfaces name, seen from `day`; None where they name none."""

    def tokens(self, word: str) -> tuple[Token, ...]:
        """The tokens of a short text, sentences ignored."""
        return tuple(token for sentence in self.split(word) for token in sentence.tokens)

    def name_pattern(self, not_names: frozenset[str], codes: Codes, *, marked: bool) -> str:
        """The expression of one thing that can be a name, none of `not_names`."""
        return a_name(codes, not_names)

    def patterns(self, word: str, codes: Codes, *, exact: bool, marked: bool) -> tuple[WordPattern, ...]:
        """The pattern of each token of a phrase's word; `exact` asks for this form and no other, on a line that is
        `marked` or not."""
        found = []
        for token in self.tokens(word):
            characters = codes.form(token.stem, token.surface) if exact else codes.word(token.stem)
            found.append(WordPattern(characters, frozenset((token.stem,))))
        return tuple(found)

    def holds(self, tokens: Sequence[Token], words: frozenset[str]) -> bool:
        """Whether one of the words of a list is among the tokens."""
        return any(token.stem in words for token in tokens)

    def only(self, tokens: Sequence[Token], words: frozenset[str]) -> bool:
        """Whether the tokens are nothing but words of a list."""
        return all(token.stem in words for token in tokens)

    def begins_with(self, tokens: Sequence[Token], words: frozenset[str]) -> bool:
        """Whether the tokens begin with one of the words of a list."""
        return bool(tokens) and tokens[0].stem in words


_SHORT: Final = 24
"""Characters of a turn that is read once and remembered: half the turns of a call are "yes", "mhm", "I see"."""


def read_text(language: Language, text: str) -> tuple[Sentence, ...]:
    """The sentences of a turn, as `Language.split` gives them."""
    return _read_short(language, text) if len(text) <= _SHORT else language.split(text)


def forget_texts() -> None:
    """Read every text anew, for measuring."""
    _read_short.cache_clear()


@lru_cache(maxsize=4096)
def _read_short(language: Language, text: str) -> tuple[Sentence, ...]:
    return language.split(text)


@lru_cache(maxsize=256)
def mask_tokens(raw: str) -> tuple[tuple[str, str], ...]:
    """A part that redaction took out, such as [PERSON_NAME], as a token of its kind."""
    if "NAME" in raw and "ORG" not in raw:
        kind = "#name"
    elif any(word in raw for word in ("ORG", "COMPANY")):
        kind = "#org"
    elif any(word in raw for word in ("MONEY", "PRICE", "AMOUNT")):
        kind = "#money"
    elif any(word in raw for word in ("BIRTH", "AGE", "DURATION")):
        kind = "#mask"
    elif any(word in raw for word in ("DATE", "TIME", "DAY")):
        kind = "#date"
    else:
        kind = "#mask"
    return ((kind, kind),)


def folded(raw: str) -> str:
    """Compatibility forms (full-width letters, ligatures) and case made alike."""
    return unicodedata.normalize("NFKC", raw).casefold()


def ends_sentence(text: str, end: int, mark: str, before: str, abbreviations: frozenset[str]) -> bool:
    """Whether a run of marks up to `end` ends a sentence; `before` is the surface of the last token."""
    if mark.startswith(("..", "…")):
        return False
    if end < len(text) and not (text[end].isspace() or text[end] in "\"'”’)[" or mark[0] in "。？！"):
        return False
    return not (mark == "." and before in abbreviations)
