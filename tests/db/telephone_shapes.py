"""Deliveries in the shapes of every telephone system, signed as it signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from review.telephony import freeswitch, mango, twilio, zadarma
from review.telephony.doors import OpenDoor
from review.telephony.provider import Incoming
from tests.db.telephone_server import SERVER

START = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Spoken:
    """A call that was made, or tried."""

    number: int = 1
    inbound: bool = True
    talk: int = 63
    rep: str = "201"

    @property
    def id(self) -> str:
        return f"pbx-{self.number:06d}"

    @property
    def started(self) -> datetime:
        return START + timedelta(minutes=self.number)

    @property
    def client(self) -> str:
        return f"+4930{1_000_000 + self.number}"

    @property
    def epoch(self) -> int:
        return int(self.started.timestamp())


Make = Callable[[Spoken, OpenDoor, datetime], Incoming]


@dataclass(frozen=True)
class Shape:
    """How one provider tells of calls. `notice` tells of the recording by itself, where there is such a thing."""

    provider: str
    given: Mapping[str, str]
    ended: Make
    notice: Make | None = None
    begun: Make | None = None
    signs_body: bool = True
    wrong: str = "secret"  # the secret that is another one in the test of a wrong signature
    result_known: bool = True


def _sent(opened: OpenDoor, now: datetime, body: bytes, kind: str, **more: Any) -> Incoming:
    headers = {"content-type": kind, **more.pop("headers", {})}
    rest, query = more.get("rest", ""), urlencode(more.get("query", ()))
    return Incoming(headers=headers, body=body, received_at=now, addresses=opened.addresses(rest, query), **more)


# --- the generic webhook


def generic_signed(opened: OpenDoor, now: datetime, body: bytes) -> Incoming:
    at = str(int(now.timestamp()))
    mac = hmac.new(opened.door.secrets["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return _sent(opened, now, body, "application/json", headers={"x-callcoach-signature": f"t={at},v1={mac}"})


def _generic(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    said = {
        "event": "call",
        "id": spoken.id,
        "direction": "inbound" if spoken.inbound else "outbound",
        "started_at": spoken.started.isoformat(),
        "rep": spoken.rep,
        "client_phone": spoken.client,
        "result": "answered" if spoken.talk else "missed",
        "talk_seconds": spoken.talk,
    }
    return generic_signed(opened, now, json.dumps(said).encode())


def _generic_notice(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    said = {"event": "recording", "id": spoken.id, "recording_url": f"{SERVER.base}/plain/{spoken.id}.wav"}
    return generic_signed(opened, now, json.dumps(said).encode())


# --- FreeSWITCH


def freeswitch_cdr(spoken: Spoken, *, encoded: bool = True) -> dict[str, Any]:
    def write(text: str) -> str:
        return quote(text) if encoded else text

    profile = {
        "caller_id_number": write(spoken.client if spoken.inbound else spoken.rep),
        "destination_number": write(spoken.rep if spoken.inbound else spoken.client),
    }
    variables = {
        "uuid": spoken.id,
        "direction": "inbound",
        "start_epoch": str(spoken.epoch),
        "start_stamp": write("2026-11-17 10:30:00"),
        "billsec": str(spoken.talk),
        "duration": str(spoken.talk + 5),
        "hangup_cause": "NORMAL_CLEARING" if spoken.talk else "NO_ANSWER",
        "record_path_name": write(f"/var/lib/freeswitch/recordings/{spoken.id}.wav"),
    }
    return {"core-uuid": "x", "channel_data": {}, "variables": variables, "callflow": [{"caller_profile": profile}]}


def freeswitch_sent(
    opened: OpenDoor, now: datetime, body: bytes, kind: str | None, password: str | None = None
) -> Incoming:
    login = freeswitch.basic("callcoach", password or opened.door.secrets["password"])
    sent = _sent(opened, now, body, kind or "", headers={"authorization": login["Authorization"]})
    if kind is None:
        sent = replace(sent, headers={name: text for name, text in sent.headers.items() if name != "content-type"})
    return sent


def _freeswitch(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    return freeswitch_sent(opened, now, json.dumps(freeswitch_cdr(spoken)).encode(), "application/json")


# --- Twilio


def twilio_signed(opened: OpenDoor, now: datetime, fields: Mapping[str, str]) -> Incoming:
    sent = _sent(opened, now, urlencode(fields).encode(), FORM)
    signed = sent.addresses[0] + "".join(name + fields[name] for name in sorted(fields))
    mac = hmac.new(opened.door.secrets["auth_token"].encode(), signed.encode(), hashlib.sha1).digest()
    return replace(sent, headers={**sent.headers, twilio.HEADER: base64.b64encode(mac).decode()})


def _twilio(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    person = f"client:{spoken.rep}"
    return twilio_signed(
        opened,
        now,
        {
            "AccountSid": "AC1",
            "CallSid": spoken.id,
            "CallStatus": "completed" if spoken.talk else "no-answer",
            "CallDuration": str(spoken.talk),
            "Direction": "inbound" if spoken.inbound else "outbound-dial",
            "From": spoken.client if spoken.inbound else person,
            "To": person if spoken.inbound else spoken.client,
            "Timestamp": (spoken.started + timedelta(seconds=spoken.talk)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
        },
    )


def _twilio_notice(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    return twilio_signed(
        opened,
        now,
        {
            "AccountSid": "AC1",
            "CallSid": spoken.id,
            "RecordingSid": "RE1",
            "RecordingStatus": "completed",
            "RecordingDuration": str(spoken.talk),
            "RecordingChannels": "2",
            "RecordingUrl": f"{SERVER.base}/twilio/{spoken.id}",
        },
    )


def _twilio_begun(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    return twilio_signed(opened, now, {"AccountSid": "AC1", "CallSid": spoken.id, "CallStatus": "ringing"})


# --- Zadarma


def zadarma_signed(opened: OpenDoor, now: datetime, fields: Mapping[str, str]) -> Incoming:
    text = "".join(fields.get(name, "") for name in zadarma.SIGNED[fields["event"]])
    mac = zadarma.sign(opened.door.secrets["secret"], text).decode()
    return _sent(opened, now, urlencode(fields).encode(), FORM, headers={"signature": mac})


def _zadarma(spoken: Spoken, opened: OpenDoor, now: datetime, event: str = "END") -> Incoming:
    event = f"NOTIFY_{event}" if spoken.inbound else f"NOTIFY_OUT_{event}"
    parties = (
        {"caller_id": spoken.client, "called_did": "4930555"}
        if spoken.inbound
        else {"destination": spoken.client.removeprefix("+"), "caller_id": "4930555"}
    )
    return zadarma_signed(
        opened,
        now,
        {
            "event": event,
            "call_start": spoken.started.strftime("%Y-%m-%d %H:%M:%S"),
            "pbx_call_id": spoken.id,
            "internal": spoken.rep,
            "duration": str(spoken.talk),
            "disposition": "answered" if spoken.talk else "no answer",
            "status_code": "16",
            "is_recorded": "1" if spoken.talk else "0",
            "call_id_with_rec": f"rec-{spoken.id}" if spoken.talk else "",
            **parties,
        },
    )


def _zadarma_notice(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    fields = {"event": "NOTIFY_RECORD", "pbx_call_id": spoken.id, "call_id_with_rec": f"rec-{spoken.id}"}
    return zadarma_signed(opened, now, fields)


def _zadarma_begun(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    return _zadarma(spoken, opened, now, "START")


# --- Mango Office


def mango_signed(opened: OpenDoor, now: datetime, rest: str, said: Mapping[str, Any]) -> Incoming:
    text = json.dumps(said)
    form = {"vpbx_api_key": "key-1", "sign": mango.sign("key-1", text, opened.door.secrets["salt"]), "json": text}
    return _sent(opened, now, urlencode(form).encode(), FORM, rest=rest)


def _mango(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    us, them = {"extension": spoken.rep, "number": "sip:x"}, {"number": spoken.client.removeprefix("+")}
    said = {
        "entry_id": spoken.id,
        "call_direction": 1 if spoken.inbound else 2,
        "from": them if spoken.inbound else us,
        "to": us if spoken.inbound else them,
        "create_time": spoken.epoch,
        "talk_time": spoken.epoch + 4 if spoken.talk else 0,
        "end_time": spoken.epoch + 4 + spoken.talk,
        "entry_result": 1 if spoken.talk else 0,
        "disconnect_reason": 1110,
    }
    return mango_signed(opened, now, "events/summary", said)


def _mango_notice(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    said = {"entry_id": spoken.id, "recording_id": f"rec-{spoken.id}", "recording_state": "Completed"}
    return mango_signed(opened, now, "events/recording", said)


def _mango_begun(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    return mango_signed(opened, now, "events/call", {"entry_id": spoken.id, "call_state": "Appeared"})


# --- UIS, 3CX, Bitrix24: a secret in the body


def _uis(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    said = {
        "secret": opened.door.secrets["secret"],
        "event": "call_end",
        "call_session_id": spoken.id,
        "direction": "in" if spoken.inbound else "out",
        "contact_phone_number": spoken.client.removeprefix("+"),
        "virtual_phone_number": "74950000000",
        "extension_phone_number": spoken.rep,
        "start_time": spoken.started.strftime("%Y-%m-%d %H:%M:%S"),
        "finish_time": spoken.started.strftime("%Y-%m-%d %H:%M:%S"),
        "is_lost": (not spoken.talk and "true") or "false",
        "talk_duration": spoken.talk,
    }
    return _sent(opened, now, json.dumps(said).encode(), "application/json")


def _uis_notice(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    said = {
        "secret": opened.door.secrets["secret"],
        "event": "record",
        "call_session_id": spoken.id,
        "direction": "in" if spoken.inbound else "out",
        "full_record_file_link": f"{SERVER.base}/plain/{spoken.id}.mp3",
    }
    return _sent(opened, now, json.dumps(said).encode(), "application/json")


def _threecx(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    kind = (
        ("Inbound" if spoken.talk else "Missed") if spoken.inbound else ("Outbound" if spoken.talk else "Notanswered")
    )
    said = {
        "secret": opened.door.secrets["secret"],
        "CallType": kind,
        "Number": spoken.client,
        "Name": "",
        "Agent": spoken.rep,
        "Duration": f"00:{spoken.talk // 60:02d}:{spoken.talk % 60:02d}",
        "CallStartTimeUTC": spoken.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "RecordingUrl": f"{SERVER.base}/plain/{spoken.id}.wav" if spoken.talk else "",
    }
    return _sent(opened, now, json.dumps(said).encode(), "application/json")


def _bitrix(spoken: Spoken, opened: OpenDoor, now: datetime, event: str = "ONVOXIMPLANTCALLEND") -> Incoming:
    form = {
        "event": event,
        "data[CALL_ID]": spoken.id,
        "data[CALL_TYPE]": "2" if spoken.inbound else "1",
        "data[PHONE_NUMBER]": spoken.client,
        "data[PORTAL_NUMBER]": "REST_APP",
        "data[PORTAL_USER_ID]": spoken.rep,
        "data[CALL_DURATION]": str(spoken.talk),
        "data[CALL_START_DATE]": spoken.started.isoformat(),
        "data[CALL_FAILED_CODE]": "200" if spoken.talk else "304",
        "data[CRM_ACTIVITY_ID]": "5",
        "auth[application_token]": opened.door.secrets["application_token"],
        "auth[domain]": "x.bitrix24.ru",
    }
    return _sent(opened, now, urlencode(form).encode(), FORM)


def _bitrix_begun(spoken: Spoken, opened: OpenDoor, now: datetime) -> Incoming:
    return _bitrix(spoken, opened, now, "ONVOXIMPLANTCALLINIT")


SHAPES: tuple[Shape, ...] = (
    Shape("generic", {}, _generic, _generic_notice),
    Shape(
        "freeswitch",
        {"recording_url": "{server}/plain/{uuid}.wav"},
        _freeswitch,
        signs_body=False,
        wrong="password",
    ),
    Shape(
        "twilio",
        {"account_sid": "AC1", "auth_token": "tok"},
        _twilio,
        _twilio_notice,
        _twilio_begun,
        wrong="auth_token",
    ),
    Shape("zadarma", {"key": "zk", "secret": "zs"}, _zadarma, _zadarma_notice, _zadarma_begun),
    Shape("mango", {"key": "key-1", "salt": "salt-1"}, _mango, _mango_notice, _mango_begun, wrong="salt"),
    Shape("uis", {}, _uis, _uis_notice, signs_body=False),
    Shape("3cx", {}, _threecx, signs_body=False),
    Shape(
        "bitrix24",
        {"application_token": "app-1", "rest_url": "{server}/rest/1/hook"},
        _bitrix,
        begun=_bitrix_begun,
        signs_body=False,
        wrong="application_token",
    ),
)
