"""How people say numbers, addresses and prices in four languages: the spoken forms the redaction benchmark is made of.

Knows nothing of the detector: the word lists and groupings here are the benchmark's own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

ONES: Final = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "ru": ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"],
    "ko": list("공일이삼사오육칠팔구"),
    "zh": list("零一二三四五六七八九"),
}
TEENS: Final = {
    "en": [
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ],
    "ru": [
        "десять",
        "одиннадцать",
        "двенадцать",
        "тринадцать",
        "четырнадцать",
        "пятнадцать",
        "шестнадцать",
        "семнадцать",
        "восемнадцать",
        "девятнадцать",
    ],
}
TENS: Final = {
    "en": ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
    "ru": ["двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"],
}
HUNDREDS_RU: Final = [
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
]
THOUSANDS_RU: Final = {1: "тысяча", 2: "две тысячи", 3: "три тысячи", 4: "четыре тысячи"}

MISHEARD: Final = {
    "en": {"1": ["won", "want"], "2": ["to", "too"], "4": ["for", "fore"], "6": ["sex", "sticks"], "8": ["ate"]},
    "ru": {"4": ["четыри", "чертыре"], "5": ["пят", "опять"], "6": ["шесь"], "8": ["восем"], "2": ["двое"]},
    "ko": {"1": ["1"], "6": ["륙"], "8": ["파"], "0": ["영"], "3": ["산"]},
    "zh": {"1": ["衣"], "4": ["是"], "9": ["就"], "0": ["林"], "8": ["吧"], "2": ["而"]},
}


@dataclass(frozen=True, slots=True)
class Bit:
    """A word of a spoken value; `private` words must be masked, `misheard` ones are what the engine made of a digit."""

    text: str
    private: bool = True
    misheard: bool = False


Group = list[Bit]


def say_digits(rng: random.Random, language: str, groups: list[str], style: str) -> list[Group]:
    """Digit groups ("4222", "1234") as groups of words in a style: written, spaced, single, double, pairs, whole."""
    return [[Bit(word) for word in _say_group(rng, language, group, style)] for group in groups]


def styles(language: str) -> list[str]:
    """Styles a language's speakers use, the frequent ones more than once."""
    common = ["written", "written", "spaced", "single", "single"]
    return (
        common
        + {
            "en": ["double", "pairs", "single", "mixed"],
            "ru": ["pairs", "pairs", "whole", "single", "mixed"],
            "ko": ["joined", "joined", "mixed"],
            "zh": ["joined", "joined", "wide", "mixed"],
        }[language]
    )


def _say_group(rng: random.Random, language: str, group: str, style: str) -> list[str]:
    if not group.isdigit():
        return _say_letters(rng, language, group, style)
    if style == "mixed":
        style = rng.choice(["written", "single", "pairs", "joined"])
    if style == "written":
        return [group]
    if style == "wide":
        return ["".join(chr(ord(digit) + 0xFEE0) for digit in group)]
    if style == "spaced":
        return list(group)
    if language in ("ko", "zh"):
        words = [_one(rng, language, digit) for digit in group]
        return words if style == "single" and language == "ko" else ["".join(words)]
    if style == "whole" and language == "ru":
        return _whole_ru(group)
    if style == "pairs" and len(group) % 2 == 0:
        return [word for n in range(0, len(group), 2) for word in _pair(rng, language, group[n : n + 2])]
    if style == "pairs" and language == "ru" and len(group) == 3:
        return _whole_ru(group)
    if style == "double" and language == "en":
        return _doubled(rng, group)
    return [_one(rng, language, digit) for digit in group]


def _one(rng: random.Random, language: str, digit: str) -> str:
    if language == "en" and digit == "0":
        return rng.choice(["zero", "oh"])
    if language == "zh" and digit == "1":
        return rng.choice("一幺")
    if language == "ko" and digit == "0":
        return rng.choice(["공", "공", "영"])
    return ONES[language][int(digit)]


def _pair(rng: random.Random | None, language: str, pair: str) -> list[str]:
    if pair[0] == "0":
        return [_one(rng, language, digit) if rng else ONES[language][int(digit)] for digit in pair]
    if pair[0] == "1":
        return [TEENS[language][int(pair[1])]]
    tens = TENS[language][int(pair[0]) - 2]
    if pair[1] == "0":
        return [tens]
    one = ONES[language][int(pair[1])]
    return [f"{tens}-{one}"] if language == "en" and rng and rng.random() < 0.5 else [tens, one]


def _doubled(rng: random.Random, group: str) -> list[str]:
    words: list[str] = []
    at = 0
    while at < len(group):
        run = len(group[at:]) - len(group[at:].lstrip(group[at]))
        if run in (2, 3):
            words += [{2: "double", 3: "triple"}[run], _one(rng, "en", group[at])]
            at += run
        else:
            words.append(_one(rng, "en", group[at]))
            at += 1
    return words


