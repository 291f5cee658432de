"""Asterisk's call-detail files: the same calls come out of every order of columns; broken lines harm no other."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.telephony.asterisk_cdr import endpoint, read_cdr
from review.telephony.asterisk_layouts import KNOWN, UnknownLayout, named_layout
from tests.unit.review.telephony.cdr_files import DAY, INTERNAL, MISSED, OUTBOUND, RUNG, TAKEN, write

MOSCOW = ZoneInfo("Europe/Moscow")
ALL = dict(KNOWN)["Master.csv with all columns"]


def _told(text: str, **kwargs):
    """What every order of columns must tell alike."""
    cdr = read_cdr(text, **kwargs)
    assert cdr.broken == ()
    return [
        (c.started_at, c.direction, c.result, c.talk_seconds, c.rep, c.client_phone)
        for c in cdr.calls
        if c.result == "answered"
    ]


ANSWERED = [
    (datetime(2024, 7, 1, 10, 0, tzinfo=UTC), "outbound", "answered", 180, "201", "84951234567"),
    (datetime(2024, 7, 1, 11, 0, tzinfo=UTC), "inbound", "answered", 300, "203", "84957654321"),
    (datetime(2024, 7, 1, 13, 0, tzinfo=UTC), "internal", "answered", 30, "201", None),
]


@pytest.mark.parametrize(("name", "columns"), KNOWN, ids=[name for name, _ in KNOWN])
def test_every_known_order_of_columns_tells_the_same_calls(name: str, columns: tuple[str, ...]) -> None:
    text = write(DAY, columns)
    assert read_cdr(text, zone=MOSCOW).layout.name == name
    assert _told(text, zone=MOSCOW) == ANSWERED


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_heading_line_names_columns_in_any_order(separator: str) -> None:
    columns = ("uniqueid", "calldate", "billsec", "disposition", "dst", "src", "channel", "dstchannel", "lastapp")
    lines = [{**line, "calldate": line["start"]} for line in DAY]
    text = write(lines, columns, separator=separator, heading=True)
    assert read_cdr(text).layout.heading
    assert _told(text) == ANSWERED


def test_an_order_of_the_companys_own_is_told_from_what_stands_in_it() -> None:
    columns = ("uniqueid", "src", "dst", "channel", "dstchannel", "start", "disposition", "duration", "billsec")
    cdr = read_cdr(write(DAY, columns))
    assert cdr.layout.name == "told from its contents"
    assert cdr.layout.columns == columns
    assert [call.rep for call in cdr.calls if call.answered] == ["201", "203", "201"]


def test_columns_that_cannot_be_told_are_asked_for() -> None:
    with pytest.raises(UnknownLayout) as caught:
        read_cdr("a,b,c\nd,e,f\n")
    assert caught.value.columns == 3
    assert "--columns" in str(caught.value)


def test_columns_may_be_named_by_hand() -> None:
    columns = ("disposition", "dst", "src", "start", "channel", "dstchannel", "uniqueid", "billsec")
    layout = named_layout("disposition,dst,src,start,channel,dstchannel,uniqueid,billsec")
    assert _told(write(DAY, columns), layout=layout) == ANSWERED
    with pytest.raises(ValueError, match="disposition"):
        named_layout("src,dst,start")


def test_the_zone_is_told_from_the_ids_where_it_is_not_given() -> None:
    assert _told(write(DAY, ALL)) == ANSWERED


def test_an_hour_that_comes_twice_in_autumn_is_told_apart_by_the_ids() -> None:
    """Berlin, 27 October 2024: 02:30 is 00:30 UTC and, an hour later, 01:30 UTC."""
    first = {**OUTBOUND, "start": "2024-10-27 02:30:00", "uniqueid": "1729989000.1", "linkedid": "1729989000.1"}
    second = {**OUTBOUND, "start": "2024-10-27 02:30:00", "uniqueid": "1729992600.2", "linkedid": "1729992600.2"}
    calls = read_cdr(write([first, second], ALL)).calls
    assert [call.started_at for call in calls] == [
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    ]


def test_without_zone_and_ids_times_are_utc() -> None:
    columns = dict(KNOWN)["Master.csv"]
    (call,) = read_cdr(write([OUTBOUND], columns)).calls
    assert call.started_at == datetime(2024, 7, 1, 13, 0, tzinfo=UTC)
    assert call.external_id.startswith("cdr:2024-07-01T13:00:00")


def test_a_queue_that_rings_two_is_one_call_of_the_one_who_took_it() -> None:
    (call,) = read_cdr(write([RUNG, TAKEN], ALL)).calls
    assert (call.rep, call.queue, call.result, call.lines) == ("203", "400", "answered", (1, 2))


def test_a_transfer_names_both_reps_the_one_who_spoke_longer_first() -> None:
    handed = {
        **TAKEN,
        "dstchannel": "PJSIP/205-00000010",
        "billsec": "20",
        "duration": "20",
        "start": "2024-07-01 14:05:20",
    }
    (call,) = read_cdr(write([TAKEN, handed], ALL)).calls
    assert (call.rep, call.other_reps, call.talk_seconds) == ("203", ("205",), 320)


def test_a_missed_call_is_kept_with_the_rep_who_was_rung() -> None:
    (call,) = read_cdr(write([MISSED], ALL)).calls
    assert (call.direction, call.result, call.rep, call.client_phone) == (
        "inbound",
        "not_answered",
        "202",
        "84957654321",
    )


def test_a_menu_that_answers_alone_is_no_conversation() -> None:
    menu = {**TAKEN, "dst": "s", "dcontext": "ivr-1", "dstchannel": "", "lastapp": "BackGround", "lastdata": "welcome"}
    (call,) = read_cdr(write([menu], ALL)).calls
    assert (call.result, call.talk_seconds) == ("not_answered", 0)


def test_a_number_shown_outside_does_not_hide_the_caller() -> None:
    shown = {**OUTBOUND, "src": "74950001122", "cnum": ""}
    (call,) = read_cdr(write([shown], ALL)).calls
    assert (call.direction, call.rep, call.client_phone) == ("outbound", "201", "84951234567")


def test_a_call_among_colleagues_is_no_call_with_a_client() -> None:
    (call,) = read_cdr(write([INTERNAL], ALL)).calls
    assert (call.direction, call.facts("pbx").direction, call.client_phone) == ("internal", None, None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("broken,line", "2 columns"),
        (write([{**OUTBOUND, "start": "2024-13-40 99:00:00"}], ALL).strip(), "no time"),
        (write([{**OUTBOUND, "disposition": "HELLO"}], ALL).strip(), "disposition"),
        (write([{**OUTBOUND, "billsec": "many"}], ALL).strip(), "no number"),
        (write([OUTBOUND], ALL).strip().replace('"201"', '"201', 1) + '"', "quotes"),
        ("\x00\x00\x00", "zero bytes"),
    ],
)
def test_a_broken_line_is_told_by_its_number_and_harms_no_other(line: str, why: str) -> None:
    lines = write(DAY, ALL).splitlines()
    cdr = read_cdr("\n".join([*lines[:2], line, *lines[2:]]))
    assert [broken.number for broken in cdr.broken] == [3]
    assert why in cdr.broken[0].why
    assert len(cdr.calls) == 4


@given(st.permutations(range(len(DAY))))
def test_the_order_of_lines_changes_no_call(order: list[int]) -> None:
    def told(lines):
        return [(c.external_id, c.started_at, c.direction, c.result, c.rep, c.client_phone) for c in lines]

    assert told(read_cdr(write([DAY[n] for n in order], ALL)).calls) == told(read_cdr(write(DAY, ALL)).calls)


@given(st.text(max_size=300))
def test_no_text_is_fatal(text: str) -> None:
    whole = write(DAY, ALL) + text
    assert len(read_cdr(whole).calls) >= 4


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("PJSIP/201-0000001a", "201"),
        ("SIP/201-00a1b2c3", "201"),
        ("Local/201@from-queue-000001a2;2", "201"),
        ("SIP/trunk-out-00a1b2c3", "trunk-out"),
        ("DAHDI/i1/84951234567-1a", "i1/84951234567-1a"),
        ("", ""),
    ],
)
def test_a_channel_says_whose_it_is(channel: str, name: str) -> None:
    assert endpoint(channel) == name
