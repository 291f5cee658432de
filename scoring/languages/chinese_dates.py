"""Chinese dates, resolved against the day of the call: 明天, 周五前, 下周二, 三天后, 12月5号, 下周."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from scoring.languages.calendar import add_months, day_of_month, end_of_month, end_of_week, next_week, next_weekday

_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER: Final = r"(\d{1,2}|[一二两三四五六七八九十]{1,3}|半)"
_SAME_DAY: Final = re.compile(r"(?:马上|立刻|立即|等下|等会|待会|一会|下午|晚点|傍晚|下班前|下班之前|晚上|中午|现在)")
_PLAIN: Final = {
    "大后天": 3,
    "后天": 2,
    "后儿": 2,
    "明天": 1,
    "明早": 1,
    "明儿": 1,
    "明晚": 1,
    "明日": 1,
    "今天": 0,
    "今晚": 0,
    "今儿": 0,
    "今日": 0,
}


def chinese_date(text: str, day: date) -> date | None:
    """The first day that the text names, seen from `day`; None where it names none.

    当天 names none: it is the day spoken of before.
    """
    found: list[tuple[int, int, date | None]] = []
    for order, (pattern, resolve) in enumerate(_READERS):
        match = pattern.search(text)
        if match:
            found.append((match.start(), order, resolve(match, day)))
    if found:
        return min(found, key=lambda item: item[:2])[2]
    return day if _SAME_DAY.search(text) else None


def _weekday(match: re.Match[str], day: date) -> date:
    weekday = "一二三四五六日".find(match[2])
    if weekday < 0:
        weekday = 6 if match[2] in "天末" else int(match[2]) - 1
    if match[2] == "末":
        weekday = 5
    found = next_weekday(day, weekday, week_after=(match[1] or "").startswith("下"))
    return found + timedelta(days=7) if match[1] == "下下" else found


def _plain(match: re.Match[str], day: date) -> date:
    return day + timedelta(days=_PLAIN[match[0]])


def _month_day(match: re.Match[str], day: date) -> date | None:
    return day_of_month(day, _count(match[1]), _count(match[2]))


def _day_number(match: re.Match[str], day: date) -> date | None:
    number = _count(match[1])
    if not 1 <= number <= 31:
        return None
    return day_of_month(day, day.month if number >= day.day else day.month % 12 + 1, number)


def _next_month_day(match: re.Match[str], day: date) -> date | None:
    return day_of_month(day, add_months(day, 1).month, _count(match[1]))


def _days_ahead(match: re.Match[str], day: date) -> date:
    if match[1] == "半" and match[2] == "月":
        return day + timedelta(days=15)
    return _ahead(_count(match[1]), match[2], day)


def _next_month(match: re.Match[str], day: date) -> date:
    """The month's end when it is named, else its first part by its beginning."""
    first = add_months(day, 1).replace(day=1)
    if match[1] in ("底", "末"):
        return end_of_month(first)
    return first.replace(day=15) if match[1] and match[1].startswith("中") else first


_READERS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...]] = (
    (re.compile(r"(下下|下个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天末1-6])"), _weekday),
    (re.compile("|".join(sorted(_PLAIN, key=len, reverse=True))), _plain),
    (re.compile(_NUMBER + r"月" + _NUMBER + r"[号日]"), _month_day),
    (
        re.compile(
            _NUMBER + r"(?:个)?(工作日|天|日|周|星期|礼拜|月|小时|钟头|分钟)(?:之)?(?:后|内|以后|以内|之内|左右|过后)"
        ),
        _days_ahead,
    ),
    # 过两天 is some day, 过三天 is in three days.
    (re.compile(r"过(?:个)?(?!两天)" + _NUMBER + r"(?:个)?(天|周|星期|礼拜|月|小时|钟头|分钟)"), _days_ahead),
    (re.compile(r"(?<![月\d])" + _NUMBER + r"号(?![楼线机院])"), _day_number),
    (
        re.compile(r"下个?月" + _NUMBER + r"号"),
        lambda m, day: day_of_month(day, add_months(day, 1).month, _count(m[1])),
    ),
    (re.compile(r"下个?(?:周|星期|礼拜)"), lambda _, day: next_week(day)),
    (re.compile(r"(?:这个?|本)(?:周|星期|礼拜)(?:内|之前|前|底)?"), lambda _, day: end_of_week(day)),
    (re.compile(r"(?:这个?|本)月(?:底|内|末|之前|前)|(?<!下个)(?<!下)月底"), lambda _, day: end_of_month(day)),
    (re.compile(r"下个?月(中旬|中|初|底|末)?(?![一二三四五六七八九十\d])"), _next_month),
    (re.compile(r"(?:今年)?年(?:底|末)"), lambda _, day: day.replace(month=12, day=31)),
)


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
