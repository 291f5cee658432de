"""Bitrix24 telephony: the event ONVOXIMPLANTCALLEND of an outgoing webhook, checked by its application token.

The event names no recording: `voximplant.statistic.get` of an incoming webhook of the portal is asked for it.
"""

from __future__ import annotations

import hmac
import re
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
    NoRecording,
    Outcome,
    Reading,
    Request,
    Unreadable,
    WrongSignature,
    plain_answer,
)
from review.telephony.reading import load_form, load_object, part, pick, seconds_of, short, time_of, zone_of

EVENT: Final = "ONVOXIMPLANTCALLEND"
_WAYS: Final = {"1": "outbound", "2": "inbound", "3": "inbound", "4": "outbound"}
_BUSY: Final = frozenset({"486", "600"})
_NOBODY: Final = frozenset({"304", "480", "487", "603", "603-S", "423"})


class Bitrix24:
    """Bitrix24's own telephony and whatever is connected to it."""

    name: ClassVar[str] = "bitrix24"
    title: ClassVar[str] = "Bitrix24"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("application_token", "secret", required=True),
        Field("rest_url", "secret"),
        Field("zone", "zone"),
    )
    hosts: ClassVar[tuple[str, ...]] = (
        "*.bitrix24.com",
        "*.bitrix24.ru",
        "*.bitrix24.eu",
        "*.bitrix24.de",
        "*.bitrix.info",
    )
    delay: ClassVar[float] = 30.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ("application_token", "access_token", "refresh_token", "client_secret")

    def greet(self, sent: Incoming) -> Answer | None:
        """Nothing is asked beforehand."""
        return None

    def verify(self, sent: Incoming, door: Door) -> None:
        """The application token that the portal shows where the webhook is made."""
        given = pick(part(_fields(sent), "auth"), "application_token") or ""
        if not hmac.compare_digest(given.encode(), door.secret("application_token").encode()):
            raise WrongSignature("its auth.application_token is not the one of this source")

    def read(self, sent: Incoming, door: Door) -> Reading:
        """A call that is over."""
        fields = _fields(sent)
        event = (pick(fields, "event") or "").upper()
        if event != EVENT:
            return Reading(why=f"the event {event[:40]!r} is not {EVENT}")
        data = part(fields, "data")
        call_id = pick(data, "CALL_ID")
        if call_id is None:
            raise Unreadable("it has no CALL_ID")
        kind = pick(data, "CALL_TYPE") or ""
        if kind not in _WAYS:
            return Reading(why="it is an information call, not one with a client")
        talk = seconds_of(pick(data, "CALL_DURATION"))
        result = _result(pick(data, "CALL_FAILED_CODE"), talk)
        facts = CallFacts(
            external_id=short(call_id),
            direction=_WAYS[kind],
            started_at=time_of(pick(data, "CALL_START_DATE"), zone_of(door)),
            rep=short(pick(data, "PORTAL_USER_ID")),
            client_phone=short(pick(data, "PHONE_NUMBER")),
            result=result,
            talk_seconds=talk,
        )
        wanted = (call_id,) if result == "answered" and door.secrets.get("rest_url") else ()
        return Reading(calls=(CallNews(facts=facts, recordings=wanted),))

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """The status alone counts."""
        return plain_answer(outcome, why)

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The portal is asked for the call's line in its statistics, and for the file on its drive."""
        base = door.secrets.get("rest_url", "").rstrip("/")
        if not base:
            raise NoRecording("the source has no incoming webhook (rest_url) to ask for it", later=False)
        query = urlencode({"FILTER[CALL_ID]": reference})
        rows = _result_of(ask(Request(f"{base}/voximplant.statistic.get.json?{query}")))
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
        url = pick(row, "CALL_RECORD_URL")
        if url is None and (file_id := pick(row, "RECORD_FILE_ID")):
            found = _result_of(ask(Request(f"{base}/disk.file.get.json?{urlencode({'id': file_id})}")))
            url = pick(found, "DOWNLOAD_URL") if isinstance(found, dict) else None
        if url is None:
            raise NoRecording("the portal has no recording of this call (yet)", later=True)
        return Request(url)

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The end of a missed call."""
        fields = {
            "event": EVENT,
            "data[CALL_ID]": f"test.{int(now.timestamp())}",
            "data[CALL_TYPE]": "2",
            "data[PHONE_NUMBER]": "+49301234567",
            "data[PORTAL_USER_ID]": "1",
            "data[CALL_DURATION]": "0",
            "data[CALL_START_DATE]": now.isoformat(timespec="seconds"),
            "data[CALL_FAILED_CODE]": "304",
            "auth[application_token]": door.secret("application_token"),
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return Incoming(headers=headers, body=urlencode(fields).encode(), received_at=now, addresses=(address,))


def _fields(sent: Incoming) -> dict[str, Any]:
    """The event: `data[CALL_ID]` of a form and `data.CALL_ID` of JSON are the same."""
    if sent.body.lstrip().startswith(b"{"):
        return load_object(sent.body)
    fields: dict[str, Any] = {}
    for name, value in load_form(sent.body).items():
        inner = re.fullmatch(r"(\w+)\[(\w+)\]", name)
        if inner is None:
            fields.setdefault(name, value)
            continue
        group = fields.setdefault(inner[1], {})
        if isinstance(group, dict):
            group.setdefault(inner[2], value)
    return fields


def _result(code: str | None, talk: int | None) -> str | None:
    if code == "200":
        return "answered"
    if code in _BUSY:
        return "busy"
    if code in _NOBODY:
        return "not_answered"
    if code:
        return "failed"
    return None if talk is None else "answered" if talk else "not_answered"


def _result_of(said: Any) -> Any:
    return said.get("result") if isinstance(said, dict) else None
