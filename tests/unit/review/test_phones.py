"""Phone numbers: read from any usual spelling, shown as people write them."""

from __future__ import annotations

import pytest

from review.text.phones import display_phone, read_phone


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 / 90 18-20", "us", "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("02-312-3456", "KR", "+8223123456"),
        ("+1 202 555 0123", "DE", "+12025550123"),
        ("201", "DE", None),
        ("1001", "DE", None),
        ("", "DE", None),
        ("anonymous", "DE", None),
        ("+999999999999999999", "DE", None),
        ("1" * 5000, "DE", None),
        ("\x00", "DE", None),
    ],
)
def test_read(text: str, region: str, phone: str | None) -> None:
    assert read_phone(text, region) == phone


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("+4930901820", "+49 30 901820"), ("201", "201"), (None, ""), ("", ""), ("+abc", "+abc"), ("sip:a@b", "sip:a@b")],
)
def test_display(stored: str | None, shown: str) -> None:
    assert display_phone(stored) == shown
