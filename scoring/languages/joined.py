"""What Korean and Chinese share: tokens of one syllable or character, so that free or absent spaces do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from types import MappingProxyType
from typing import Final

from scoring.languages.base import (
    PIECE,
    Filled,
    Language,
    Sentence,
    Token,
    ends_sentence,
    mask_tokens,
    new_token,
)
from scoring.languages.codes import Codes, a_joined_name

_SINGLE: Final = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3]|[0-9]+(?:[.,:/][0-9]+)*|[^\W\d_]+|\d+"
)
_SYLLABLE: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3]")
_LONE_LETTERS: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f]+")
_PIECE: Final = re.compile(r"(?P<run>[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+)(?![\w'’ʼ`´])|" + PIECE.pattern)
"""As `PIECE`, with runs of syllables that stand for themselves (no compatibility characters, which folding changes)."""


def _heads(before: str) -> bool:
    """Whether a written word begins behind this character."""
    return before.isspace() or not before.isalnum()


def is_syllable(text: str) -> bool:
    """Whether the text is one Hangul syllable or Chinese character."""
    return _SYLLABLE.fullmatch(text) is not None


@lru_cache(maxsize=16384)
def _surface(piece: str) -> str:
    """A piece folded; empty for lone letters (ㅋㅋ, ㅠ), which say nothing."""
    surface = unicodedata.normalize("NFKC", piece).casefold()
    return "" if _LONE_LETTERS.fullmatch(surface) else surface


class Joined(Language):
    """A language matched by syllables. Word lists hold whole words, compared with the joined syllables."""

    joined = True
    widest = 30
    currency: Mapping[str, str] = MappingProxyType({})
    percent: str = ""
    fillers: frozenset[str] = frozenset()

    @classmethod
    def normal(cls, syllable: str) -> str:
        """The form in which a syllable is matched."""
        return syllable

    def __init__(self) -> None:
        self.normals: Final = Filled(self.normal)
        """Every syllable met so far in the form in which it is matched."""

    def split(self, text: str) -> tuple[Sentence, ...]:
        sentences: list[Sentence] = []
        tokens: list[Token] = []
        fillers = self.fillers
        for match in _PIECE.finditer(text):
            kind = match.lastgroup
            if kind == "run":
                raw, start = match.group(), match.start()
                if raw not in fillers:
                    head = start == 0 or _heads(text[start - 1])
                    tokens.extend(self._run(raw, start, head=head))
            elif kind == "end":
                mark = match.group()
                if ends_sentence(text, match.end(), mark, "", frozenset()) and tokens:
                    sentences.append(Sentence(tuple(tokens), "?" in mark or "？" in mark, ended=True))
                    tokens = []
            else:
                tokens.extend(self._pieces(text, match, kind))
        if tokens:
            sentences.append(Sentence(tuple(tokens), asks=False, ended=False))
        return tuple(sentences)

    def _run(self, raw: str, start: int, *, head: bool) -> Iterator[Token]:
        """The tokens of a run of syllables that stand for themselves."""
        end = start + len(raw)
        places = zip(  # as long as the shortest, for nothing but the heads is longer
            map(self.normals.__getitem__, raw),
            raw,
            range(start, end),
            range(start + 1, end + 1),
            chain((head,), repeat(False)),
            strict=False,
        )
        return map(new_token, repeat(Token), places)

    def _pieces(self, text: str, match: re.Match[str], kind: str | None) -> list[Token]:
        raw, start = match.group(), match.start()
        if kind == "word":
            if start and text[start - 1] == "[" and raw.isupper() and raw.isascii():
                return [Token(stem, surface, start, match.end()) for stem, surface in mask_tokens(raw)]
            if raw in self.fillers:
                return []
        if kind in ("currency", "percent"):
            word = self.currency.get(raw, self.percent)
            return [Token(self.normal(c), c, start, match.end(), head=n == 0) for n, c in enumerate(word)]
        # A written word may go on behind a number: "3만원" is one word of three tokens.
        head = start == 0 or _heads(text[start - 1])
        found = []
        for piece in _SINGLE.finditer(raw):
            surface = _surface(piece.group())
            if surface:
                place = start + piece.start()
                found.append(
                    Token(self.normal(surface), surface, place, start + piece.end(), head=head and piece.start() == 0)
                )
        return found

    def name_pattern(self, not_names: frozenset[str], codes: Codes, *, marked: bool) -> str:
        """Two to four syllables in a row: which of them are a name only the phrase around them tells."""
        return a_joined_name(marked=marked)

    def stem(self, word: str) -> str:
        return "".join(token.stem for token in self.tokens(word)) or word

    def holds(self, tokens: Sequence[Token], words: frozenset[str]) -> bool:
        said = "".join(token.stem for token in tokens)
        return any(word in said for word in words)

    def begins_with(self, tokens: Sequence[Token], words: frozenset[str]) -> bool:
        return "".join(token.stem for token in tokens).startswith(tuple(sorted(words)))

    def only(self, tokens: Sequence[Token], words: frozenset[str]) -> bool:
        return "".join(token.stem for token in tokens) in words
