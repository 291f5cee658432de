"""The CSV reader of the CRM import: separators, quotes, broken lines, sums and times."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from review.services.crm_files import BadCell, CrmFile, read_amount, read_time


def read(path: Path, data: bytes) -> tuple[list[dict[str, str]], list[tuple[int, str]]]:
    path.write_bytes(data)
    file = CrmFile(path, ("id",))
    lines = [dict(line.cells) for line in file.lines()]
    return lines, [(problem.line, problem.why) for problem in file.problems]


@pytest.mark.parametrize(
    "data",
    [
        b"id,name\n1,Anna\n",
        b"\xef\xbb\xbfid;name\r\n1;Anna\r\n",
        b' ID , Name \n1,"Anna"\n\n\n',
        b"id,name\r1,Anna",
    ],
)
def test_separators_marks_and_line_ends(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path / "clients.csv", data) == ([{"id": "1", "name": "Anna"}], [])


def test_a_quoted_cell_may_hold_anything(tmp_path: Path) -> None:
    lines, problems = read(tmp_path / "clients.csv", 'id,name\n1,"Anna; ""An"",\nsecond line"\n2,Ян\n'.encode())
    assert lines == [{"id": "1", "name": 'Anna; "An",\nsecond line'}, {"id": "2", "name": "Ян"}]
    assert problems == []


def test_broken_lines_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    data = (
        b'id,name\n1,Anna\n2,"never closed\n3,Carl\n4\n5,Eva,more\n6,caf\xe9\n7,a\x00b\n8,"x"y\n9,'
        + b"z" * 3000
        + b"\n10,Ida\n"
    )
    lines, problems = read(tmp_path / "clients.csv", data)
    assert [line["id"] for line in lines] == ["1", "3", "10"]
    assert [line for line, _ in problems] == [3, 5, 6, 7, 8, 9, 10]
    assert all(why for _, why in problems)


@pytest.mark.parametrize(
    "data", [b"", b"name\nAnna\n", b"id,id\n1,2\n", "id,name\n1,A\n".encode("utf-16"), b"\xff\xfe\x00"]
)
def test_a_file_that_cannot_be_used_is_one_problem(tmp_path: Path, data: bytes) -> None:
    lines, problems = read(tmp_path / "clients.csv", data)
    assert lines == []
    assert [line for line, _ in problems] == [1]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4800", "4800.00"),
        ("4800.5", "4800.50"),
        ("4800,50", "4800.50"),
        ("4 800,50", "4800.50"),
        ("4\u00a0800", "4800.00"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("-20", "-20.00"),
        ("0", "0.00"),
    ],
)
def test_sums(text: str, amount: str) -> None:
    assert read_amount("amount", text) == Decimal(amount)


@pytest.mark.parametrize("text", ["4.800", "4,800", "much", "4800 EUR", "1e5", "NaN", "9" * 20, "1.2.3"])
def test_sums_that_cannot_be_read_or_only_in_two_ways(text: str) -> None:
    with pytest.raises(BadCell, match="amount"):
        read_amount("amount", text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-17", datetime(2026, 11, 17, tzinfo=UTC)),
        ("2026-11-17T10:42:00+01:00", datetime(2026, 11, 17, 9, 42, tzinfo=UTC)),
        ("2026-11-17T10:42:00Z", datetime(2026, 11, 17, 10, 42, tzinfo=UTC)),
        ("2026-11-17 10:42", datetime(2026, 11, 17, 10, 42, tzinfo=UTC)),
    ],
)
def test_times(text: str, at: datetime) -> None:
    assert read_time("due_at", text) == at


@pytest.mark.parametrize("text", ["17.11.2026", "soon", "0001-01-01", "2026-13-01"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(BadCell, match="due_at"):
        read_time("due_at", text)
