"""UIS and CoMagic: notifications whose body the administrator writes on their page, so we say which one to paste.

They sign nothing: the pasted body carries a secret of ours. Fields are read under the names of their report as well.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

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
from review.telephony.reading import load_form, load_object, pick, seconds_of, short, time_of, zone_of

_YES = frozenset({"true", "1", "yes", "да"})


class Uis:
    """UIS, CoMagic."""

    name: ClassVar[str] = "uis"
    title: ClassVar[str] = "UIS / CoMagic"
    fields: ClassVar[tuple[Field, ...]] = (Field("secret", "secret", made=True), Field("zone", "zone"))
    hosts: ClassVar[tuple[str, ...]] = ("*.uiscom.ru", "*.comagic.ru", "*.callgear.com")
    delay: ClassVar[float] = 30.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ("secret",)

    def greet(self, sent: Incoming) -> Answer | None:
        """Nothing is asked beforehand."""
        return None

    def verify(self, sent: Incoming, door: Door) -> None:
        """The secret in the body."""
        check_secret(read_fields(sent), door)

    def read(self, sent: Incoming, door: Door) -> Reading:
        """A call that is over, and its recording once there is a link."""
        fields = read_fields(sent)
        call_id = pick(fields, "call_session_id", "communication_id", "id")
        if call_id is None:
            raise Unreadable("it has no call_session_id")
        link = _link(fields)
        event = (pick(fields, "event", "notification_name") or "").casefold()
        over = pick(fields, "finish_time", "finish_reason", "is_lost", "talk_duration", "talk_time_duration")
        if link is None and (over is None or event in ("call_start", "answer", "incoming_call")):
            return Reading(why=f"{event[:40] or 'the notice'} tells of no call that is over")
        return Reading(
            calls=(CallNews(facts=_facts(fields, call_id, door), recordings=(link,) if link else ()),),
        )

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """The status alone counts."""
        return plain_answer(outcome, why)

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The link itself."""
        if not reference.startswith(("http://", "https://")):
            raise NoRecording("the notice named the recording by a number, not by its link", later=False)
        return Request(reference)

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The notice of a lost call."""
        at = now.astimezone(zone_of(door)).strftime("%Y-%m-%d %H:%M:%S")
        body = {
            "secret": door.secret("secret"),
            "event": "call_end",
            "call_session_id": f"test-{int(now.timestamp())}",
            "direction": "in",
            "contact_phone_number": "79161234567",
            "virtual_phone_number": "74957654321",
            "start_time": at,
            "finish_time": at,
            "is_lost": "true",
            "extension_phone_number": "201",
        }
        headers = {"content-type": "application/json"}
        return Incoming(headers=headers, body=json.dumps(body).encode(), received_at=now, addresses=(address,))


def check_secret(fields: dict[str, Any], door: Door) -> None:
    """Raise WrongSignature unless the body carries the source's secret."""
    given = str(fields.get("secret") or "")
    if not hmac.compare_digest(given.encode(), door.secret("secret").encode()):
        raise WrongSignature("its field `secret` is not the one of this source")


def read_fields(sent: Incoming) -> dict[str, Any]:
    """The fields of a JSON or form body, or of the query where there is no body. Raises Unreadable."""
    body = sent.body.lstrip()
    if body.startswith(b"{"):
        return load_object(body)
    if body:
        return dict(load_form(body))
    return dict(reversed(sent.query))


def _facts(fields: dict[str, Any], call_id: str, door: Door) -> CallFacts:
    outbound = (pick(fields, "direction", "call_direction") or "in").casefold().startswith("out")
    lost = pick(fields, "is_lost")
    talk = seconds_of(pick(fields, "talk_duration", "talk_time_duration", "clean_talk_duration"))
    number = pick(fields, "contact_phone_number", "numa" if not outbound else "numb")
    if number and number.isdecimal() and len(number) >= 11:
        number = f"+{number}"
    result = None
    if lost is not None:
        result = "not_answered" if lost.casefold() in _YES else "answered"
    elif talk is not None:
        result = "answered" if talk else "not_answered"
    return CallFacts(
        external_id=short(call_id),
        direction="outbound" if outbound else "inbound",
        started_at=time_of(pick(fields, "start_time", "call_start_time"), zone_of(door)),
        rep=short(
            pick(
                fields,
                "extension_phone_number",
                "employee_phone_number",
                "employee_full_name",
                "last_answered_employee",
            )
        ),
        client_phone=short(number),
        queue=short(pick(fields, "scenario_name", "virtual_group_name")),
        result=result,
        talk_seconds=talk,
    )


def _link(fields: dict[str, Any]) -> str | None:
    found = pick(fields, "full_record_file_link", "record_file_link", "file_link")
    if found is None and isinstance(records := fields.get("call_records"), list):
        found = next((str(record) for record in records if str(record).startswith("http")), None)
    return found if found and found.startswith(("http://", "https://")) else None
