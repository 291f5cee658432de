"""Any system that can post JSON: signed with a secret of our making; the audio along with it, by address, or later.

    POST /hooks/generic/<token>
    X-Callcoach-Signature: t=1763800000,v1=<hex HMAC-SHA256 of "1763800000." and the body, keyed with the secret>
    {"id": "77", "direction": "inbound", "started_at": "2026-11-20T10:30:00+01:00", "rep": "201",
     "client_phone": "+49301234567", "result": "answered", "talk_seconds": 63, "recording_url": "https://…"}

With a recording: multipart/form-data, the JSON in the field `call`, the sound in `file` (and `file2` for the other
side). Later: the same `id` again with `recording_url` or a file, and nothing else needed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from review.errors import BadFacts
from review.services.call_facts import FACT_NAMES, read_facts
from review.telephony.provider import (
    TOLERANCE,
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
)
from review.telephony.reading import load_object, pick, seconds_of, time_of

HEADER: Final = "x-callcoach-signature"
_OTHER_NAMES: Final = {
    "external_id": ("id", "call_id", "uuid"),
    "started_at": ("start", "start_time"),
    "rep": ("agent", "extension", "user"),
    "client_phone": ("phone", "number", "client_number"),
    "talk_seconds": ("billsec", "duration"),
}


class Generic:
    """The signed webhook."""

    name: ClassVar[str] = "generic"
    title: ClassVar[str] = "Signed webhook"
    fields: ClassVar[tuple[Field, ...]] = (Field("secret", "secret", made=True), Field("recording_token", "secret"))
    hosts: ClassVar[tuple[str, ...]] = ()
    delay: ClassVar[float] = 0.0
    takes_files: ClassVar[bool] = True
    hidden: ClassVar[tuple[str, ...]] = ()

    def greet(self, sent: Incoming) -> Answer | None:
        """Nothing is asked beforehand."""
        return None

    def verify(self, sent: Incoming, door: Door) -> None:
        """The HMAC over time and raw body, at most five minutes old."""
        key = door.secret("secret").encode()
        given = dict(piece.strip().partition("=")[::2] for piece in sent.headers.get(HEADER, "").split(","))
        at, mac = given.get("t", ""), given.get("v1", "")
        if not at or not mac:
            raise WrongSignature("it has no header X-Callcoach-Signature with t= and v1=")
        if not re.fullmatch(r"[0-9]{1,12}", at):
            raise WrongSignature("its t= is no number of seconds since 1970")
        if not hmac.compare_digest(_mac(sent, key, at), mac.lower().encode("ascii", "replace")):
            raise WrongSignature("its signature does not match its body")
        if abs(sent.received_at.timestamp() - int(at)) > TOLERANCE:
            raise WrongSignature("its time is more than five minutes away from ours")

    def read(self, sent: Incoming, door: Door) -> Reading:
        """One call; an event that is none of ours is passed over."""
        body = self._object(sent)
        event = (pick(body, "event", "type") or "call").casefold()
        if event not in ("call", "recording", "call.ended", "call.finished", "call.recorded"):
            return Reading(why=f"the event {event[:60]!r} is none of: call, recording")
        texts = {
            name: text for name in FACT_NAMES if (text := pick(body, name, *_OTHER_NAMES.get(name, ()))) is not None
        }
        texts.pop("source", None)
        if texts.get("started_at", "").isdecimal() and (at := time_of(texts["started_at"])) is not None:
            texts["started_at"] = at.isoformat()
        if (seconds := seconds_of(texts.get("talk_seconds"))) is not None:
            texts["talk_seconds"] = str(seconds)
        try:
            facts = read_facts(texts)
        except BadFacts as error:
            raise Unreadable(f"the fact '{error.field}' cannot be '{error.value[:60]}': {error.fix}") from error
        url = pick(body, "recording_url", "audio_url", "recording")
        return Reading(
            calls=(CallNews(facts=facts, recordings=(url,) if url else (), files=sent.files),),
        )

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """JSON; a body that cannot be read is the sender's to mend, so it is told."""
        status = {"refused": 401, "failed": 422, "waiting": 202}.get(outcome, 200)
        said: dict[str, Any] = {"state": outcome}
        if why:
            said["why"] = why
        if call_ids:
            said["calls"] = list(call_ids)
        return Answer(status, json.dumps(said, ensure_ascii=False) + "\n", "application/json")

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The address itself, with the token that the source names for it."""
        return Request(reference, secret_headers=_bearer(door))

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """A call that was missed a minute ago."""
        body = json.dumps(
            {
                "event": "call",
                "id": f"test-{int(now.timestamp())}",
                "direction": "inbound",
                "started_at": now.isoformat(timespec="seconds"),
                "rep": "201",
                "client_phone": "+49301234567",
                "result": "not_answered",
            }
        ).encode()
        at = str(int(now.timestamp()))
        mac = hmac.new(door.secret("secret").encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", HEADER: f"t={at},v1={mac}"}
        return Incoming(headers=headers, body=body, received_at=now, addresses=(address,))

    def _object(self, sent: Incoming) -> Mapping[str, Any]:
        if sent.content_type != "multipart/form-data":
            return load_object(sent.body)
        fields = load_object(sent.body)  # the text fields, as the door puts them down
        call = fields.pop("call", None) or fields.pop("facts", None)
        return {**(load_object(str(call)) if call else {}), **fields}


def _mac(sent: Incoming, key: bytes, at: str) -> bytes:
    before = f"{at}.".encode()
    if sent.body_mac is not None:
        return sent.body_mac(key, before).encode()
    return hmac.new(key, before + sent.body, hashlib.sha256).hexdigest().encode()


def _bearer(door: Door) -> Mapping[str, str]:
    token = door.secrets.get("recording_token", "")
    return {"Authorization": f"Bearer {token}"} if token else {}
