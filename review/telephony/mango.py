"""Mango Office: pushes with the fields `vpbx_api_key`, `sign` and `json`; sign = SHA-256 of key + json + salt, in hex.

Field names of the pushes were never seen in their own documentation by us: they are read under several names, and the
raw delivery is kept. Calls go by `entry_id`, which the recording's notice carries too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from review.services.call_facts import CallFacts
from review.telephony.provider import (
    Answer,
    AskJson,
    CallNews,
    Door,
    Field,
    Incoming,
    Outcome,
    Reading,
    Request,
    Unreadable,
    WrongSignature,
    plain_answer,
)
from review.telephony.reading import load_form, load_object, part, pick, short, time_of, zone_of

API: Final = "https://app.mango-office.ru/vpbx"
_WAYS: Final = {"0": "internal", "1": "inbound", "2": "outbound"}


class Mango:
    """Mango Office's virtual PBX."""

    name: ClassVar[str] = "mango"
    title: ClassVar[str] = "Mango Office"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("key", required=True),
        Field("salt", "secret", required=True),
        Field("zone", "zone"),
    )
    hosts: ClassVar[tuple[str, ...]] = ("app.mango-office.ru", "*.mango-office.ru")
    delay: ClassVar[float] = 10.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ()

    def greet(self, sent: Incoming) -> Answer | None:
        """Nothing is asked beforehand."""
        return None

    def verify(self, sent: Incoming, door: Door) -> None:
        """The signature over the raw JSON text, and the key of this PBX."""
        fields = load_form(sent.body)
        salt = door.secret("salt")
        if not hmac.compare_digest(fields.get("vpbx_api_key", "").encode(), door.setting("key").encode()):
            raise WrongSignature("its vpbx_api_key is not the one of this source")
        if not hmac.compare_digest(
            sign(door.setting("key"), fields.get("json", ""), salt).encode(), fields.get("sign", "").lower().encode()
        ):
            raise WrongSignature("its sign does not match its json")

    def read(self, sent: Incoming, door: Door) -> Reading:
        """The call of a summary, the recording of a recording's notice; steps of a call are passed over."""
        event = load_object(load_form(sent.body).get("json", ""))
        kind = (sent.rest.strip("/") or pick(event, "event") or "").removeprefix("events/")
        entry = pick(event, "entry_id", "entry")
        recording = pick(event, "recording_id", "record_id")
        if recording is not None and "summary" not in kind:
            state = (pick(event, "recording_state") or "completed").casefold()
            if state != "completed":
                return Reading(why=f"the recording is {state[:40]}, not completed")
            if entry is None:
                raise Unreadable("it has no entry_id")
            return Reading(calls=(CallNews(facts=CallFacts(external_id=short(entry)), recordings=(recording,)),))
        if "summary" not in kind and pick(event, "end_time", "finish", "finish_time") is None:
            return Reading(why=f"{kind[:40] or 'a step of a call'} tells of no call that is over")
        if entry is None:
            raise Unreadable("it has no entry_id")
        return _call(event, entry, door)

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """The status alone counts."""
        return plain_answer(outcome, why)

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """Asked for by POST, signed as their pushes are; they lead on to the file."""
        body = json.dumps({"recording_id": reference, "action": "download"}, separators=(",", ":"))
        key = door.setting("key")
        form = {"vpbx_api_key": key, "sign": sign(key, body, door.secret("salt")), "json": body}
        return Request(f"{API}/queries/recording/post/", method="POST", form=form)

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The summary of a call nobody answered."""
        at = int(now.timestamp())
        body = json.dumps(
            {
                "entry_id": f"test-{at}",
                "call_direction": 1,
                "from": {"number": "79161234567"},
                "to": {"extension": "201", "number": "74957654321"},
                "create_time": at,
                "talk_time": 0,
                "end_time": at,
                "entry_result": 0,
            }
        )
        key = door.setting("key")
        form = {"vpbx_api_key": key, "sign": sign(key, body, door.secret("salt")), "json": body}
        return Incoming(
            rest="events/summary",
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            received_at=now,
            addresses=(address,),
        )


def sign(key: str, text: str, salt: str) -> str:
    """Their signature; no HMAC, but it is theirs."""
    return hashlib.sha256((key + text + salt).encode()).hexdigest()


def _call(event: dict[str, Any], entry: str, door: Door) -> Reading:
    caller, called = part(event, "from"), part(event, "to")
    caller_extension = pick(caller, "extension") or pick(event, "from_extension")
    called_extension = pick(called, "extension") or pick(event, "to_extension")
    way = _WAYS.get(pick(event, "call_direction", "direction") or "")
    if way is None:
        way = "internal" if caller_extension and called_extension else "outbound" if caller_extension else "inbound"
    if way == "internal":
        return Reading(why="a call among colleagues")
    outbound = way == "outbound"
    client = (
        pick(called, "number") or pick(event, "to_number")
        if outbound
        else pick(caller, "number") or pick(event, "from_number")
    )
    zone = zone_of(door)
    talked = time_of(pick(event, "talk_time", "answer", "answer_time"), zone)
    ended = time_of(pick(event, "end_time", "finish", "finish_time"), zone)
    talk = max(0, int((ended - talked).total_seconds())) if talked and ended else 0
    success = pick(event, "entry_result")
    facts = CallFacts(
        external_id=short(entry),
        direction=way,
        started_at=time_of(pick(event, "create_time", "start", "start_time", "create"), zone),
        rep=short(caller_extension if outbound else called_extension),
        client_phone=short(_with_plus(client)),
        queue=None,
        result="answered" if (success == "1" if success is not None else talk > 0) else "not_answered",
        talk_seconds=talk,
    )
    listed = (pick(event, "records", "recording_id") or "").strip("[]")
    recordings = tuple(name.strip() for name in listed.split(",") if name.strip())
    return Reading(calls=(CallNews(facts=facts, recordings=recordings),))


def _with_plus(number: str | None) -> str | None:
    """They write numbers with the country code and no `+`."""
    if number and number.isdecimal() and len(number) >= 11:
        return f"+{number}"
    return number
