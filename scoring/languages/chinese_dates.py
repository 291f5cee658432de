"""Chinese dates, resolved against the day of the call: 明天, 周五前, 下周二, 三天后, 12月5号, 下周."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from scoring.languages.calendar import add_months, day_of_month, end_of_month, end_of_week, next_week, next_weekday

_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER: Final = r"(\d{1,2}|[一二两三四五六七八九十]{1,3}|半)"
_WEEKDAY: Final = re.compile(r"(下下|下个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天1-6])")
_AHEAD: Final = re.compile(
    _NUMBER + r"(?:个)?(天|日|周|星期|礼拜|月|小时|钟头|分钟|工作日)(?:之)?(?:后|内|以后|以内|之内)"
)
_DATE: Final = re.compile(_NUMBER + r"月" + _NUMBER + r"[号日]")
_DAY: Final = re.compile(r"(?<![月\d])" + _NUMBER + r"号")
_PLAIN: Final = (
    *(("大后天", 3), ("后天", 2), ("明天", 1), ("明早", 1), ("明儿", 1)),
    *(("今天", 0), ("今晚", 0), ("今儿", 0)),
)


def chinese_date(text: str, day: date) -> date | None:
    """The day that the text names, seen from `day`; None where it names none."""
    match = _WEEKDAY.search(text)
    if match:
        weekday = "一二三四五六日".find(match[2])
        if weekday < 0:
            weekday = 6 if match[2] == "天" else int(match[2]) - 1
        found = next_weekday(day, weekday, week_after=(match[1] or "").startswith("下"))
        return found + timedelta(days=7) if match[1] == "下下" else found
    for word, days in _PLAIN:
        if word in text:
            return day + timedelta(days=days)
    match = _DATE.search(text)
    if match:
        return day_of_month(day, _count(match[1]), _count(match[2]))
    match = _AHEAD.search(text)
    if match:
        return _ahead(_count(match[1]), match[2], day)
    match = _DAY.search(text)
    if match and 1 <= (number := _count(match[1])) <= 31:
        return day_of_month(day, day.month if number >= day.day else day.month % 12 + 1, number)
    if re.search(r"下个?(?:周|星期|礼拜)", text):
        return next_week(day)
    if re.search(r"(?:这个?|本)(?:周|星期|礼拜)(?:内|末|之前|前|底)?", text):
        return end_of_week(day)
    if re.search(r"(?:这个?|本)月(?:底|内|末|之前|前)|月底", text):
        return end_of_month(day)
    if re.search(r"(?:马上|现在|立刻|立即|等下|待会|一会|下午|晚点|傍晚|下班前)", text):
        return day
    return None


def _ahead(count: int, unit: str, day: date) -> date:
    if unit in ("小时", "钟头", "分钟"):
        return day
    if unit == "月":
        return add_months(day, count)
    return day + timedelta(days=count * (7 if unit in ("周", "星期", "礼拜") else 1))


def _count(text: str) -> int:
    """A number up to 99 in digits or characters (二十五: 25)."""
    if text.isdigit():
        return int(text)
    if text == "半":
        return 0
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
    return _DIGITS.get(text, 0)
