"""Twilio: status and recording callbacks, signed with the account's auth token over address and fields.

`X-Twilio-Signature` is base64(HMAC-SHA1(auth token, address + every field's name and value, sorted)). A JSON body is
signed by its SHA-256 in the address (`bodySHA256`). Whether the port is part of the address differs, so both are tried.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from review.services.call_facts import CallFacts
from review.telephony.freeswitch import basic
from review.telephony.pbx_call import is_outside
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
)
from review.telephony.reading import end_minus, pick, seconds_of, short, time_of
from review.telephony.uis import read_fields

HEADER: Final = "x-twilio-signature"
_RESULTS: Final = {
    "completed": "answered",
    "answered": "answered",
    "no-answer": "not_answered",
    "canceled": "not_answered",
    "busy": "busy",
    "failed": "failed",
}
_UNDER_WAY: Final = frozenset({"queued", "initiated", "ringing", "in-progress"})


class Twilio:
    """Programmable Voice."""

    name: ClassVar[str] = "twilio"
    title: ClassVar[str] = "Twilio"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("account_sid", required=True),
        Field("auth_token", "secret", required=True),
    )
    hosts: ClassVar[tuple[str, ...]] = ("api.twilio.com", "*.twilio.com")
    delay: ClassVar[float] = 2.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ()

    def greet(self, sent: Incoming) -> Answer | None:
        """Nothing is asked beforehand."""
        return None

    def verify(self, sent: Incoming, door: Door) -> None:
        """The signature over one of the addresses we may have been called by."""
        given = sent.headers.get(HEADER, "")
        if not given:
            raise WrongSignature("it has no X-Twilio-Signature")
        fields: list[tuple[str, str]] = []
        digest = sent.asked("bodySHA256")
        if digest is not None:
            if not hmac.compare_digest(hashlib.sha256(sent.body).hexdigest(), digest.lower()):
                raise WrongSignature("its body is not the one that was signed (bodySHA256)")
        elif sent.content_type == "application/x-www-form-urlencoded":
            fields = parse_qsl(sent.body.decode("utf-8", "replace"), keep_blank_values=True)
        elif sent.body:
            raise WrongSignature("its body is neither a form nor signed by bodySHA256")
        signed = "".join(name + value for name, value in sorted(set(fields)))
        token = door.secret("auth_token").encode()
        for address in sent.addresses:
            for spelled in with_and_without_port(address):
                mac = hmac.new(token, (spelled + signed).encode(), hashlib.sha1).digest()
                if hmac.compare_digest(base64.b64encode(mac), given.encode("ascii", "replace")):
                    return
        raise WrongSignature("its signature does not match: see that CALLCOACH_PUBLIC_URL is the address Twilio calls")

    def read(self, sent: Incoming, door: Door) -> Reading:
        """The call of a status callback, and the recording of a recording callback."""
        fields = read_fields(sent)  # their addresses may be set to GET
        account = door.setting("account_sid")
        if account and (said := pick(fields, "AccountSid")) and said != account:
            return Reading(why=f"it is of another account ({said[:40]})")
        call_id = pick(fields, "ParentCallSid", "CallSid")
        if call_id is None:
            raise Unreadable("it has no CallSid")
        recording, status = pick(fields, "RecordingUrl"), (pick(fields, "RecordingStatus") or "completed").casefold()
        if recording and status == "absent":
            return Reading(why="the call has no recording (absent)")
        if recording and status != "completed":
            return Reading(why=f"the recording is {status[:40]}, not completed")
        state = (pick(fields, "DialCallStatus", "CallStatus") or "").casefold()
        if recording is None and state not in _RESULTS:
            return Reading(why=f"the call is {state[:40] or 'of no state'}, not over")
        facts = _facts(fields, call_id, None if state in _UNDER_WAY else _RESULTS.get(state))
        return Reading(calls=(CallNews(facts=facts, recordings=(recording,) if recording else ()),))

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """An empty instruction, which is what Twilio reads."""
        if outcome == "refused":
            return Answer(401, f"refused: {why}\n")
        return Answer(200, '<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml; charset=utf-8")

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The WAV of both channels, with the account's name and token."""
        parts = urlsplit(reference)
        path = parts.path if parts.path.endswith((".wav", ".mp3")) else f"{parts.path}.wav"
        query = parts.query or urlencode({"RequestedChannels": "2"})
        url = urlunsplit((parts.scheme, parts.netloc, path, query, ""))
        return Request(url, secret_headers=basic(door.setting("account_sid"), door.secrets.get("auth_token", "")))

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The status callback of a call nobody answered."""
        fields = {
            "AccountSid": door.setting("account_sid"),
            "CallSid": f"CAtest{int(now.timestamp())}",
            "From": "+49301234567",
            "To": "+4930987654",
            "CallStatus": "no-answer",
            "Direction": "inbound",
            "CallDuration": "0",
            "Timestamp": now.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }
        signed = address + "".join(name + value for name, value in sorted(fields.items()))
        mac = hmac.new(door.secret("auth_token").encode(), signed.encode(), hashlib.sha1).digest()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            HEADER: base64.b64encode(mac).decode("ascii"),
        }
        return Incoming(headers=headers, body=urlencode(fields).encode(), received_at=now, addresses=(address,))


def with_and_without_port(address: str) -> tuple[str, ...]:
    """The address as it is, without its port, and with the usual port of its scheme."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    places = [parts.netloc, host, f"{host}:{usual}"]
    return tuple(dict.fromkeys(urlunsplit(parts._replace(netloc=place)) for place in places))


def _facts(fields: Mapping[str, Any], call_id: str, result: str | None) -> CallFacts:
    talk = seconds_of(pick(fields, "DialCallDuration", "CallDuration"))
    outbound = (pick(fields, "Direction") or "").casefold().startswith("outbound")
    caller, called = pick(fields, "From", "Caller"), pick(fields, "To", "Called")
    # A person at a soft phone is `client:rita` or a SIP address; who is outside has a number.
    if not outbound and caller and not is_outside(caller) and called and is_outside(called):
        outbound = True
    rep, client = (caller, called) if outbound else (called, caller)
    started = time_of(pick(fields, "StartTime", "RecordingStartTime"))
    if started is None and result is not None:
        started = end_minus(time_of(pick(fields, "Timestamp")), talk)
    known = bool(caller or called)
    return CallFacts(
        external_id=short(call_id),
        direction=("outbound" if outbound else "inbound") if known else None,
        started_at=started,
        rep=short(_bare(rep)),
        client_phone=short(client),
        result=result,
        talk_seconds=talk if result is not None else None,
    )


def _bare(rep: str | None) -> str | None:
    """`rita` of `client:rita` and of `sip:rita@company.example`."""
    if rep is None:
        return None
    for scheme in ("client:", "sip:", "sips:"):
        if rep.startswith(scheme):
            return rep.removeprefix(scheme).partition("@")[0]
    return rep