def _whole_ru(group: str) -> list[str]:
    """A group of two to four digits read as one number, leading zeros one by one."""
    words: list[str] = []
    while group.startswith("0"):
        words.append("ноль")
        group = group[1:]
    if len(group) > 4:
        return words + _whole_ru(group[:3]) + _whole_ru(group[3:])
    if len(group) == 4:
        first = int(group[0])
        words += (THOUSANDS_RU.get(first) or f"{ONES['ru'][first]} тысяч").split()
        group = group[1:].lstrip("0")
    if len(group) == 3:
        words.append(HUNDREDS_RU[int(group[0]) - 1])
        group = group[1:].lstrip("0")
    if len(group) == 2:
        words += _pair(None, "ru", group)
    elif group:
        words.append(ONES["ru"][int(group)])
    return words


_LETTERS_KO: Final = {"M": "엠", "S": "에스", "R": "알"}


def _say_letters(rng: random.Random, language: str, letters: str, style: str) -> list[str]:
    if style in ("written", "spaced", "wide") or language != "ko":
        return list(letters)
    return [_LETTERS_KO.get(letter, letter) if rng.random() < 0.7 else letter for letter in letters]


_NAMES: Final = ["john", "maria", "peter", "anna", "kim", "lena", "oscar", "mike", "sara", "ivan"]
_FAMILIES: Final = ["smith", "petrov", "jones", "garcia", "lee", "novak", "brown", "orlova"]
_NAMES_RU: Final = ["иван", "марина", "петров", "смирнова", "олег", "лена"]
_HOSTS: Final = {
    "en": [("gmail", "com"), ("outlook", "com"), ("yahoo", "co.uk"), ("brightwindows", "com"), ("acme", "net")],
    "ru": [("яндекс", "ру"), ("мейл", "ру"), ("gmail", "com"), ("рамблер", "ру"), ("джимейл", "ком")],
    "ko": [("naver", "com"), ("네이버", "컴"), ("지메일", "컴"), ("daum", "net"), ("한메일", "넷")],
    "zh": [("qq", "com"), ("163", "com"), ("一六三", "com"), ("gmail", "com"), ("新浪", "com")],
}
_AT: Final = {"en": ["at"], "ru": ["собака", "собачка"], "ko": ["골뱅이"], "zh": ["艾特", "圈a", "at"]}
_DOT: Final = {"en": ["dot"], "ru": ["точка"], "ko": ["점", "닷"], "zh": ["点"]}
_LINK: Final = {"en": "underscore", "ru": "нижнее подчёркивание", "ko": "언더바", "zh": "下划线"}


def say_email(rng: random.Random, language: str) -> list[Group]:
    """An e-mail address, written or spoken; two groups (before and after the at) when spoken."""
    first, family = rng.choice(_NAMES), rng.choice(_FAMILIES)
    if rng.random() < 0.3:
        mark = rng.choice([".", "_", "", "-"])
        return [
            [Bit(f"{first}{mark}{family}{rng.choice(['', '7', '84'])}@{rng.choice(['gmail', 'mail', 'corp'])}.com")]
        ]
    host, ending = rng.choice(_HOSTS[language])
    dot = rng.choice(_DOT[language])
    local: list[str] = [rng.choice(_NAMES_RU)] if language == "ru" and rng.random() < 0.5 else [first]
    kind = rng.random()
    if kind < 0.35:
        local += [dot, family]
    elif kind < 0.5:
        local += [*_LINK[language].split(), family]
    elif kind < 0.65:
        local += [str(rng.randint(10, 99))]
    elif kind < 0.75 and language == "en":
        local = list(first)
    elif kind < 0.75 and language == "zh":
        local = ["".join(rng.choice(ONES["zh"]) for _ in range(8))]
    behind = [rng.choice(_AT[language]), host]
    for part in ending.split("."):
        behind += [dot, part]
    return [[Bit(word) for word in local], [Bit(word) for word in behind]]


MONTHS: Final = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
}


def say_expiry(rng: random.Random, language: str) -> list[Group]:
    """A card's month and year."""
    month, year = f"{rng.randint(1, 12):02d}", str(rng.randint(26, 33))
    way = rng.random()
    if way < 0.35:
        return [[Bit(f"{month}/{year}")]]
    if way < 0.5:
        text = {
            "en": f"{MONTHS['en'][int(month) - 1]} 20{year}",
            "ru": f"{month}.20{year}",
            "ko": f"20{year}년 {int(month)}월",
            "zh": f"20{year}年{int(month)}月",
        }[language]
        return [[Bit(word) for word in text.split()]]
    style = "pairs" if language in ("en", "ru") else rng.choice(["joined", "spaced"])
    return say_digits(rng, language, [month, year], style)
