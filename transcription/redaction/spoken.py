"""Number words read as people dictate: "forty-two twenty-two" 4222, "сто двадцать три" 123, 사이일이 4212, 四二 42."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transcription.redaction.lexicon import Lexicon
from transcription.redaction.ordinals import is_ordinal, is_unit_ordinal, month_and_year
from transcription.redaction.tokens import Token

_COPULAS = frozenset({"이라고", "라고", "인", "입니다", "이에요", "예요", "이네요", "네요", "이요", "요", "으로", "로"})
"""Korean endings of a whole answer; a word of two digits that has one is a number and no noun."""


_ENDING = 5
"""Syllables that may hang on three and more digits, whatever they are."""

_TIMES_KO = {"두": 2, "세": 3, "네": 4}
"""Counters of equal digits, behind them: 사 두 개 is 44."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Digits spoken by the tokens up to `behind`; `length` characters of the token when only its beginning counts."""

    digits: str
    behind: int
    sort: str = "plain"
    length: int = 0


def read_words(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Heard | None:
    """English or Russian number words from `at` on: one number as it is spoken, or None."""
    word = tokens[at].text
    date = month_and_year(tokens, at, lexicon)
    if date is not None:
        return Heard(*date, "dated")
    if word in lexicon.tens:
        after = at + 2 if at + 1 < len(tokens) and tokens[at + 1].text == "-" else at + 1
        if after < len(tokens) and is_unit_ordinal(tokens[after].text):
            return Heard(str(lexicon.tens[word]), after + 1, "quantity")  # "the twenty-fifth of May"
    if word in lexicon.repeats or word in lexicon.digits:
        repeated = _repeated(tokens, at, lexicon)
        if repeated is not None:
            return repeated
    if word in lexicon.thousand:
        rest, behind, _ = _below_thousand(tokens, at + 1, lexicon)
        return Heard(str(1000 + rest), behind, "scaled") if rest else None
    value, behind, sort = _below_thousand(tokens, at, lexicon)
    if value is None:
        if word in lexicon.near:
            return Heard(lexicon.near[word], at + 1, "loose")
        return Heard(lexicon.between[word], at + 1, "between") if word in lexicon.between else None
    if behind < len(tokens) and tokens[behind].text in lexicon.thousand and 0 < value < 1000:
        rest, after, _ = _below_thousand(tokens, behind + 1, lexicon)
        behind = after if rest else behind + 1
        if behind < len(tokens) and is_ordinal(tokens[behind].text):
            return Heard(str(value * 1000 + (rest or 0)), behind + 1, "quantity")  # "в две тысячи десятом году"
        return Heard(str(value * 1000 + (rest or 0)), behind, "scaled")
    return Heard(str(value), behind, sort)


def _repeated(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Heard | None:
    """ "double four", "two nulls", "три семёрки"."""
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    times = lexicon.repeats.get(tokens[at].text)
    if times is not None:
        digit = next(
            (
                table[after]
                for table in (lexicon.digits, lexicon.near, lexicon.plurals, lexicon.between)
                if after in table
            ),
            None,
        )
        if digit is None and at + 1 < len(tokens) and tokens[at + 1].sort == "num" and len(after) == 1:
            digit = after
        return Heard(digit * times, at + 2) if digit else None
    if after in lexicon.plurals and lexicon.digits[tokens[at].text] in "2345":
        return Heard(lexicon.plurals[after] * int(lexicon.digits[tokens[at].text]), at + 2)
    return None


def _below_thousand(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[int | None, int, str]:
    """A number under 1000 (or "forty hundred"), the token behind it, and plain or scaled."""
    if at >= len(tokens):
        return None, at, "plain"
    word = tokens[at].text
    if word in lexicon.hundreds:
        rest, behind = _below_hundred(tokens, at + 1, lexicon)
        return lexicon.hundreds[word] + (rest or 0), behind if rest else at + 1, "plain"
    value, behind = _below_hundred(tokens, at, lexicon)
    if value is None or behind >= len(tokens) or tokens[behind].text not in lexicon.hundred or value == 0:
        return value, behind, "plain"
    behind += 1
    skip = behind + 1 if behind < len(tokens) and tokens[behind].text == "and" else behind
    rest, after = _below_hundred(tokens, skip, lexicon)
    return value * 100 + (rest or 0), after if rest else behind, "scaled"


def _below_hundred(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[int | None, int]:
    if at >= len(tokens):
        return None, at
    word = tokens[at].text
    if word in lexicon.tens:
        after = at + 1
        if after + 1 < len(tokens) and tokens[after].text == "-" and tokens[after].start == tokens[at].end:
            after += 1
        one = lexicon.digits.get(tokens[after].text, "0") if after < len(tokens) else "0"
        return lexicon.tens[word] + int(one), after + 1 if one != "0" else at + 1
    if word in lexicon.teens:
        return lexicon.teens[word], at + 1
    if word in lexicon.digits:
        return int(lexicon.digits[word]), at + 1
    return None, at


def read_hangul(tokens: Sequence[Token], at: int, lexicon: Lexicon, glued: bool) -> Heard | None:
    """A Korean word that is digits, perhaps with an ending; `glued` when it hangs on a written number."""
    word = tokens[at].text
    times = _TIMES_KO.get(word)
    if times and at and at + 1 < len(tokens) and tokens[at + 1].text.startswith("개"):
        before = (
            tokens[at - 1].text if tokens[at - 1].sort == "num" else _korean_digits(tokens[at - 1].text, lexicon)[0]
        )
        if before:
            return Heard(before[-1] * (times - 1), at + 2)
    if word in lexicon.native:
        return Heard(lexicon.native[word], at + 1, "loose")
    if glued and word in lexicon.endings:
        return None
    digits, length = _korean_digits(word, lexicon)
    rest = word[length:]
    if rest and rest[0] in lexicon.scales:
        number = length
        while number < len(word) and (word[number] in lexicon.korean or word[number] in lexicon.scales):
            number += 1
        tail = word[number:]
        counted = not tail or tail in lexicon.endings or tail.startswith(lexicon.counters)
        # "이십팔년 구월": a year and a month, counted in tens.
        sort = "calendar" if tail[:1] in ("년", "월") else "quantity"
        return Heard("0", at + 1, sort) if counted else None
    if not length:
        return None
    if not rest or rest in lexicon.endings or (length > 2 and len(rest) <= _ENDING):
        return Heard(
            digits, at + 1, "plain" if length > 2 or (len(digits) > 1 and rest in _COPULAS) else "loose", length
        )
    if not rest.startswith(lexicon.counters):
        return None
    return Heard(digits, at + 1, "calendar" if rest[0] in "년월" else "quantity", length)


def _korean_digits(word: str, lexicon: Lexicon) -> tuple[str, int]:
    """The digits a word begins with and their characters, Sino-Korean and native ones mixed (팔둘하나둘 is 8212)."""
    digits, length = "", 0
    while length < len(word):
        native = word[length : length + 2] if word[length : length + 2] in lexicon.native else word[length]
        if native in lexicon.native and (digits or len(word) > 2):
            digits, length = digits + lexicon.native[native], length + len(native)
        elif word[length] in lexicon.korean:
            digits, length = digits + lexicon.korean[word[length]], length + 1
        else:
            break
    return digits, length


def read_han(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Heard | None:
    """Chinese number characters in a row; with 十, 百, 千 or 万 among them they count something."""
    behind, scaled = at, False
    digits = ""
    while behind < len(tokens) and tokens[behind].sort == "han":
        character = tokens[behind].text
        if behind > at and tokens[behind].start != tokens[behind - 1].end:
            break
        repeated = _repeated_han(tokens, behind, lexicon)
        if repeated:
            digits += repeated
            behind += 2
        elif character in lexicon.chinese:
            digits += lexicon.chinese[character]
        elif character in lexicon.scales:
            scaled = True
        else:
            break
        behind += 1
    if behind == at:
        if tokens[at].text in lexicon.between:
            return Heard(lexicon.between[tokens[at].text], at + 1, "between")
        return None
    if scaled:
        return Heard(digits or "0", behind, "quantity")
    return Heard(digits, behind, "plain" if len(digits) > 2 else "loose")


def _repeated_han(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> str:
    """The digits of 两个四 or 三个零, "" when these characters say nothing of the kind."""
    words = [token.text for token in tokens[at : at + 3]]
    if len(words) < 3 or words[1] != "个" or tokens[at + 2].start != tokens[at + 1].end:
        return ""
    times = lexicon.chinese.get(words[0], "")
    return lexicon.chinese.get(words[2], "") * int(times) if times in ("2", "3", "4") else ""
