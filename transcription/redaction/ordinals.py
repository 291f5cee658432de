"""Ordinal words: the end of a date or of a year ("две тысячи десятом"), and a card's date said in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token

_ENDINGS: Final = "(?:ый|ой|ого|ое|ому|ым|ом|ая|ую)"
_UNITS: Final = re.compile(
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
    f"|(?:перв|втор|четверт|пят|шест|седьм|восьм|девят){_ENDINGS}|трет(?:ий|ь[еяю]|ьего|ьему|ьим|ьем)"
)
_MORE: Final = re.compile(rf"(?:десят|\w{{2,8}}надцат|двадцат|тридцат|сороков|\w{{3,6}}десят|девяност|сот){_ENDINGS}")
_GROUP: Final = re.compile("(?:четверк|тройк|шестерк)(?:а|у|и|е|ой)")
_MONTHS: Final = (
    "перв",
    "втор",
    "трет",
    "четверт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
)
_TENS: Final = {"двадцать": 20, "тридцать": 30}


def is_unit_ordinal(word: str) -> bool:
    """First to ninth, which may follow a ten: "twenty-fifth"."""
    return _UNITS.fullmatch(word) is not None


def is_ordinal(word: str) -> bool:
    """First to ninth, and in Russian any ordinal a year may end with."""
    return is_unit_ordinal(word) or _MORE.fullmatch(word) is not None


def names_group(ordinal: str, word: str) -> bool:
    """Whether the two name a part of a number instead of being digits: "третья четвёрка", "последнюю тройку"."""
    return _GROUP.fullmatch(word.replace("ё", "е")) is not None and (
        is_unit_ordinal(ordinal) or ordinal.startswith(("последн", "следующ", "средн", "друг"))
    )


def month_and_year(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """A card's date in ordinals from token `at` on, and the token behind: "ноль девятый двадцать седьмого" is 0927."""
    nought = lexicon.digits.get(tokens[at].text) == "0"
    words = [token.text for token in tokens[at + nought : at + nought + 3]]
    if len(words) < 3:
        return None
    month, year = _value(words[0]), _value(words[2])
    if not month or words[1] not in _TENS or not 1 <= year <= 9:
        return None
    return f"{month:02d}{_TENS[words[1]] + year}", at + nought + 3


def _value(word: str) -> int:
    """1 to 12 for a Russian ordinal, 0 for any other word."""
    return next((n for n in range(12, 0, -1) if word.startswith(_MONTHS[n - 1])), 0) if is_ordinal(word) else 0
