"""Korean dates, resolved against the day of the call: 내일, 금요일까지, 다음 주 화요일, 3일 뒤, 12월 5일."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from scoring.languages.calendar import add_months, day_of_month, end_of_month, end_of_week, next_week, next_weekday

_WEEKDAYS: Final = "월화수목금토일"
_NUMBERS: Final = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "열흘": 10, "일주일": 7, "보름": 15,
}  # fmt: skip
_NATIVE: Final = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5}
_SINO: Final = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9, "유": 6, "시": 10}
_WEEKDAY: Final = re.compile(rf"(다음주|담주|차주|이번주|금주)?(?:에|의)?([{_WEEKDAYS}])요일")
_AHEAD: Final = re.compile(
    r"(\d+|하루|이틀|사흘|나흘|열흘|보름|일주일|[한두세네]|다섯|[일이삼사오])(일|주|주일|달|개월|시간|분)?(?:뒤|후|이내|안에|내로)"
)
_DATE: Final = re.compile(r"(\d+|[일이삼사오육유칠팔구십시]{1,2})월(\d+|[일이삼사오육칠팔구십]{1,3})일")
_DAY: Final = re.compile(r"(?<!\d)(\d{1,2})일(?:까지|에|날)")
_PLAIN: Final = (("글피", 3), ("모레", 2), ("내일", 1), ("오늘", 0))


def korean_date(text: str, day: date) -> date | None:
    """The day that the text (without spaces) names first, seen from `day`; None where it names none."""
    named: list[tuple[int, date]] = []
    match = _WEEKDAY.search(text)
    if match:
        after = match[1] in ("다음주", "담주", "차주")
        named.append((match.start(), next_weekday(day, _WEEKDAYS.index(match[2]), week_after=after)))
    for word, days in _PLAIN:
        if word in text and not (word == "모레" and "내일모레" in text):
            named.append(
                (text.index(word), day + timedelta(days=2 if text[text.index(word) :].startswith("내일모레") else days))
            )
    match = _DATE.search(text)
    if match and (found := day_of_month(day, _count(match[1]) or 0, _count(match[2]) or 0)) is not None:
        named.append((match.start(), found))
    match = _AHEAD.search(text)
    if match and (found := _ahead(match[1], match[2], day)) is not None:
        named.append((match.start(), found))
    return min(named)[1] if named else _vaguer(text, day)


def _vaguer(text: str, day: date) -> date | None:
    """A day of this month, a week or a month, where no plainer date is named."""
    match = _DAY.search(text)
    if match:
        number = int(match[1])
        return (
            day_of_month(day, day.month, number) if number >= day.day else day_of_month(day, day.month % 12 + 1, number)
        )
    if re.search(r"(?:다음주|담주|차주)", text):
        return next_week(day)
    if re.search(r"(?:이번주|금주)(?:안|내|중|말|까지)", text):
        return end_of_week(day)
    if re.search(r"(?:이번달|이달)(?:안|내|말|까지)", text):
        return end_of_month(day)
    if re.search(r"(?:바로|지금|방금|곧바로|오후에|저녁에|이따)", text):
        return day
    return None


def _ahead(count: str, unit: str | None, day: date) -> date | None:
    if count in _NUMBERS:
        return day + timedelta(days=_NUMBERS[count])
    number = int(count) if count.isdigit() else _NATIVE.get(count)
    if number is None or unit is None:
        return None
    if unit in ("시간", "분"):
        return day
    if unit in ("달", "개월"):
        return add_months(day, number)
    return day + timedelta(days=number * (7 if unit in ("주", "주일") else 1))


def _count(text: str) -> int | None:
    """A number up to 39 in digits or Sino-Korean syllables (이십오: 25)."""
    if text.isdigit():
        return int(text)
    if "십" in text:
        tens, _, ones = text.partition("십")
        return (_SINO.get(tens, 1) if tens else 1) * 10 + (_SINO.get(ones, 0) if ones else 0)
    return _SINO.get(text)
