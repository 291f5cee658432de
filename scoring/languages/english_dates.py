"""English dates, resolved against the day of the call: "today", "by Friday", "in two weeks", "on the 14th".

Only what names a day is resolved; "soon" and "next month" stay open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

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
        ahead = (_WEEKDAYS.index(word) - day.weekday()) % 7 or 7
        # "Next Friday" said on a Tuesday is the one of the week after.
        later = before == "next" and ahead + day.weekday() <= 6
        return day + timedelta(days=ahead + (7 if later else 0))
    if word in ("day", "week", "hour", "minute", "month", "days", "weeks", "hours", "minutes", "months"):
        return _counted(words, index, word.rstrip("s"), day)
    if word in _MONTHS and (word not in ("may", "march") or before in ("of", "in", "the") or before.isdigit()):
        return _of_month(words, index, _MONTHS.index(word) + 1, day)
    if word == "end" and "of" in words[index + 1 : index + 2]:
        rest = words[index + 2 : index + 5]
        if "week" in rest:
            return day + timedelta(days=(4 - day.weekday()) % 7)
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
        return _add_months(day, count)
    return day + timedelta(days=count * (7 if unit == "week" else 1))


def _of_month(words: Sequence[str], index: int, month: int, day: date) -> date | None:
    near = [*words[max(0, index - 3) : index], *words[index + 1 : index + 3]]
    number = next((n for word in near if (n := _day_number(word)) is not None), None)
    if number is None:
        return None
    for year in (day.year, day.year + 1):
        try:
            found = date(year, month, number)
        except ValueError:
            return None
        if found >= day:
            return found
    return None


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


def _add_months(day: date, count: int) -> date:
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, 28))
