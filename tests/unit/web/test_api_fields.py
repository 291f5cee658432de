"""What fields of the API let in, and the marks of their pages: nothing that makes a database or a clock fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from review.queries.paging import LONGEST_KEY, cut, read_mark, write_mark
from web.api.fields import Line, Moment, Note, RowId, Seconds, Word


class Form(BaseModel):
    id: RowId = 1
    line: Line = "x"
    word: Word = "x"
    note: Note = ""
    at: Moment = datetime(2026, 1, 1, tzinfo=UTC)
    second: Seconds = 0.0


@pytest.mark.parametrize(
    "said",
    [
        {"id": 0},
        {"id": 2**63},
        {"id": 10**400},
        {"id": True and "x"},
        {"line": "   "},
        {"line": "a\x00b"},
        {"line": "x" * 201},
        {"word": "\ud800"},
        {"word": ""},
        {"note": "\udfff"},
        {"at": "2026-01-01T00:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
        {"second": float("nan")},
        {"second": float("inf")},
        {"second": -0.1},
    ],
)
def test_what_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Form.model_validate(said)


def test_what_is_taken_comes_out_plain() -> None:
    form = Form.model_validate({"line": "  Anna\t Kim ", "at": "2026-01-01T12:00:00+09:00", "id": 2**63 - 1})
    assert form.line == "Anna Kim"
    assert form.at == datetime(2026, 1, 1, 3, tzinfo=UTC)
    assert form.at.tzinfo is UTC


keys = st.one_of(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=LONGEST_KEY),
)


@given(keys, st.integers(0, 2**63 - 1))
def test_a_mark_is_read_back_as_it_was_written(key: int | str | datetime, row_id: int) -> None:
    assert read_mark(write_mark(key, row_id)) == (key, row_id)


@given(st.text(max_size=40))
def test_what_is_no_mark_is_none(text: str) -> None:
    found = read_mark(text)
    assert found is None or write_mark(*found) == text


@pytest.mark.parametrize("mark", ["", None, "!!!!", "Ny5pNQ==", " Ny5pNQ", "N" * 601, "Ny54NQ", "LTEuaTU"])
def test_marks_nobody_wrote(mark: str | None) -> None:
    assert read_mark(mark) is None


def test_a_key_that_is_too_long_is_a_fault_of_the_list() -> None:
    with pytest.raises(ValueError, match="at most"):
        write_mark("x" * (LONGEST_KEY + 1), 1)


def test_pages_are_cut() -> None:
    assert cut([3, 2, 1], 2, lambda row: (row, row)) == ((3, 2), write_mark(2, 2))
    assert cut([3, 2], 2, lambda row: (row, row)) == ((3, 2), None)
    assert cut([], 2, lambda row: (row, row)) == ((), None)
