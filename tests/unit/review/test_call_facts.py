"""Facts and names as senders give them: read, checked, cleaned, or refused with the field, the value and the fix."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from review.errors import BadFacts
from review.services.call_facts import CallFacts, check_facts, read_facts
from review.services.display_names import display_file_name, display_text


def test_all_facts_are_read() -> None:
    facts = read_facts(
        {
            "source": "pbx",
            "external_id": "17.42",
            "direction": "Incoming",
            "started_at": "2026-11-17T10:42:00+01:00",
            "rep": " Anna  Klein ",
            "client_phone": "+49 30 901820",
            "queue": "sales",
            "disposition": "closed lost",
            "loss_reason": "no_budget",
            "language": "en-US",
            "client": "C7",
            "deal": "D9",
            "file": "17.wav",
            "csrf_token": "x",
        }
    )
    assert facts == CallFacts(
        source="pbx",
        external_id="17.42",
        direction="inbound",
        started_at=datetime(2026, 11, 17, 9, 42, tzinfo=UTC),
        rep="Anna Klein",
        client_phone="+4930901820",
        queue="sales",
        disposition="closed_lost",
        loss_reason="no_budget",
        language="en",
        client="C7",
        deal="D9",
    )
    assert facts.to_json()["started_at"] == "2026-11-17T10:42:00+01:00"


def test_empty_fields_are_unknown() -> None:
    assert read_facts({"source": " ", "rep": "", "started_at": "  "}) == CallFacts()


@pytest.mark.parametrize(
    ("field", "value", "fix"),
    [
        ("started_at", "2026-11-17T10:42:00", "with its zone"),
        ("started_at", "yesterday", "with its zone"),
        ("direction", "sideways", "inbound, outbound"),
        ("disposition", "maybe", "open, won, closed_lost, unqualified"),
        ("language", "english", "two-letter code"),
        ("external_id", "x" * 301, "at most 300"),
        ("external_id", "a\x00b", "cannot be seen"),
        ("started_at", "0001-01-01T00:00:00+14:00", "a year 1950-2200"),
        ("started_at", "9999-12-31T23:59:59-14:00", "a year 1950-2200"),
        ("source", "a\u202eb", "cannot be seen"),
        ("external_id", "x" * 1_000_000, "at most 300"),
    ],
)
def test_facts_that_cannot_be_read(field: str, value: str, fix: str) -> None:
    with pytest.raises(BadFacts, match=fix) as caught:
        read_facts({field: value})
    assert caught.value.field == field
    assert "Nothing was kept" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_naive_time_is_refused_from_programs_too() -> None:
    with pytest.raises(BadFacts, match="zone"):
        check_facts(CallFacts(started_at=datetime(2026, 1, 1)))


@pytest.mark.parametrize(
    ("said", "region", "kept"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("030 901820", None, "030 901820"),
        ("+7 (495) 123-45-67", None, "+74951234567"),
        ("201", "DE", "201"),
        ("Anonymous", "DE", None),
        ("sip:anna@example.com", "DE", "sip:anna@example.com"),
    ],
)
def test_numbers(said: str, region: str | None, kept: str | None) -> None:
    assert check_facts(CallFacts(client_phone=said), region=region).client_phone == kept


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../x.wav", "x.wav"),
        ("C:\\calls\\x.wav", "x.wav"),
        ("a\x00b\u202egpj.wav", "abgpj.wav"),
        ("", "recording"),
        ("..", "recording"),
        ("/", "recording"),
        ("звонок 1.wav", "звонок 1.wav"),
        ("상담.mp3", "상담.mp3"),
        ("line\r\nbreak.wav", "line break.wav"),
        ("bad\udcff.wav", "bad.wav"),
        ("\u2066x\u2069.wav", "x.wav"),
    ],
)
def test_file_names(sent: str, shown: str) -> None:
    assert display_file_name(sent) == shown


def test_a_long_file_name_keeps_its_beginning_and_its_ending() -> None:
    shown = display_file_name("x" * 5000 + ".wav")
    assert len(shown) == 300
    assert shown.endswith(".wav")


def test_text_is_one_line_of_at_most_300_characters() -> None:
    assert display_text("  a\n\tb\u2028c\x07 ") == "a b c"
    assert len(display_text("x" * 5000)) == 300
