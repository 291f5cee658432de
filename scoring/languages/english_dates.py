"""English dates, resolved against the day of the call: "today", "by Friday", "in two weeks", "on the 14th".

Only what names a day or a week is resolved; "soon" and "next month" stay open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from scoring.languages.calendar import add_months, day_of_month, end_of_week, next_week, next_weekday

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_COUNTING: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty"
)
_ORDINAL: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_NUMBERS: Final = {word: n for n, word in enumerate(_COUNTING.split())} | {"twenty": 20, "a": 1, "an": 1, "few": 3}
_ORDINALS: Final = {word: n for n, word in enumerate(_ORDINAL.split(), start=1)} | {"thirtieth": 30}
_TODAY: Final = frozenset(("today", "tonight"))


def english_date(words: Sequence[str], day: date) -> date | None:
    """The day that `words` (normalised, in order) name, seen from `day`; None where they name none."""
    for index, word in enumerate(words):
        found = _at(words, index, word, day)
        if found is not None:
            return found
    return _today_by_the_clock(words, day)


def _at(words: Sequence[str], index: int, word: str, day: date) -> date | None:
    before = words[index - 1] if index else ""
    if word in _TODAY or (word in ("morning", "afternoon", "evening") and before == "this"):
        return day
    if word == "tomorrow":
        return day + timedelta(days=2 if words[max(0, index - 2) : index] == ["day", "after"] else 1)
    if word in _WEEKDAYS:
        # "Next Friday" said on a Tuesday is the one of the week after; "Friday next week" always is.
        later = before == "next" or list(words[index + 1 : index + 3]) == ["next", "week"]
        return next_weekday(day, _WEEKDAYS.index(word), week_after=later)
    if word == "week" and before == "next":
        named = next((w for w in words[index + 1 : index + 3] if w in _WEEKDAYS), None)
        return next_week(day) if named is None else next_weekday(day, _WEEKDAYS.index(named), week_after=True)
    if word in ("day", "week", "hour", "minute", "month", "days", "weeks", "hours", "minutes", "months"):
        return _counted(words, index, word.rstrip("s"), day)
    if word in _MONTHS and (word not in ("may", "march") or before in ("of", "in", "the") or before.isdigit()):
        return _of_month(words, index, _MONTHS.index(word) + 1, day)
    if word == "end" and "of" in words[index + 1 : index + 2]:
        rest = words[index + 2 : index + 5]
        if "week" in rest:
            return next_week(day) if "next" in rest else end_of_week(day)
        if "day" in rest or "business" in rest:
            return day
    return None


def _counted(words: Sequence[str], index: int, unit: str, day: date) -> date | None:
    """ "In two weeks", "within an hour"."""
    start = max(0, index - 5)
    window = list(words[start:index])
    if not {"in", "within"} & set(window):
        return None
    count = next((n for w in reversed(window) if (n := _number(w)) is not None), None)
    if unit in ("hour", "minute"):
        return day
    if count is None:
        return None
    if unit == "month":
        return add_months(day, count)
    return day + timedelta(days=count * (7 if unit == "week" else 1))


def _of_month(words: Sequence[str], index: int, month: int, day: date) -> date | None:
    near = [*words[max(0, index - 3) : index], *words[index + 1 : index + 3]]
    number = next((n for word in near if (n := _day_number(word)) is not None), None)
    return None if number is None else day_of_month(day, month, number)


def _today_by_the_clock(words: Sequence[str], day: date) -> date | None:
    """ "By five", "before noon", "right away": today."""
    for index, word in enumerate(words[:-1]):
        following = words[index + 1]
        if word in ("by", "before") and (
            following in _NUMBERS or following.isdigit() or following in ("noon", "lunch")
        ):
            return day
        if (word, following) in (("right", "away"), ("straight", "away"), ("right", "now")):
            return day
    return None


def _number(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) < 4:
        return int(word)
    return _NUMBERS.get(word)


def _day_number(word: str) -> int | None:
    if word.isascii() and word.isdigit() and 1 <= int(word[:3]) <= 31:
        return int(word)
    return _ORDINALS.get(word)
