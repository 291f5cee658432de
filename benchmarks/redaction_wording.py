"""Further ways people say and engines write a group of digits; the composed sets of the redaction benchmark use them.

Knows nothing of the detector, as `redaction_speech`.
"""

from __future__ import annotations

import random
from typing import Final

from benchmarks.redaction_speech import ONES, say_digits

USUAL: Final = ("written", "written", "spaced", "hyphened", "commas", "words", "words", "listed", "capital", "pairs")
USUAL_OF: Final[dict[str, tuple[str, ...]]] = {
    "en": ("doubled", "doubled", "mixture", "hundreds"),
    "ru": ("whole", "whole", "mixture", "doubled"),
    "ko": ("joined", "joined", "joined", "mixture"),
    "zh": ("joined", "joined", "joined", "wide", "mixture"),
}
LATER: Final = ("counted", "split", "named", "points")
"""Styles only the sets after the fifth use."""

_NAMED: Final = {
    "en": {"0": "nought", "5": "fiver"},
    "ru": {
        "0": "нолик",
        "1": "единица",
        "2": "двойка",
        "3": "тройка",
        "4": "четвёрка",
        "5": "пятёрка",
        "6": "шестёрка",
        "7": "семёрка",
        "8": "восьмёрка",
        "9": "девятка",
    },
    "ko": {"1": "하나", "2": "둘", "0": "제로"},
    "zh": {"0": "洞", "1": "幺", "7": "拐", "2": "两"},
}
_MANY_RU: Final = [
    "нуля",
    "единицы",
    "двойки",
    "тройки",
    "четвёрки",
    "пятёрки",
    "шестёрки",
    "семёрки",
    "восьмёрки",
    "девятки",
]
_PLURAL_EN: Final = ["zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines"]


def style_of(rng: random.Random, language: str, later: bool) -> str:
    """A style of the language; `later` adds those the fifth set does not know."""
    return rng.choice([*USUAL, *USUAL_OF[language], *(LATER if later else ())])


def say_group(rng: random.Random, language: str, digits: str, style: str) -> str:
    """`digits` as one text in a style."""
    gap = "" if language == "zh" else " "
    if not digits.isdigit() or style == "written":
        return digits
    if style in ("spaced", "hyphened", "commas"):
        return {"spaced": " ", "hyphened": "-", "commas": ", "}[style].join(digits)
    if style == "points":
        return (
            rng.choice([f"{digits[:-2]}.{digits[-2:]}", f"{digits[:-3]},{digits[-3:]}", f"{digits[:-2]}:{digits[-2:]}"])
            if len(digits) > 3
            else digits
        )
    if style == "split":
        cut = rng.randint(1, len(digits))
        return f"{digits[:cut]} {digits[cut:]}".strip()
    if style in ("words", "capital", "listed"):
        words = [word(rng, language, digit) for digit in digits]
        text = {"listed": "、" if language == "zh" else ", "}.get(style, gap).join(words)
        return text.capitalize() if style == "capital" else text
    if style == "mixture":
        return " ".join(digit if rng.random() < 0.5 else word(rng, language, digit) for digit in digits)
    if style == "named":
        return gap.join(_NAMED[language].get(d, ONES[language][int(d)]) for d in digits)
    if style in ("doubled", "counted"):
        return _runs(rng, language, digits, style)
    if style == "hundreds":
        return _hundreds(rng, digits)
    return gap.join(bit.text for bit in say_digits(rng, language, [digits], style)[0])


def word(rng: random.Random, language: str, digit: str) -> str:
    """One digit as a word."""
    if digit == "0":
        return rng.choice(
            {"en": ["zero", "oh", "o"], "ru": ["ноль", "нуль"], "ko": ["공", "영"], "zh": ["零", "〇"]}[language]
        )
    return rng.choice("一幺") if language == "zh" and digit == "1" else ONES[language][int(digit)]


def _runs(rng: random.Random, language: str, digits: str, style: str) -> str:
    """Equal neighbours as "double four", "two fours", "две четвёрки", "两个四"."""
    said: list[str] = []
    at = 0
    while at < len(digits):
        digit = digits[at]
        run = min(len(digits[at:]) - len(digits[at:].lstrip(digit)), 3)
        if run == 1:
            said.append(word(rng, language, digit))
        elif language == "en":
            plural = _PLURAL_EN[int(digit)]
            single = f"{'double' if run == 2 else 'triple'} {word(rng, 'en', digit)}"
            said.append(f"{'two' if run == 2 else 'three'} {plural}" if style == "counted" else single)
        elif language == "ru":
            many = _MANY_RU[int(digit)]
            masculine = digit == "0"
            said.append(f"{('два' if masculine else 'две') if run == 2 else 'три'} {many}")
        elif language == "zh":
            said.append(f"{'两' if run == 2 else '三'}个{word(rng, 'zh', digit)}")
        else:
            said.append(f"{word(rng, 'ko', digit)} {'두' if run == 2 else '세'} 개")
        at += run
    return ("" if language == "zh" else " ").join(said)


def _hundreds(rng: random.Random, digits: str) -> str:
    """English groups as numbers: "forty-two hundred", "six hundred and twelve"; single digits where none fits."""
    pairs = say_digits(rng, "en", [digits], "pairs")[0]
    if len(digits) == 4 and digits[2:] == "00" and digits[0] != "0":
        return f"{say_digits(rng, 'en', [digits[:2]], 'pairs')[0][0].text} hundred"
    if len(digits) == 3 and digits[0] != "0" and digits[1] != "0":
        tail = " ".join(bit.text for bit in say_digits(rng, "en", [digits[1:]], "pairs")[0])
        return f"{ONES['en'][int(digits[0])]} hundred {rng.choice(['', 'and '])}{tail}"
    return " ".join(bit.text for bit in pairs)
