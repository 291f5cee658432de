"""What each telephone system may write, and how it is read: encodings, names, times, directions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from review.telephony.freeswitch import FreeSwitch
from review.telephony.provider import Door, Incoming, Unreadable, WrongSignature
from review.telephony.providers import PROVIDERS
from review.telephony.reading import load_form, load_object, pick, seconds_of, time_of, way_of
from review.telephony.twilio import with_and_without_port

NOW = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
CLIENT = "+49301234567"


def door(provider: str, **settings: str) -> Door:
    secrets = {field.name: "s" for field in PROVIDERS[provider].fields if field.kind == "secret"}
    return Door(source="pbx", provider=provider, settings=settings, secrets=secrets)


def incoming(body: bytes, kind: str = "application/x-www-form-urlencoded", **more: Any) -> Incoming:
    return Incoming(headers={"content-type": kind} if kind else {}, body=body, received_at=NOW, **more)


def freeswitch_cdr(*, encoded: bool, **variables: str) -> dict[str, Any]:
    write = quote if encoded else str
    profile = {"caller_id_number": write(CLIENT), "destination_number": "201"}
    return {
        "variables": {
            "uuid": "u-1",
            "start_epoch": "1763380800",
            "billsec": "63",
            "hangup_cause": "NORMAL_CLEARING",
            "cc_queue": write("sales@default"),
            **variables,
        },
        "callflow": [{"caller_profile": profile}],
    }


@pytest.mark.parametrize("values_encoded", [True, False])
@pytest.mark.parametrize("form", ["json", "form", "base64", "base64 encoded", "bare base64"])
@pytest.mark.parametrize("kind", ["right", "none", "wrong"])
def test_freeswitch_is_read_in_every_encoding(values_encoded: bool, form: str, kind: str) -> None:
    text = json.dumps(freeswitch_cdr(encoded=values_encoded)).encode()
    plain = base64.encodebytes(text) if form == "bare base64" else base64.b64encode(text)  # with line breaks, too
    body, right = {
        "json": (text, "application/json"),
        "form": (b"cdr=" + quote(text).encode(), "application/x-www-form-urlencoded"),
        "base64": (b"cdr=" + plain, "application/x-www-form-base64-encoded"),
        "base64 encoded": (b"cdr=" + quote(plain, safe="").encode(), "application/x-www-form-urlencoded"),
        "bare base64": (plain, "application/x-www-form-base64-encoded"),
    }[form]
    sent = incoming(body, {"right": right, "none": "", "wrong": "text/plain"}[kind], query=(("uuid", "u-1"),))
    (news,) = FreeSwitch().read(sent, door("freeswitch")).calls
    facts = news.facts
    assert (facts.external_id, facts.direction, facts.rep, facts.client_phone) == ("u-1", "inbound", "201", CLIENT)
    assert (facts.result, facts.talk_seconds, facts.queue) == ("answered", 63, "sales@default")
    assert facts.started_at == datetime.fromtimestamp(1763380800, UTC)


def test_freeswitch_legs_end_in_one_call() -> None:
    provider, here = FreeSwitch(), door("freeswitch", recording_url="https://pbx/{date}/{uuid}-{file}")
    one = freeswitch_cdr(encoded=True, record_path_name="/rec/a b.wav")
    other = freeswitch_cdr(encoded=True, uuid="u-2", originating_leg_uuid="u-1")
    calls = [provider.read(incoming(json.dumps(cdr).encode()), here).calls[0] for cdr in (one, other)]
    assert [call.facts.external_id for call in calls] == ["u-1", "u-1"]
    assert calls[0].recordings == ("https://pbx/2025/11/17/u-1-a%20b.wav",)
    ringing = freeswitch_cdr(encoded=True, uuid="u-3", originating_leg_uuid="u-1", billsec="0")
    assert provider.read(incoming(json.dumps(ringing).encode()), here).calls == ()


@pytest.mark.parametrize(
    ("variables", "result"),
    [({"billsec": "0", "hangup_cause": "NO_ANSWER"}, "not_answered"),
     ({"billsec": "0", "hangup_cause": "USER_BUSY"}, "busy"),
     ({"billsec": "12", "last_app": "voicemail"}, "voicemail"), ({"billsec": "9"}, "answered")],
)  # fmt: skip
def test_freeswitch_says_whether_somebody_answered(variables: dict[str, str], result: str) -> None:
    cdr = json.dumps(freeswitch_cdr(encoded=False, **variables)).encode()
    assert FreeSwitch().read(incoming(cdr), door("freeswitch")).calls[0].facts.result == result


def test_calls_among_colleagues_are_passed_over() -> None:
    cdr = freeswitch_cdr(encoded=False)
    cdr["callflow"][0]["caller_profile"]["caller_id_number"] = "202"
    assert FreeSwitch().read(incoming(json.dumps(cdr).encode()), door("freeswitch")).calls == ()
    mango = {"entry_id": "1", "call_direction": 0, "from": {"extension": "1"}, "to": {"extension": "2"}, "end_time": 1}
    sent = incoming(urlencode({"json": json.dumps(mango)}).encode(), rest="events/summary")
    assert PROVIDERS["mango"].read(sent, door("mango")).calls == ()


def test_zadarma_writes_local_times() -> None:
    fields = {"event": "NOTIFY_END", "pbx_call_id": "1", "call_start": "2026-11-17 12:00:00", "caller_id": CLIENT}
    sent = incoming(urlencode(fields).encode())
    for zone, hours in (("", 0), ("Europe/Moscow", 3), ("no/such", 0)):
        (news,) = PROVIDERS["zadarma"].read(sent, door("zadarma", zone=zone)).calls
        assert news.facts.started_at == datetime(2026, 11, 17, 12, 0, tzinfo=UTC) - timedelta(hours=hours)


@pytest.mark.parametrize("state", ["in-progress", "ringing", "queued"])
def test_twilio_calls_under_way_are_passed_over(state: str) -> None:
    sent = incoming(urlencode({"CallSid": "CA1", "CallStatus": state}).encode())
    reading = PROVIDERS["twilio"].read(sent, door("twilio"))
    assert (reading.calls, state in reading.why) == ((), True)


def test_twilio_may_be_set_to_get() -> None:
    query = (("CallSid", "CA1"), ("CallStatus", "busy"), ("From", CLIENT), ("To", "client:rita"))
    sent = replace(incoming(b"", ""), method="GET", query=query)
    (news,) = PROVIDERS["twilio"].read(sent, door("twilio")).calls
    assert (news.facts.external_id, news.facts.result, news.facts.rep) == ("CA1", "busy", "rita")


def test_twilio_recordings_that_are_not_there_are_passed_over() -> None:
    for status in ("absent", "in-progress", "failed"):
        fields = {"CallSid": "CA1", "RecordingUrl": "https://api.twilio.com/x", "RecordingStatus": status}
        assert PROVIDERS["twilio"].read(incoming(urlencode(fields).encode()), door("twilio")).calls == ()
    other = urlencode({"AccountSid": "AC2", "CallSid": "CA1", "CallStatus": "completed"}).encode()
    assert "another account" in PROVIDERS["twilio"].read(incoming(other), door("twilio", account_sid="AC1")).why


def test_twilio_recordings_are_asked_for_with_both_channels() -> None:
    wanted = PROVIDERS["twilio"].where(
        "https://api.twilio.com/2010/R1", door("twilio", account_sid="AC"), lambda _: None
    )
    assert wanted.url == "https://api.twilio.com/2010/R1.wav?RequestedChannels=2"
    assert wanted.secret_headers["Authorization"].startswith("Basic ")


def test_addresses_with_and_without_port() -> None:
    assert with_and_without_port("https://x.example/a?b=1") == (
        "https://x.example/a?b=1",
        "https://x.example:443/a?b=1",
    )
    assert with_and_without_port("https://x.example:8443/a")[:2] == ("https://x.example:8443/a", "https://x.example/a")


def test_bitrix_reads_json_and_forms_alike() -> None:
    data = {"CALL_ID": "c1", "CALL_TYPE": "1", "PHONE_NUMBER": CLIENT, "CALL_FAILED_CODE": "486", "PORTAL_USER_ID": 7}
    as_json = json.dumps({"event": "ONVOXIMPLANTCALLEND", "data": data, "auth": {"application_token": "s"}}).encode()
    form = {"event": "onvoximplantcallend", **{f"data[{name}]": value for name, value in data.items()}}
    for body in (as_json, urlencode(form).encode()):
        (news,) = PROVIDERS["bitrix24"].read(incoming(body), door("bitrix24")).calls
        assert (news.facts.direction, news.facts.result, news.facts.rep) == ("outbound", "busy", "7")
    data["CALL_TYPE"] = "5"
    form = {"event": "ONVOXIMPLANTCALLEND", **{f"data[{name}]": value for name, value in data.items()}}
    assert PROVIDERS["bitrix24"].read(incoming(urlencode(form).encode()), door("bitrix24")).calls == ()


def test_a_call_needs_something_to_go_by() -> None:
    for provider, body in (
        ("3cx", json.dumps({"CallType": "Inbound", "Number": CLIENT})),
        ("uis", json.dumps({"finish_time": "2026-11-17 10:00:00"})),
        ("zadarma", "event=NOTIFY_END"),
        ("twilio", "CallStatus=completed"),
        ("freeswitch", json.dumps({"variables": {"billsec": "1"}})),
        ("bitrix24", "event=ONVOXIMPLANTCALLEND"),
    ):
        with pytest.raises(Unreadable):
            PROVIDERS[provider].read(incoming(body.encode()), door(provider))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_sample_is_understood(provider: str) -> None:
    """What the test button sends passes its own check and tells of a missed call."""
    given = {field.name: "k" for field in PROVIDERS[provider].fields if field.kind != "secret" and field.name != "zone"}
    here = door(provider, **given)
    sent = PROVIDERS[provider].sample(here, f"https://c.example/hooks/{provider}/t", NOW)
    PROVIDERS[provider].verify(sent, here)
    (news,) = PROVIDERS[provider].read(sent, here).calls
    assert (news.facts.direction, news.facts.result) == ("inbound", "not_answered")
    assert news.facts.started_at is not None
    assert abs(news.facts.started_at - NOW) <= timedelta(seconds=1)
    other = replace(here, secrets=dict.fromkeys(here.secrets, "x"))
    with pytest.raises(Exception, match="refused"):
        PROVIDERS[provider].verify(sent, other)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("63", 63), ("63.9", 63), ("0:01:03", 63), ("1:03", 63), ("00:01:03.5", 63),
     ("", None), ("x", None), ("-1", None)],
)  # fmt: skip
def test_seconds(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["1794916800", "1794916800000", "1794916800000000", "2026-11-17T12:00:00Z", "2026-11-17T15:00:00+03:00",
     "2026-11-17 12:00:00", "17.11.2026 12:00:00", "11/17/2026 12:00:00", "11/17/2026 12:00:00 PM",
     "Tue, 17 Nov 2026 12:00:00 +0000", "2026-11-17 12:00:00.000"],
)  # fmt: skip
def test_times(text: str) -> None:
    assert time_of(text) == NOW


def test_a_time_without_a_zone_takes_the_one_given() -> None:
    assert time_of("2026-11-17 15:00:00", timezone(timedelta(hours=3))) == NOW
    assert time_of("yesterday") is None


def test_fields_under_several_names() -> None:
    assert pick({"Call_ID": " 7 ", "x": None}, "callid", "x") == "7"
    assert pick({"a": "null", "b": {}, "c": True, "d": "anonymous"}, "a", "b", "c", "d") is None
    assert load_form(b"a=1&a=2&b=") == {"a": "1", "b": ""}
    assert [way_of("201", CLIENT), way_of(CLIENT, "201"), way_of("201", "202")] == ["outbound", "inbound", "internal"]


@pytest.mark.parametrize("name", ["3cx", "uis", "bitrix24", "zadarma"])
def test_half_a_character_is_a_wrong_signature_like_any_other(name: str) -> None:
    secrets = {field.name: "s3cret" for field in PROVIDERS[name].fields if field.kind == "secret"}
    held = Door(source="pbx", provider=name, settings={}, secrets=secrets)
    half = '"\\ud800"'
    body = f'{{"event": "NOTIFY_END", "secret": {half}, "caller_id": {half}, "auth": {{"application_token": {half}}}}}'
    sent = replace(incoming(body.encode(), "application/json"), headers={"signature": "x"})
    with pytest.raises(WrongSignature):
        PROVIDERS[name].verify(sent, held)


def test_half_a_character_is_mended_and_a_whole_one_stays() -> None:
    read = load_object('{"a": "x\\ud83d", "b": ["\\ud83d\\ude00", "Анна"], "c\\udc00": null}')
    assert read == {"a": "x\ufffd", "b": ["\U0001f600", "Анна"], "c\ufffd": None}


def test_a_year_beyond_all_years_is_no_time() -> None:
    assert time_of("1 Jan 99999999999 00:00:00") is None


def test_twilio_takes_no_body_that_its_signature_says_nothing_of() -> None:
    twilio = PROVIDERS["twilio"]
    held = Door(source="pbx", provider="twilio", settings={}, secrets={"auth_token": "s3cret"})
    address = "https://calls.example/hooks/twilio/abc?CallSid=CA1&CallStatus=completed"
    mac = base64.b64encode(hmac.new(b"s3cret", address.encode(), hashlib.sha1).digest()).decode()
    asked = replace(incoming(b"", ""), method="GET", addresses=(address,), headers={"x-twilio-signature": mac})
    twilio.verify(asked, held)
    headers = {"x-twilio-signature": mac, "content-type": "text/plain"}
    with pytest.raises(WrongSignature):
        twilio.verify(replace(asked, body=b"CallSid=CA2&CallStatus=completed", headers=headers), held)
