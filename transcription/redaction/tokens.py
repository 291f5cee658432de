"""Cuts a turn's text into words, digit runs, single Han characters and signs, around what is masked already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from transcription.redaction.lexicon import fold
from transcription.redaction.types import MASKS

_TOKEN: Final = re.compile(
    r"(?P<num>\d+)"
    r"|(?P<ring>圈[aA])"
    r"|(?P<latin>[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)*)"
    r"|(?P<cyrillic>[\u0400-\u04ff]+)"
    r"|(?P<hangul>[\uac00-\ud7a3]+)"
    r"|(?P<han>[\u4e00-\u9fff\u3007])"
    r"|(?P<sign>[^\s])"
)
MASK_PATTERN: Final = re.compile("|".join(re.escape(mask) for mask in MASKS.values()))
_NO_SENSE: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Token:
    """`text[start:end]` of a turn, folded; `sort` is num, latin, cyrillic, hangul, han, sign or mask (`text`: kind)."""

    text: str
    start: int
    end: int
    sort: str

    @property
    def silent(self) -> bool:
        """A sign nobody pronounces: punctuation, a bracket, a dash."""
        return self.sort == "sign" and not _NO_SENSE.match(self.text)


def cut_tokens(text: str, masked: Sequence[tuple[int, int, str]] = ()) -> list[Token]:
    """Tokens of a text. `masked` lists (start, end, kind) that count as masks, as masks written in the text do."""
    tokens: list[Token] = []
    at = 0
    for start, end, kind in sorted([*masked, *_written_masks(text, masked)]):
        tokens.extend(_plain(text, at, start))
        tokens.append(Token(kind, start, end, "mask"))
        at = end
    tokens.extend(_plain(text, at, len(text)))
    return tokens


def _written_masks(text: str, masked: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    taken = sorted(masked)
    position = 0
    for match in MASK_PATTERN.finditer(text):
        while position < len(taken) and taken[position][1] <= match.start():
            position += 1
        if position == len(taken) or taken[position][0] >= match.end():
            yield match.start(), match.end(), match.group()[1:-1]


def _plain(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        sort = match.lastgroup or "sign"
        word = match.group()
        if sort == "num":
            word = "".join(str(int(digit)) for digit in word)
        yield Token(fold(word), match.start(), match.end(), "han" if sort == "ring" else sort)
