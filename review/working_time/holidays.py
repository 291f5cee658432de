"""National holidays to propose for a calendar, from the `holidays` library: people choose, nothing is taken over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from review.working_time.calendar import Calendar
from review.working_time.editing import Day

WRITTEN: Final = {"en": "en_US", "ru": "ru", "ko": "ko", "zh": "zh_CN"}  # our languages as the library names them


class UnknownCountry(LookupError):
    """No holidays are known for this country or region."""


def countries() -> dict[str, tuple[str, ...]]:
    """Two-letter codes of the countries whose holidays are known, with the codes of their regions."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(regions) for code, regions in sorted(known.items()) if len(code) == 2}


def propose(country: str, region: str, year: int, *, language: str, calendar: Calendar) -> tuple[Day, ...]:
    """The holidays of a year that fall on working days, and the free days that are worked instead.

    Days the calendar has already are left out. Names are in `language` where the library has them, else in the
    country's own; the worked days have none. Raises UnknownCountry.
    """
    import holidays

    known = countries()
    if country not in known or (region and region not in known[country]):
        raise UnknownCountry(country, region)
    found = holidays.country_holidays(country, subdiv=region or None, years=year)
    written = WRITTEN.get(language, "")
    spoken = written if written in (found.supported_languages or ()) else found.default_language
    if spoken:
        found = holidays.country_holidays(country, subdiv=region or None, years=year, language=spoken)
    off = [Day(day, _short(name)) for day, name in found.items() if calendar.is_working_day(day)]
    extra = [
        Day(day, "", "extra")
        for day in _worked_instead(found)
        if day.year == year and calendar.week[day.weekday()] is None and day not in calendar.extra
    ]
    return tuple(sorted(off + extra))


def _worked_instead(found: object) -> Collection[date]:
    days = getattr(found, "weekend_workdays", None)
    return days if isinstance(days, set | frozenset | list | tuple) else ()


def _short(name: str) -> str:
    return " ".join(name.split())[:80] or "–"
