"""Chinese: matched by characters, traditional read as simplified, full-width forms folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from scoring.languages.base import Sentence, Token, WordPattern
from scoring.languages.chinese_dates import chinese_date
from scoring.languages.chinese_questions import chinese_is_open, chinese_questions
from scoring.languages.joined import Joined, is_syllable

_FILLER: Final = re.compile(r"^[嗯呃唔额]+$")


@lru_cache(maxsize=16384)
def _simplified(character: str) -> str:
    found = str(_converter().convert(character))
    return found if len(found) == 1 else character


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


class Chinese(Joined):
    """See `Language`."""

    code = "zh"
    gap = 6
    currency = MappingProxyType({"$": "美元", "€": "欧元", "£": "英镑", "¥": "元", "₽": "卢布", "₩": "韩元"})
    percent = "百分"
    common = frozenset("的了是我你您他她们这那有在不就也都好说个一吗呢啊吧要会可以能么什还没对上来去到看想")
    joining = frozenset()

    def normal(self, syllable: str) -> str:
        """Traditional characters are matched as simplified ones."""
        return _simplified(syllable) if is_syllable(syllable) else syllable

    def split(self, text: str) -> tuple[Sentence, ...]:
        """Sounds of hesitation (嗯, 呃) are left out."""
        sentences = []
        for sentence in super().split(text):
            tokens = tuple(token for token in sentence.tokens if not _FILLER.match(token.surface))
            if tokens:
                sentences.append(Sentence(tokens, sentence.asks, sentence.ended))
        return tuple(sentences)

    def patterns(self, word: str, exact_stems: frozenset[str], *, exact: bool) -> tuple[WordPattern, ...]:
        """A phrase's word, character by character; there are no written words to ask for exactly."""
        return tuple(WordPattern(re.escape(t.stem) + " ", frozenset((t.stem,))) for t in self.tokens(word))

    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        return chinese_questions(sentence, punctuated=punctuated)

    def is_open(self, tokens: Sequence[Token]) -> bool:
        return chinese_is_open("".join(token.stem for token in tokens))

    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        return chinese_date("".join(_simplified(word) if is_syllable(word) else word for word in words), day)
