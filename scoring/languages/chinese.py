"""Chinese: matched by characters, traditional read as simplified, full-width forms folded.

What speech engines cannot hear apart is read alike: 他她它, 的得地, and 您 as 你, which engines write as they please.
Sounds of hesitation, particles that carry no sense (啊, 哈, 哦) and stammers (我我, 这个这个) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import eq
from types import MappingProxyType
from typing import Any, Final

from scoring.languages.base import Sentence, Token, WordPattern
from scoring.languages.chinese_dates import chinese_date
from scoring.languages.chinese_questions import chinese_is_open, chinese_questions
from scoring.languages.codes import Codes
from scoring.languages.joined import Joined, is_syllable

_FILLERS: Final = frozenset("嗯呃唔啊呀哦噢喔哎唉诶欸哈呵嘿哟哼嘞")
_DROPPED: Final = _FILLERS | {"额"}
_FOLDED: Final = {"您": "你", "妳": "你", "她": "他", "它": "他", "牠": "他", "得": "的", "地": "的", "账": "帐"}
_AMOUNT: Final = re.compile(r"[金余差限总份名全大小面税配超足数定]额|额[度外头定满]")
# A single character said twice is a stammer only when Chinese does not double it for sense (看看, 谢谢, 好好).
_STAMMERED: Final = frozenset("我你他这那就不是对的有没要还因所如但可会跟也都")
_STAMMERED_PAIRS: Final = frozenset(
    ("我们", "你们", "他们", "这个", "那个", "就是", "因为", "但是", "然后", "如果", "可以", "现在", "不是", "没有")
)
_TWICE: Final = tuple(pair * 2 for pair in sorted(_STAMMERED_PAIRS))
_NUMERALS: Final = frozenset("零一二两三四五六七八九十幺")


@lru_cache(maxsize=16384)
def _simplified(character: str) -> str:
    found = str(_converter().convert(character))
    return found if len(found) == 1 else character


@lru_cache(maxsize=16384)
def _as_heard(character: str) -> str:
    if not is_syllable(character):
        return character
    plain = _simplified(character)
    return _FOLDED.get(plain, plain)


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

    @classmethod
    def normal(cls, syllable: str) -> str:
        """Traditional characters are matched as simplified ones, and those that sound alike as one."""
        return _as_heard(syllable)

    def split(self, text: str) -> tuple[Sentence, ...]:
        """Hesitations, empty particles and stammers are left out."""
        sentences = []
        for sentence in super().split(text):
            tokens = sentence.tokens
            if not _DROPPED.isdisjoint([token[1] for token in tokens]):
                tokens = tuple([token for token in tokens if not _is_filler(text, token)])
            stems = [token[0] for token in tokens]
            if _may_stammer(stems):
                tokens = tuple(_without_stammers(tokens, stems))
            if tokens:
                sentences.append(Sentence(tokens, sentence.asks, sentence.ended))
        return tuple(sentences)

    def patterns(self, word: str, codes: Codes, *, exact: bool, marked: bool) -> tuple[WordPattern, ...]:
        """A phrase's word, character by character; there are no written words to ask for exactly."""
        return tuple(WordPattern(codes.word(t.stem), frozenset((t.stem,))) for t in self.tokens(word))

    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        return chinese_questions(sentence, punctuated=punctuated)

    def is_open(self, tokens: Sequence[Token]) -> bool:
        return chinese_is_open("".join(token.stem for token in tokens))

    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        return chinese_date("".join(_simplified(word) if is_syllable(word) else word for word in words), day)


def _is_filler(text: str, token: Token) -> bool:
    """额 is a hesitation too, unless it belongs to a word for an amount (金额, 额度)."""
    if token.surface == "额":
        return _AMOUNT.search(text, max(0, token.start - 1), token.end + 1) is None
    return token.surface in _FILLERS


def _may_stammer(stems: Sequence[str]) -> bool:
    """Whether a character, or one of the pairs, stands twice in a row."""
    if any(map(eq, stems, stems[1:])):
        return True
    return any(map(eq, stems, stems[2:])) and any(map("".join(stems).__contains__, _TWICE))


def _without_stammers(tokens: Sequence[Token], stems: Sequence[str]) -> Iterator[Token]:
    at = 0
    while at < len(stems):
        stem = stems[at]
        run = 1
        while at + run < len(stems) and stems[at + run] == stem:
            run += 1
        if run > 1 and is_syllable(stem) and (stem in _STAMMERED or (run > 2 and stem not in _NUMERALS)):
            yield tokens[at + run - 1]
            at += run
            continue
        pair = stem + (stems[at + 1] if at + 1 < len(stems) else "")
        if pair in _STAMMERED_PAIRS and stems[at + 2 : at + 4] == list(pair):
            at += 2
            continue
        yield tokens[at]
        at += 1
