"""The demo's telephone exchange: what it writes is what our own readers of exchanges understand."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import av
import httpx2
import pytest

from review.telephony.asterisk_cdr import read_cdr
from review.telephony.recording_match import RecordingIndex
from review.telephony.recording_names import read_name
from workers.demo.exchange.day import DAY, ROUNDS, moment
from workers.demo.exchange.manifest import HERE, conversations
from workers.demo.exchange.records import ExchangeCall
from workers.demo.exchange.served import Recordings
from workers.demo.exchange.sound import as_wav
from workers.demo.script import read_scripts

AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
OUT = ExchangeCall(1, "outbound", "202", "+442079460119", AT, 39)
IN = ExchangeCall(2, "inbound", "203", "+442079460122", AT + timedelta(minutes=3), 61)
MISSED = ExchangeCall(3, "inbound", "203", "+441614960121", AT + timedelta(minutes=5), 0)


def test_recordings_are_made_from_todays_scripts() -> None:
    entries = json.loads((HERE / "calls" / "calls.json").read_text(encoding="utf-8"))
    made = {entry["id"]: entry["spoken"] for entry in entries}
    assert made == {script.id: script.spoken() for script in read_scripts(HERE / "scripts")}


def test_every_conversation_of_the_day_ships() -> None:
    assert {happens.conversation for happens in DAY if happens.conversation} <= set(conversations())


@pytest.mark.parametrize("call", [OUT, IN], ids=["outbound", "inbound"])
def test_the_name_of_a_recording_tells_whose_call_it_is(call: ExchangeCall) -> None:
    told = read_name(call.recording_name)
    assert told is not None
    assert (told.direction, told.rep, told.unique_id) == (call.direction, call.extension, call.unique_id)
    assert told.client_phone == call.client_phone.lstrip("+")


def test_the_records_are_read_back_as_the_same_calls() -> None:
    cdr = read_cdr("".join(call.line() for call in (OUT, IN, MISSED)))
    assert cdr.broken == ()
    read = {found.external_id: found for found in cdr.calls}
    for call in (OUT, IN, MISSED):
        found = read[call.unique_id]
        assert (found.direction, found.rep, found.client_phone) == (call.direction, call.extension, call.client_phone)
        assert (found.talk_seconds, found.answered) == (call.seconds, call.seconds > 0)
        assert found.started_at == call.started_at
    assert RecordingIndex(cdr.calls).find(OUT.recording_name) is not None


def test_only_the_first_round_closes_a_deal_and_the_day_ends() -> None:
    closing = [number for number in range(ROUNDS * len(DAY)) if (moment(number) or DAY[1]).closes]
    assert closing == [0]
    assert moment(ROUNDS * len(DAY)) is None


def test_the_sound_is_a_telephone_wav_with_both_people() -> None:
    talk = conversations()["ex-trust"]
    with av.open(io.BytesIO(as_wav(talk.recording))) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        assert (stream.rate, stream.channels, stream.codec_context.name) == (8000, 2, "pcm_s16le")
    assert abs(samples / 8000 - talk.seconds) < 0.1


def test_a_recording_is_handed_out_only_with_the_token() -> None:
    served = Recordings("right")
    served.start()
    try:
        address = served.add("one.wav", b"sound")
        assert httpx2.get(address, headers={"Authorization": "Bearer right"}, trust_env=False).content == b"sound"
        for headers, path in (({}, address), ({"Authorization": "Bearer wrong"}, address)):
            answer = httpx2.get(path, headers=headers, trust_env=False)
            assert (answer.status_code, answer.content) == (401, b"")
        gone = httpx2.get(f"{address}x", headers={"Authorization": "Bearer right"}, trust_env=False)
        assert gone.status_code == 404
    finally:
        served.stop()
