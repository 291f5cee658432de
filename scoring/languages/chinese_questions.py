"""Chinese questions: by the mark, else by 吗 and 呢, by "A not A" (是不是), and by question words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scoring.languages.base import Sentence

_ENDING: Final = re.compile(r"(?:吗|呢|没有$|不$)")
_INSIDE: Final = re.compile(
    r"(?:是不是|有没有|能不能|可不可以|要不要|会不会|对不对|好不好|行不行|需不需要|方不方便|考不考虑|想不想|是否"
    r"|什么(?!的|都|也)|怎么(?!都|也|说呢)|为什么|如何|哪(?:个|些|里|儿|家|位|种|方面|一|款|天)|谁(?!都|也)|多少|多久|多大|几(?:个|位|点|号|天|年|月|台|套|人|家|次|岁))"
)
_TELL: Final = re.compile(r"(?:请|麻烦|能)?(?:您|你)?(?:介绍一下|说说|谈谈|讲讲|描述一下|说一下)")
_OPEN: Final = re.compile(r"(?:什么|怎么|为什么|如何|哪些|哪方面|介绍一下|说说|谈谈|讲讲|描述一下)")
_CLOSED: Final = re.compile(
    r"(?:多少|多久|多大|几[个位点号天年月台套人家次岁]|什么时候|什么时间|哪天|怎么称呼|什么名字|贵姓|怎么样$|是不是|有没有)"
)
_LONGEST: Final = 30
_AFTER_WORD: Final = 14


def chinese_questions(sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
    """Token ranges of the questions in a sentence."""
    tokens = sentence.tokens
    if sentence.asks:
        yield 0, len(tokens)
        return
    text = "".join(token.stem for token in tokens)
    places = [n for n, token in enumerate(tokens) for _ in token.stem]
    if punctuated and sentence.ended:
        if re.search(r"[吗]$", text):
            yield 0, len(tokens)
        return
    ends = {match.end() for match in _ENDING.finditer(text)}
    for pattern in (_INSIDE, _TELL):
        for match in pattern.finditer(text):
            closing = next((end for end in sorted(ends) if match.start() < end <= match.end() + _AFTER_WORD), None)
            if closing is None:
                ends.add(min(len(text), match.end() + _AFTER_WORD))
    begin = 0
    for end in sorted(ends):
        last = places[end - 1] + 1
        if last - begin < 3:
            continue
        yield max(begin, last - _LONGEST), last
        begin = last


def chinese_is_open(text: str) -> bool:
    """Whether a question invites more than yes, no or one fact."""
    return _OPEN.search(text) is not None and _CLOSED.search(text) is None
