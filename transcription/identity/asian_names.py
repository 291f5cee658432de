"""Korean and Chinese names: a surname from a short list, with a title behind it or an introduction before it."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from transcription.identity.words import NameWords

_KOREAN_TITLES: Final = (
    "씨|님|고객님|대표님?|과장님?|부장님?|팀장님?|차장님?|이사님|사장님?|실장님?|대리님?|주임님?|원장님"
    "?|선생님|매니저|사모님"
)
_CHINESE_TITLES: Final = "先生|女士|小姐|太太|经理|总监|总|老师|老板|主任|师傅|科长|处长|部长|工程师|大哥|大姐"


def find_korean(text: str, words: NameWords) -> list[tuple[int, int]]:
    """Spans of names: before a title, behind "my name is", before "this is"."""
    return [
        match.span("name")
        for pattern in _korean(words.korean_surnames)
        for match in pattern.finditer(text)
        if match.group("name").replace(" ", "") not in words.korean_words
        and match.group("name").replace(" ", "")[:2] not in words.korean_words
    ]


def find_chinese(text: str, words: NameWords) -> list[tuple[int, int]]:
    """Spans of names: before a title, behind "I am called", "my surname is", and after 小 or 老 when greeting."""
    return [
        match.span("name")
        for pattern in _chinese(words.chinese_surnames)
        for match in pattern.finditer(text)
        if match.group("name") not in words.chinese_words and match.group("name")[:2] not in words.chinese_words
    ]


@cache
def _korean(surnames: str) -> tuple[re.Pattern[str], ...]:
    one = rf"[{surnames}]"
    return (
        # 김민수 씨, 박지훈 과장님: three syllables, or two with a space before the title.
        re.compile(rf"(?<![가-힣])(?P<name>{one}[가-힣]{{2}})\s?(?:{_KOREAN_TITLES})(?![가-힣]{{3}})"),
        re.compile(rf"(?<![가-힣])(?P<name>{one}[가-힣]?)\s(?!고객)(?:{_KOREAN_TITLES})(?![가-힣]{{3}})"),
        # 김 과장님, 이 대리: a surname alone before a rank.
        re.compile(rf"(?<![가-힣])(?P<name>{one})\s?(?:과장|부장|팀장|차장|대리|실장|사장)(?:님)?(?![가-힣]{{3}})"),
        # 제 이름은 김민수입니다, 저는 박지훈이라고 합니다, 성함은 이서연이요
        re.compile(
            rf"(?:이름은|이름이|성함은|성함이|담당자|담당)\s?(?:[가-힣]+의\s)?(?P<name>{one}\s?[가-힣]{{1,2}}?)"
            r"(?=이?라고|입니다|이에요|예요|이고|이요|이구요|이야|인데|[\s,.]|$)"
        ),
        re.compile(
            rf"(?:저는|전|나는)\s(?:[가-힣]+의\s)?(?P<name>{one}\s?[가-힣]{{1,2}}?)(?=이?라고|입니다|이에요|예요|이고요)"
        ),
        # ...의 김민수입니다, 네, 김민수입니다
        re.compile(rf"(?:^|[,.\s])(?P<name>{one}[가-힣]{{2}})(?=이?라고\s?(?:합니다|해요|하는)|입니다)"),
    )


@cache
def _chinese(surnames: str) -> tuple[re.Pattern[str], ...]:
    one = rf"[{surnames}]"
    return (
        re.compile(rf"(?P<name>{one}[\u4e00-\u9fff]{{0,2}}?)(?:{_CHINESE_TITLES})"),
        re.compile(rf"(?:我叫|名字叫|名字是|叫做|姓名是?|名叫)(?P<name>{one}[\u4e00-\u9fff]{{1,2}})"),
        re.compile(rf"(?:我姓|免贵姓|姓)(?P<name>{one})(?![\u4e00-\u9fff]{{0,1}}名)"),
        re.compile(rf"(?:我是)(?P<name>{one}[\u4e00-\u9fff]{{1,2}})(?=[，。,.！!？?\s]|$)"),
        re.compile(
            rf"(?:我是|这里是)[^，。,.！!？?\s]{{1,12}}的(?P<name>{one}[\u4e00-\u9fff]{{1,2}})(?=[，。,.！!？?\s]|$)"
        ),
        re.compile(rf"(?:叫我|称呼我)(?P<name>[小老]{one})"),
        re.compile(rf"(?:^|[，。,.！!？?\s])(?P<name>[小老]{one})(?=[，。,.！!？?\s你您]|$)"),
    )
