"""Korean words as they are asked for: what follows a noun (particle, copula, "do") is not what is looked for."""

from __future__ import annotations

from typing import Final

import regex

FEWEST_SYLLABLES: Final = 2
"""Left of a word; a single syllable (the 휴 of 휴가) stands in far too many others."""

_ENDINGS: Final = (
    # topic, subject, object, possession, place, direction, company
    *("은", "는", "이", "가", "을", "를", "의", "에", "에서", "에게", "에게서", "한테", "한테서", "께", "께서", "로"),
    *("으로", "로서", "으로서", "로써", "으로써", "와", "과", "랑", "이랑", "하고", "도", "만", "부터", "까지", "보다"),
    *("처럼", "만큼", "마다", "조차", "마저", "밖에", "대로", "이나", "나", "이라도", "라도", "에도", "에는", "에서는"),
    *("으로는", "로는", "까지는", "부터는", "이란", "란", "이라고", "라고", "이라는", "라는", "든지", "이든지"),
    # to be
    *(
        "이다",
        "이에요",
        "예요",
        "이예요",
        "입니다",
        "인가요",
        "이고",
        "이라",
        "이라서",
        "라서",
        "이면",
        "인데",
        "인데요",
    ),
    *("이요", "요", "이죠", "죠", "이지만", "입니까"),
    # to do, to become
    *(
        "하다",
        "해요",
        "해",
        "합니다",
        "했어요",
        "했습니다",
        "하는",
        "하면",
        "해서",
        "한",
        "할",
        "하기",
        "하려고",
        "하나요",
    ),
    *(
        "해주세요",
        "해줘요",
        "하시는",
        "하세요",
        "됩니다",
        "돼요",
        "되나요",
        "되는",
        "된",
        "될",
        "되면",
        "돼서",
        "됐어요",
    ),
)
_ENDING: Final = regex.compile("(?:" + "|".join(sorted(_ENDINGS, key=lambda e: (-len(e), e))) + r")\Z")
_HANGUL: Final = regex.compile(r"\p{Hangul}+")


def without_particle(word: str) -> str | None:
    """The word without what follows the noun; None when it is no Korean word, ends in none, or too little is left."""
    if not _HANGUL.fullmatch(word):
        return None
    match = _ENDING.search(word, FEWEST_SYLLABLES)
    return word[: match.start()] if match else None
