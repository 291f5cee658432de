"""Zadarma: PBX notifications, each signed over three of its fields; the recording is announced by its own notice.

`Signature` is base64 of the hexadecimal HMAC-SHA1 of the fields named in SIGNED. A GET with `zd_echo` tries the
address out and wants it back. The file is there about 40 seconds after the notice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
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
from review.telephony.reading import load_form, load_object, pick, seconds_of, short, time_of, zone_of

API: Final = "https://api.zadarma.com"
SIGNED: Final[Mapping[str, tuple[str, ...]]] = {
    "NOTIFY_START": ("caller_id", "called_did", "call_start"),
    "NOTIFY_INTERNAL": ("caller_id", "called_did", "call_start"),
    "NOTIFY_END": ("caller_id", "called_did", "call_start"),
    "NOTIFY_IVR": ("caller_id", "called_did", "call_start"),
    "NOTIFY_ANSWER": ("caller_id", "destination", "call_start"),
    "NOTIFY_OUT_START": ("internal", "destination", "call_start"),
    "NOTIFY_OUT_END": ("internal", "destination", "call_start"),
    "NOTIFY_RECORD": ("pbx_call_id", "call_id_with_rec"),
}
_RESULTS: Final = {
    "answered": "answered",
    "busy": "busy",
    "cancel": "not_answered",
    "no answer": "not_answered",
    "failed": "failed",
    "unallocated number": "failed",
    "no money": "failed",
    "no limit": "failed",
    "call failed": "failed",
}


class Zadarma:
    """Zadarma's PBX."""

    name: ClassVar[str] = "zadarma"
    title: ClassVar[str] = "Zadarma"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("key", required=True),
        Field("secret", "secret", required=True),
        Field("zone", "zone"),
    )
    hosts: ClassVar[tuple[str, ...]] = ("api.zadarma.com", "*.zadarma.com")
    delay: ClassVar[float] = 40.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ()

    def greet(self, sent: Incoming) -> Answer | None:
        """`zd_echo` comes back as it is: that is how the address is confirmed."""
        echo = sent.asked("zd_echo")
        return None if echo is None else Answer(200, echo[:200])

    def verify(self, sent: Incoming, door: Door) -> None:
        """The HMAC over the fields that this event signs."""
        fields = _fields(sent)
        event = (pick(fields, "event") or "").upper()
        names = SIGNED.get(event, SIGNED["NOTIFY_START"])
        text = "".join(str(fields.get(name) or "") for name in names)
        given = sent.headers.get("signature", "")
        if not given:
            raise WrongSignature("it has no Signature")
        if not hmac.compare_digest(sign(door.secret("secret"), text), given.encode("ascii", "replace")):
            raise WrongSignature("its Signature does not match its fields")

    def read(self, sent: Incoming, door: Door) -> Reading:
        """The call of an END, the recording of a RECORD; what only announces a call is passed over."""
        fields = _fields(sent)
        event = (pick(fields, "event") or "").upper()
        call_id = pick(fields, "pbx_call_id")
        if event not in ("NOTIFY_END", "NOTIFY_OUT_END", "NOTIFY_RECORD"):
            return Reading(why=f"{event[:40] or 'an event without a name'} tells of no call that is over")
        if call_id is None:
            raise Unreadable("it has no pbx_call_id")
        if event == "NOTIFY_RECORD":
            recording = pick(fields, "call_id_with_rec")
            if recording is None:
                raise Unreadable("it has no call_id_with_rec")
            return Reading(calls=(CallNews(facts=CallFacts(external_id=short(call_id)), recordings=(recording,)),))
        outbound = event == "NOTIFY_OUT_END"
        facts = CallFacts(
            external_id=short(call_id),
            direction="outbound" if outbound else "inbound",
            started_at=time_of(pick(fields, "call_start"), zone_of(door)),
            rep=short(pick(fields, "internal", "last_internal")),
            client_phone=short(pick(fields, "destination") if outbound else pick(fields, "caller_id")),
            result=_RESULTS.get((pick(fields, "disposition") or "").casefold()),
            talk_seconds=seconds_of(pick(fields, "duration")),
        )
        # `is_recorded` only says that a file will come: NOTIFY_RECORD says when.
        return Reading(calls=(CallNews(facts=facts),))

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """The status alone counts."""
        return plain_answer(outcome, why)

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """Their API is asked for a link that holds for a while."""
        method, params = "/v1/pbx/record/request/", urlencode({"call_id": reference, "lifetime": "1800"})
        text = method + params + hashlib.md5(params.encode(), usedforsecurity=False).hexdigest()
        mac = sign(door.secret("secret"), text).decode("ascii")
        said: Any = ask(
            Request(f"{API}{method}?{params}", secret_headers={"Authorization": f"{door.setting('key')}:{mac}"})
        )
        links = said.get("links") if isinstance(said, dict) else None
        link = said.get("link") or (links[0] if isinstance(links, list) and links else None)
        if not isinstance(link, str):
            raise NoRecording(str(said.get("message") or "Zadarma gives no link to it")[:200], later=True)
        return Request(link)

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The END of a call nobody answered."""
        start = now.astimezone(zone_of(door)).strftime("%Y-%m-%d %H:%M:%S")
        fields = {
            "event": "NOTIFY_END",
            "call_start": start,
            "pbx_call_id": f"in_test_{int(now.timestamp())}",
            "caller_id": "+49301234567",
            "called_did": "4930987654",
            "internal": "201",
            "duration": "0",
            "disposition": "no answer",
            "is_recorded": "0",
        }
        text = fields["caller_id"] + fields["called_did"] + start
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "signature": sign(door.secret("secret"), text).decode("ascii"),
        }
        return Incoming(headers=headers, body=urlencode(fields).encode(), received_at=now, addresses=(address,))


def sign(secret: str, text: str) -> bytes:
    """Base64 of the hexadecimal HMAC-SHA1, as Zadarma's libraries do it."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest().encode("ascii"))


def _fields(sent: Incoming) -> dict[str, Any]:
    return load_object(sent.body) if sent.body.lstrip().startswith(b"{") else load_form(sent.body)
