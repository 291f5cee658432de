"""FreeSWITCH's mod_json_cdr: one JSON object for each leg of a call, posted in any of the module's encodings.

The body is raw JSON, or a form field `cdr=` that is URL-encoded or base64 (`encode`), and the values inside are
URL-encoded again unless `encode-values` is off. `disable-100-continue` drops the Content-Type, so the content decides.
Both legs of a call carry the first leg's id: they end in one call. Basic auth from the module's `cred`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, ClassVar, Final
from urllib.parse import quote, unquote

from review.services.call_facts import CallFacts
from review.telephony.pbx_call import is_extension, is_outside
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
from review.telephony.reading import load_form, load_object, part, pick, seconds_of, short, time_of, way_of

USER: Final = "callcoach"
_BUSY: Final = frozenset({"USER_BUSY", "CALL_REJECTED"})
_NOBODY: Final = frozenset(
    {"NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "ALLOTTED_TIMEOUT", "NORMAL_CLEARING"}
)


class FreeSwitch:
    """FreeSWITCH and FusionPBX."""

    name: ClassVar[str] = "freeswitch"
    title: ClassVar[str] = "FreeSWITCH"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("password", "secret", made=True),
        Field("recording_url", "url"),
        Field("recording_user"),
        Field("recording_password", "secret"),
    )
    hosts: ClassVar[tuple[str, ...]] = ()
    delay: ClassVar[float] = 5.0
    takes_files: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ("password", "vm_password", "sip_password", "sip_auth_password")

    def greet(self, sent: Incoming) -> Answer | None:
        """Nothing is asked beforehand."""
        return None

    def verify(self, sent: Incoming, door: Door) -> None:
        """Basic auth; the module cannot sign, so the address should be https."""
        wanted = f"{USER}:{door.secret('password')}"
        kind, _, given = sent.headers.get("authorization", "").partition(" ")
        try:
            said = base64.b64decode(given.strip(), validate=True)
        except (binascii.Error, ValueError):
            said = b""
        if kind.lower() != "basic" or not hmac.compare_digest(said, wanted.encode()):
            raise WrongSignature("its user and password (cred) are not those of this source")

    def read(self, sent: Incoming, door: Door) -> Reading:
        """The call of one leg; calls among colleagues are passed over."""
        cdr = _open(sent)
        variables = _decoded(part(cdr, "variables"))
        if not variables:
            raise Unreadable("it has no variables: it is no call record of mod_json_cdr")
        profile = _profile(cdr)
        own = pick(variables, "uuid", "call_uuid") or sent.asked("uuid")
        call_id = pick(variables, "originating_leg_uuid", "originator", "call_uuid") or own
        if call_id is None:
            raise Unreadable("it has no uuid")
        caller = pick(variables, "sip_from_user", "caller_id_number") or pick(profile, "caller_id_number", "ani")
        called = pick(profile, "destination_number") or pick(variables, "destination_number", "sip_to_user")
        answerer = pick(variables, "last_sent_callee_id_number", "callee_id_number", "dialed_user") or pick(
            profile, "callee_id_number"
        )
        way = way_of(caller, called)
        if way == "internal":
            return Reading(why="a call among colleagues")
        rep = caller if way == "outbound" else next((who for who in (answerer, called) if is_extension(who)), None)
        client = called if way == "outbound" else caller
        talk = seconds_of(pick(variables, "billsec"))
        if not talk and own not in (None, call_id):
            return Reading(why="a leg that nobody answered: the call's first leg tells of it")
        facts = CallFacts(
            external_id=short(call_id),
            direction=way,
            started_at=time_of(pick(variables, "start_uepoch", "start_epoch", "created_time")),
            rep=short(rep),
            client_phone=short(client) if is_outside(client) else None,
            queue=short(pick(variables, "cc_queue", "call_center_queue")),
            result=_result(variables, talk),
            talk_seconds=talk,
        )
        return Reading(calls=(CallNews(facts=facts, recordings=_recordings(variables, own, talk, door)),))

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """The status alone counts; a refusal asks for the password, as libcurl waits for that."""
        if outcome == "refused":
            return Answer(401, f"refused: {why}\n", headers={"WWW-Authenticate": 'Basic realm="callcoach"'})
        return plain_answer(outcome, why)

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The file as the PBX's own web server gives it."""
        if not reference.startswith(("http://", "https://")):
            raise NoRecording("the source does not say at which address recordings can be fetched", later=False)
        user, password = door.setting("recording_user"), door.secrets.get("recording_password", "")
        return Request(reference, secret_headers=basic(user, password) if user or password else {})

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """The record of a call nobody answered, as raw JSON."""
        start = str(int(now.timestamp()))
        cdr = {
            "variables": {
                "uuid": f"test-{start}",
                "direction": "inbound",
                "start_epoch": start,
                "billsec": "0",
                "hangup_cause": "NO_ANSWER",
            },
            "callflow": [{"caller_profile": {"caller_id_number": "%2B49301234567", "destination_number": "201"}}],
        }
        headers = {"content-type": "application/json", **basic(USER, door.secret("password"))}
        headers = {name.lower(): value for name, value in headers.items()}
        return Incoming(headers=headers, body=json.dumps(cdr).encode(), received_at=now, addresses=(address,))


