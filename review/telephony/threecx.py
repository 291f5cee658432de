"""3CX: the ReportCall of a CRM integration, in the template we give to upload.

3CX gives no id of a call: it goes by start, agent, number and direction, so that the same report twice is one call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from review.services.call_facts import CallFacts
from review.telephony.freeswitch import basic
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
    plain_answer,
)
from review.telephony.reading import pick, seconds_of, short, time_of
from review.telephony.uis import check_secret, read_fields

_TYPES: Final = {
    "inbound": ("inbound", "answered"),
    "outbound": ("outbound", "answered"),
    "missed": ("inbound", "not_answered"),
    "notanswered": ("outbound", "not_answered"),
}


class ThreeCx:
    """3CX, version 18 and later."""

    name: ClassVar[str] = "3cx"
    title: ClassVar[str] = "3CX"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("secret", "secret", made=True),
        Field("recording_user"),
        Field("recording_password", "secret"),
    )
    hosts: ClassVar[tuple[str, ...]] = ()
    delay: ClassVar[float] = 20.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ("secret",)

    def greet(self, sent: Incoming) -> Answer | None:
        """A GET is their try of the address (and of looking up contacts, of which we give none)."""
        return Answer(200, "{}", "application/json") if sent.method == "GET" else None

    def verify(self, sent: Incoming, door: Door) -> None:
        """The secret in the body: the template carries it."""
        check_secret(read_fields(sent), door)

    def read(self, sent: Incoming, door: Door) -> Reading:
        """One call that is over."""
        fields = read_fields(sent)
        kind = (pick(fields, "CallType") or "").replace(" ", "").casefold()
        if kind not in _TYPES:
            return Reading(why=f"the call type {kind[:40]!r} is none of: {', '.join(_TYPES)}")
        direction, result = _TYPES[kind]
        # [Duration] is written as hh:mm:ss; the times are UTC.
        talk = seconds_of(pick(fields, "Duration"))
        started = time_of(pick(fields, "CallStartTimeUTC", "CallStartTime", "DateTime"))
        number = pick(fields, "Number")
        if started is None or number is None:
            raise Unreadable("it has no CallStartTimeUTC or no Number, so that nobody knows which call it is")
        url = pick(fields, "RecordingUrl")
        facts = CallFacts(
            direction=direction,
            started_at=started,
            rep=short(pick(fields, "Agent", "AgentEmail")),
            client_phone=short(number),
            queue=short(pick(fields, "QueueExtension")),
            result=result,
            talk_seconds=talk if result == "answered" else 0,
        )
        return Reading(calls=(CallNews(facts=facts, recordings=(url,) if url and result == "answered" else ()),))

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """JSON: the template reads no more than that."""
        if outcome == "refused":
            return plain_answer(outcome, why)
        return Answer(200, json.dumps({"state": outcome}) + "\n", "application/json")

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The address in the report, with the user and password of the source where there are any."""
        if not reference.startswith(("http://", "https://")):
            raise NoRecording("the report named a file on the PBX, not an address", later=False)
        user, password = door.setting("recording_user"), door.secrets.get("recording_password", "")
        return Request(reference, secret_headers=basic(user, password) if user or password else {})

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The report of a missed call."""
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {
            "secret": door.secret("secret"),
            "CallType": "Missed",
            "Number": "+49301234567",
            "Agent": "201",
            "Duration": "00:00:00",
            "CallStartTimeUTC": at,
            "CallEndTimeUTC": at,
        }
        headers = {"content-type": "application/json"}
        return Incoming(headers=headers, body=json.dumps(body).encode(), received_at=now, addresses=(address,))
