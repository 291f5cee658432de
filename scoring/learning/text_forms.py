"""How a turn begins and ends, as named signs: what tells a question, a command or a remark when no mark is heard.

Korean is read by its letters (jamo), because its endings are shorter than syllables; other languages by words, Chinese
by characters. Question words stand with the ending they go with.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Final

from scoring.learning.text_grams import read_text, script_of

_REMEMBERED: Final = 20_000
_LONGEST_END: Final = 12
_STARTS: Final = (3, 6, 9)
_MANY: Final = 12
# Question words and words that colour a request, as they are written in Korean and Chinese and heard in any word form.
_TELLING: Final = {
    "ko": (
        "누구", "누가", "뭐", "무엇", "무슨", "어떤", "어떻", "어디", "언제", "왜", "얼마", "몇", "어느", "뭘",
        "웬", "어째", "혹시", "과연", "설마", "도대체", "제발", "좀", "말고", "마라",
    ),
    "zh": (
        "吗", "呢", "吧", "什么", "多少", "几", "哪", "谁", "怎么", "怎样", "如何", "为什么", "何时", "请",
        "推荐", "麻烦", "帮", "告诉", "想", "能", "可以", "是不是", "有没有", "好的", "谢谢",
    ),
    "": (),
}  # fmt: skip


@lru_cache(maxsize=_REMEMBERED)
def forms(text: str, language: str) -> tuple[str, ...]:
    """The signs of a turn's form, each named; some may come twice."""
    read = read_text(text)
    if not read:
        return ()
    script = script_of(text, language)
    words = [*read] if script == "zh" else read.split()
    letters = [unicodedata.normalize("NFD", word) if script == "ko" else word for word in words]
    joined = ("" if script == "zh" else " ").join(letters)
    found = [f"ends {joined[-size:]}" for size in range(1, min(_LONGEST_END, len(joined)) + 1)]
    found += [f"starts {joined[:size]}" for size in _STARTS]
    ending = joined[-3:] if script != "" else words[-1]
    longer = joined[-4:] if script != "" else words[-1]
    count = min(len(words), _MANY)
    length = min(len(read) // 3, _MANY)
    found += [f"first {words[0]}", f"words {count}", f"words {count} ends {ending}", f"length {length}"]
    found.append(f"length {length} ends {ending}")
    if len(words) > 1:
        found += [f"last two {words[-2]} {longer}", f"last two {letters[-2][-3:]} {longer}"]
    telling = [word for word in _TELLING[script] if word in read]
    found += [f"says {word}" for word in telling] + [f"says {word} ends {ending}" for word in telling]
    if not telling and script:
        found += ["asks nothing", f"asks nothing ends {longer}"]
    if script == "ko":
        found += _korean_words(words, letters)
    return tuple(found)


def _korean_words(words: list[str], letters: list[str]) -> list[str]:
    """The ending of each word with the ending of the last, and of neighbours with each other."""
    last = letters[-1][-3:]
    found = []
    for word, spelled in zip(words[:-1], letters[:-1], strict=True):
        found += [f"word {spelled[-3:]}", f"word {spelled[-3:]} ends {last}", f"word {spelled[-2:]} ends {last}"]
        found.append(f"word begins {word[:1]} ends {last}")
    found += [f"next {one[-3:]} {other[-3:]}" for one, other in pairwise(letters)]
    return found + [f"word starts {word[:2]} ends {last}" for word in words]