def basic(user: str, password: str) -> dict[str, str]:
    """The header of Basic auth."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")}


def _open(sent: Incoming) -> dict[str, Any]:
    """The record, whatever it is wrapped in; the Content-Type may be wrong or absent."""
    body = sent.body.strip()
    if body.startswith(b"{"):
        return load_object(body)
    if body.startswith(b"cdr="):
        field = load_form(body).get("cdr", "") if b"%7B" in body[:12].upper() else body[4:].decode("ascii", "replace")
    elif body.startswith((b"%7B", b"%7b")):
        field = unquote(body.decode("ascii", "replace"))
    else:
        field = body.decode("ascii", "replace")
    if field.lstrip().startswith("{"):
        return load_object(field)
    try:  # "+" became a space where a form's reader looked first
        written = unquote(field).replace("\r", "").replace("\n", "").strip().replace(" ", "+")
        plain = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("it is neither JSON nor the form field cdr=") from error
    return load_object(plain)


def _decoded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Values without the URL-encoding that the module puts around them; one that was not encoded stays the same."""
    return {name: unquote(value) if isinstance(value, str) else value for name, value in fields.items()}


def _profile(cdr: Mapping[str, Any]) -> dict[str, Any]:
    """The caller's profile of the call's last step in the dial plan."""
    flow = cdr.get("callflow") or cdr.get("callFlow")
    steps = flow if isinstance(flow, list) else [flow]
    for step in steps:  # the newest step stands first
        if isinstance(step, dict) and (found := part(step, "caller_profile", "callerProfile")):
            return _decoded(found)
    return {}


def _result(variables: Mapping[str, Any], talk: int | None) -> str | None:
    if (pick(variables, "last_app") or "").casefold() == "voicemail":
        return "voicemail"
    if talk:
        return "answered"
    cause = (pick(variables, "bridge_hangup_cause", "hangup_cause", "originate_disposition") or "").upper()
    if cause in _BUSY:
        return "busy"
    if cause in _NOBODY or talk == 0:
        return "not_answered"
    return "failed" if cause else None


def _recordings(variables: Mapping[str, Any], own: str | None, talk: int | None, door: Door) -> tuple[str, ...]:
    pattern = door.setting("recording_url")
    if not pattern or not talk:
        return ()
    path = pick(variables, "record_path_name", "record_filename", "recording_file", "cc_record_filename", "record_file")
    if "{file}" in pattern and path is None:
        return ()
    name = quote(PurePath(path).name) if path else ""
    at = time_of(pick(variables, "start_uepoch", "start_epoch")) or datetime.fromtimestamp(0, UTC)
    values = {"{uuid}": quote(own or ""), "{file}": name, "{date}": at.strftime("%Y/%m/%d")}
    for mark, value in values.items():
        pattern = pattern.replace(mark, value)
    return (pattern,)
