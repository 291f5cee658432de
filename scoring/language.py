"""Which language a call without a language tag is in, from its script and its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from scoring.wordlists import word_set

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LEAST_SHARE: Final = 0.12
_LOOK_AT: Final = 600

_ENGLISH: Final = word_set(
    "the and you to of is that it i we for are have do what with your this be not can if so my me was on in "
    "will hi hello yes thank thanks please how would it's i'm don't from at our"
)


def guess_language(texts: Iterable[str]) -> str | None:
    """ "en", "ru", "ko" or "zh" where script or words say so plainly, else None."""
    words: list[str] = []
    for text in texts:
        words.extend(match.group().lower().replace("’", "'") for match in _WORD.finditer(text))
        if len(words) >= _LOOK_AT:
            break
    if not words:
        return None
    scripts = Counter(_script(word) for word in words)
    script, count = max(sorted(scripts.items()), key=lambda item: item[1])
    if count < len(words) / 2:
        return None
    if script != "latin":
        return {"cyrillic": "ru", "hangul": "ko", "han": "zh"}.get(script)
    return "en" if sum(word in _ENGLISH for word in words) >= _LEAST_SHARE * len(words) else None


def _script(word: str) -> str:
    code = ord(word[0])
    if code < 0x250:
        return "latin"
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0xAC00 <= code < 0xD7B0 or 0x1100 <= code < 0x1200:
        return "hangul"
    if 0x4E00 <= code < 0xA000 or 0x3400 <= code < 0x4DC0:
        return "han"
    return "other"
