"""Filters and page marks survive a link there and back, and nonsense in a link does no harm."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.queries.filters import InboxFilters, read_filters
from review.queries.keyset import read_mark, write_mark


def test_filters_there_and_back() -> None:
    filters = InboxFilters(
        state="failed",
        rep_id=3,
        team_id=2,
        client_id=9,
        direction="inbound",
        disposition="closed_lost",
        language="ru",
        source="pbx 1",
        queue="отдел",
        flag="wrongly_closed",
        score_from=10.0,
        score_to=49.5,
        date_from=date(2026, 11, 1),
        date_to=date(2026, 11, 30),
        days=7,
        length_from=0.5,
        length_to=12.0,
        objection="price",
        outcome="mishandled",
        tag="Обучение",
        evaluated="no",
    )
    assert filters.active == 21
    assert read_filters(filters.to_query()) == filters
    assert read_filters({}) == InboxFilters()
    assert InboxFilters().to_query() == {}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "gone"},
        {"rep_id": "7; DROP TABLE call"},
        {"rep_id": "-1"},
        {"rep_id": "٣"},
        {"rep_id": "9" * 30},
        {"direction": "sideways"},
        {"flag": "x"},
        {"score_from": "nan"},
        {"score_to": "1e9"},
        {"date_from": "yesterday"},
        {"date_to": "2026-02-30"},
        {"language": "  "},
        {"queue": "\x00"},
        {"days": "0"},
        {"days": "99999999"},
        {"length_from": "-1"},
        {"objection": "weather"},
        {"outcome": "none"},
        {"evaluated": "maybe"},
        {"unheard": "of"},
    ],
)
def test_nonsense_is_left_out(values: dict[str, str]) -> None:
    assert read_filters(values) == InboxFilters()


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(1, 2**62))
def test_a_mark_there_and_back(at: datetime, call_id: int) -> None:
    at = at.replace(tzinfo=UTC)
    assert read_mark(write_mark(at, call_id)) == (at, call_id)


@given(st.text(max_size=100))
def test_a_made_up_mark_is_none_or_a_place(mark: str) -> None:
    found = read_mark(mark)
    assert found is None or isinstance(found[1], int)
