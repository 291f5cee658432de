"""Russian dates, resolved against the day of the call: «завтра», «к пятнице», «через две недели», «до 15 марта»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from scoring.languages.calendar import add_months, day_of_month, end_of_month, end_of_week, next_week, next_weekday

_WEEKDAYS: Final = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_MONTHS: Final = (
    "январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр",
)  # fmt: skip
_MAY: Final = frozenset(("май", "мая", "мае", "маю"))
_NUMBERS: Final = {
    "один": 1, "одну": 1, "одного": 1, "пару": 2, "пары": 2, "два": 2, "две": 2, "двух": 2, "три": 3, "трех": 3,
    "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "пятнадцать": 15,
    "двадцать": 20, "тридцать": 30, "полтора": 1, "полторы": 1,
}  # fmt: skip
_ORDINALS: Final = {
    "перв": 1, "втор": 2, "трет": 3, "четверт": 4, "пят": 5, "шест": 6, "седьм": 7, "восьм": 8, "девят": 9,
    "десят": 10, "одиннадцат": 11, "двенадцат": 12, "тринадцат": 13, "четырнадцат": 14, "пятнадцат": 15,
    "шестнадцат": 16, "семнадцат": 17, "восемнадцат": 18, "девятнадцат": 19, "двадцат": 20, "тридцат": 30,
}  # fmt: skip
_TENS: Final = {"двадцать": 20, "тридцать": 30}
_UNITS: Final = (("дн", 1), ("ден", 1), ("сут", 1), ("недел", 7))
_HOURS: Final = ("час", "минут", "полчас")
_THE_SAME_DAY: Final = (
    "после обеда", "до обеда", "к обеду", "прямо сейчас", "до конца дня", "в течение дня", "конца рабочего дня",
)  # fmt: skip
_TODAY: Final = frozenset(("сегодня", "вечером", "вечера", "вечеру"))


def russian_date(words: Sequence[str], day: date) -> date | None:
    """The day that the words name, seen from `day`; None where they name none."""
    for index, word in enumerate(words):
        found = _at(words, index, word, day)
        if found is not None:
            return found
    joined = f" {' '.join(words)} "
    if any(f" {phrase} " in joined for phrase in _THE_SAME_DAY):
        return day
    return None


def _at(words: Sequence[str], index: int, word: str, day: date) -> date | None:
    before = words[max(0, index - 3) : index]
    if word == "послезавтра":
        return day + timedelta(days=2)
    if word == "завтра":
        return day + timedelta(days=1)
    if word in _TODAY:
        return day
    if word == "дня" and "течение" in before:
        return day
    weekday = next((n for n, stem in enumerate(_WEEKDAYS) if word.startswith(stem)), None)
    if weekday is not None and not word.startswith("средств"):
        near = (*before, *words[index + 1 : index + 4])
        later = any(item.startswith(("следующ", "будущ")) for item in near)
        return next_weekday(day, weekday, week_after=later)
    if word.startswith("недел"):
        if any(item.startswith("следующ") for item in before):
            return next_week(day)
        if "конца" in before or "концу" in before or "конце" in before:
            return end_of_week(day)
    if word.startswith("месяц") and ("конца" in before or "концу" in before or "конце" in before):
        return end_of_month(day)
    if word == "числа" or (word == "го" and before):
        return _day_of_this_month(before, day)
    if "через" in before or "течение" in before:
        return _counted(before, word, day)
    month = _month(word)
    if month is not None:
        number = _named_day(before, words[index + 1 : index + 2])
        return None if number is None else day_of_month(day, month, number)
    return None


def _named_day(before: Sequence[str], after: Sequence[str] = ()) -> int | None:
    """The day of a month named next to it: «пятого», «двадцать пятого», «15»."""
    for place in range(len(before) - 1, -1, -1):
        number = _day_number(before[place])
        if number is not None:
            tens = _TENS.get(before[place - 1], 0) if place and number < 10 else 0
            return number + tens
    return next((n for item in after if (n := _day_number(item)) is not None), None)


def _day_of_this_month(before: Sequence[str], day: date) -> date | None:
    """«Пятнадцатого числа», «15-го»: this month, or the next when that day is past."""
    number = _named_day(before)
    if number is None:
        return None
    following = day.month % 12 + 1
    months = (day.month, following) if number >= day.day else (following,)
    return next((found for month in months if (found := day_of_month(day, month, number)) is not None), None)


def _counted(before: Sequence[str], word: str, day: date) -> date | None:
    if word.startswith(_HOURS):
        return day
    count = next((n for item in reversed(before) if (n := _number(item)) is not None), 1)
    if word.startswith("месяц"):
        return add_months(day, count)
    if word == "полгода":
        return add_months(day, 6)
    if word.startswith(("год", "лет")):
        return add_months(day, 12 * count)
    for stem, days in _UNITS:
        if word.startswith(stem):
            return day + timedelta(days=count * days)
    return None


def _month(word: str) -> int | None:
    if word in _MAY:
        return 5
    return next((n for n, stem in enumerate(_MONTHS, start=1) if n != 5 and word.startswith(stem)), None)


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 4 else _NUMBERS.get(word)


def _day_number(word: str) -> int | None:
    if word.isascii() and word.isdigit() and 1 <= int(word[:3]) <= 31:
        return int(word)
    endings = ("ого", "его", "ое", "ье", "ому", "ему", "ым", "ем")
    return next((n for stem, n in sorted(_ORDINALS.items(), key=lambda item: -len(item[0]))
                 if word.startswith(stem) and word.endswith(endings)), None)  # fmt: skip
