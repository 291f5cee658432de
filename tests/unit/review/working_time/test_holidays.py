"""National holidays proposed from the library."""

from __future__ import annotations

from datetime import date

import pytest

from review.working_time.calendar import Calendar
from review.working_time.holidays import UnknownCountry, countries, propose


def test_only_days_that_would_be_worked_are_proposed() -> None:
    found = propose("DE", "", 2026, language="en", calendar=Calendar())
    assert {day.day for day in found} == {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
    }  # 3 October and 26 December are Saturdays
    known = Calendar(holidays={date(2026, 5, 1): "May Day"})
    assert len(propose("DE", "", 2026, language="en", calendar=known)) == len(found) - 1


def test_a_region_has_more_of_them() -> None:
    whole = propose("DE", "", 2026, language="en", calendar=Calendar())
    bavaria = propose("DE", "BY", 2026, language="en", calendar=Calendar())
    assert {day.day for day in whole} < {day.day for day in bavaria}


@pytest.mark.parametrize(("country", "language"), [("KR", "ko"), ("RU", "ru"), ("CN", "zh")])
def test_names_are_in_the_readers_language(country: str, language: str) -> None:
    names = "".join(day.name for day in propose(country, "", 2026, language=language, calendar=Calendar()))
    block = {"ko": ("\uac00", "\ud7a3"), "ru": ("\u0410", "\u044f"), "zh": ("\u4e00", "\u9fff")}[language]
    assert any(block[0] <= letter <= block[1] for letter in names)


def test_days_worked_instead_are_proposed_as_such() -> None:
    found = propose("CN", "", 2026, language="en", calendar=Calendar())
    extra = [day for day in found if day.kind == "extra"]
    assert extra
    assert all(day.day.weekday() >= 5 and day.day.year == 2026 for day in extra)


def test_unknown_countries_and_regions_are_refused() -> None:
    for country, region in (("XX", ""), ("DE", "XX"), ("", "")):
        with pytest.raises(UnknownCountry):
            propose(country, region, 2026, language="en", calendar=Calendar())
    assert countries()["DE"]
