"""Recordings and their calls: what a file's name tells, and which call it belongs to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from review.telephony.asterisk_cdr import read_cdr
from review.telephony.asterisk_layouts import KNOWN
from review.telephony.recording_match import match_recordings
from review.telephony.recording_names import read_name
from tests.unit.review.telephony.cdr_files import DAY, INTERNAL, OUTBOUND, write

ALL = dict(KNOWN)["Master.csv with all columns"]


@pytest.mark.parametrize(
    ("name", "direction", "rep", "client", "queue"),
    [
        ("out-84951234567-201-20240701-130000-1719828000.1.wav", "outbound", "201", "84951234567", None),
        ("in-74950001122-84957654321-20240701-140000-1719831600.3.wav", "inbound", None, "84957654321", None),
        ("exten-202-84957654321-20240701-140000-1719831600.3.WAV", "inbound", "202", "84957654321", None),
        ("exten-84957654321-202-20240701-140000-1719831600.3.mp3", "outbound", "202", "84957654321", None),
        ("q-400-+74957654321-20240701-140000-1719831600.3.wav", "inbound", None, "+74957654321", "400"),
        ("rg-600-84957654321-20240701-140000-1719831600.3.wav", "inbound", None, "84957654321", "600"),
        ("internal-202-201-20240701-160000-1719838800.8.wav", "internal", "201", None, None),
        ("force-84957654321-201-20240701-140000-1719831600.3.wav", "outbound", "201", "84957654321", None),
        ("in-74950001122-unknown-20240701-140000-1719831600.3.wav", "inbound", None, None, None),
        ("OUT201-20240701-130000-1719828000.1.wav", "outbound", "201", None, None),
        ("q4000-20240701-140000-1719831600.3.wav", "inbound", None, None, "4000"),
    ],
)
def test_the_grammar_of_names(
    name: str, direction: str, rep: str | None, client: str | None, queue: str | None
) -> None:
    told = read_name("2024/07/01/" + name)
    assert told is not None
    assert (told.direction, told.rep, told.client_phone, told.queue) == (direction, rep, client, queue)


def test_the_time_in_a_name_is_local_and_its_id_tells_the_zone() -> None:
    told = read_name("out-84951234567-201-20240701-130000-1719828000.1.wav")
    assert told is not None
    assert told.started_at == datetime(2024, 7, 1, 10, 0, tzinfo=UTC)


def test_a_name_without_an_id_tells_nothing() -> None:
    assert read_name("meeting with Anna.wav") is None


def test_a_recording_goes_to_its_call_by_record_by_id_and_by_time() -> None:
    lines = [{**OUTBOUND, "userfield": "audio:anna-0001.wav"}, *DAY[1:]]
    calls = read_cdr(write(lines, ALL)).calls
    names = [
        "anna-0001.wav",
        "2024/07/01/q-400-84957654321-20240701-140000-1719831600.3-in.wav",
        "2024/07/01/q-400-84957654321-20240701-140000-1719831600.3-out.wav",
        "exten-201-84950000000-20240701-160000-1719999999.9.wav",
        "stray.wav",
    ]
    matched = match_recordings(calls, names)
    by_call = {call.external_id: own for call, own in zip(calls, matched.names, strict=True)}
    assert by_call["1719828000.1"] == ("anna-0001.wav",)
    assert by_call["1719831600.3"] == (names[1], names[2])
    assert matched.left == (names[3], "stray.wav")


def test_a_recording_of_another_channel_of_the_call_goes_to_it() -> None:
    legs = [{**OUTBOUND}, {**OUTBOUND, "uniqueid": "1719828000.2", "billsec": "0", "disposition": "NO ANSWER"}]
    calls = read_cdr(write(legs, ALL)).calls
    assert match_recordings(calls, ["x-1719828000.2.wav"]).names == (("x-1719828000.2.wav",),)


def test_a_recording_with_an_unknown_id_goes_by_its_time_and_parties() -> None:
    calls = read_cdr(write([OUTBOUND, INTERNAL], ALL)).calls
    told = match_recordings(calls, ["out-84951234567-201-20240701-130002-1719828002.77.wav"])
    assert told.names[0] == ("out-84951234567-201-20240701-130002-1719828002.77.wav",)
