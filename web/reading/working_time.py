"""Working hours, zones and countries in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _

from review.working_time.calendar import Hours
from review.working_time.holidays import countries
from review.working_time.week import write_minutes
from web.context import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Country:
    """A country for a choice, and the codes of its regions."""

    code: str
    name: str
    regions: tuple[str, ...]


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The time zones with a place in their name, as people look for them."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def weekday_names(width: str = "wide") -> tuple[str, ...]:
    """Monday to Sunday in the reader's language."""
    names = _locale().days["stand-alone"][width]
    return tuple(str(names[number]) for number in range(7))


def week_words(week: Sequence[Hours | None]) -> str:
    """A week's hours in one line: "Mon–Fri 09:00–18:00"; days with the same hours are one span."""
    names = weekday_names("abbreviated")
    spans = []
    for hours, found in groupby(range(7), key=lambda day: week[day]):
        days = list(found)
        if hours is not None:
            place = names[days[0]] if len(days) == 1 else f"{names[days[0]]}–{names[days[-1]]}"
            spans.append(f"{place} {write_minutes(hours.start)}–{write_minutes(hours.end)}")
    return ", ".join(spans) or str(_("no working hours"))


def country_choices() -> tuple[Country, ...]:
    """The countries whose holidays are known, by name in the reader's language."""
    names = _locale().territories
    found = [Country(code, str(names.get(code, code)), regions) for code, regions in countries().items()]
    return tuple(sorted(found, key=lambda country: country.name.casefold()))


def _locale() -> Locale:
    return Locale.parse(str(get_locale() or DEFAULT_LANGUAGE), sep="_")
