"""What CRMs and tables may say that is no time, no text or no end of a table: it stops nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from review.crm import http
from review.crm.reading import iso_time, text_of
from review.services import crm_sheets


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+03:00", "9999-12-31T23:59:59-05:00", "²" * 12, "9" * 60])
def test_what_is_no_time_is_no_time(text: str) -> None:
    assert iso_time(text) is None


def test_half_a_character_is_mended() -> None:
    assert text_of("x\ud83d") == "x\ufffd"
    assert text_of("Анна \U0001f600") == "Анна \U0001f600"


@pytest.mark.parametrize("text", ["inf", "1e300", "315360000"])
def test_no_server_puts_work_off_for_good(text: str) -> None:
    assert http._retry_after(text, 1) == http.LONGEST_PUT_OFF


def test_a_row_far_below_all_rows_ends_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crm_sheets, "MOST_ROWS", 1000)
    plain, far = tmp_path / "plain.xlsx", tmp_path / "far.xlsx"
    book = Workbook()
    for row in (["Name", "Phone"], ["Anna", "+49301"], ["Boris", "+49302"]):
        book.active.append(row)
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(far, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                data = data.replace(b'<row r="3"', b'<row r="2000000000"').replace(b'"A3"', b'"A2000000000"')
                data = data.replace(b'"B3"', b'"B2000000000"')
                assert b"2000000000" in data
            new.writestr(entry, data)
    assert crm_sheets.read_sheet(far, "far.xlsx").lines == ((2, ("Anna", "+49301")),)
