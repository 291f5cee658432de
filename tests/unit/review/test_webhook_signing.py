"""Signatures of webhooks: the published example of Standard Webhooks, and an implementation written apart from ours."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest

from review.webhooks.payload import write_payload
from review.webhooks.signing import make_secret, sign, signed_headers

# The example in the reference libraries' own tests.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
UID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'


def by_the_book(secret: str, uid: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 from its definition (RFC 2104), with nothing of ours."""
    key = base64.b64decode(secret[len("whsec_") :]).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + f"{uid}.{timestamp}.".encode() + body).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).digest()
    return "v1," + base64.b64encode(outer).decode()


def test_the_published_example() -> None:
    assert sign(SECRET, UID, 1614265330, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_as_the_definition_says_for_secrets_of_ours() -> None:
    secret = make_secret()
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    for body in (b"", b"{}", '{"имя":"값"}'.encode()):
        assert sign(secret, "msg_1", 1_700_000_000, body) == by_the_book(secret, "msg_1", 1_700_000_000, body)


def test_two_secrets_sign_side_by_side() -> None:
    old, new = make_secret(), make_secret()
    headers = signed_headers((new, old), "msg_1", 7, BODY)
    assert headers["webhook-id"] == "msg_1"
    assert headers["webhook-timestamp"] == "7"
    assert headers["webhook-signature"].split(" ") == [by_the_book(one, "msg_1", 7, BODY) for one in (new, old)]


def test_what_is_no_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="no signing secret"):
        sign("whsec_§", "msg_1", 7, BODY)


def test_the_payload_is_small_ordered_and_leads_on() -> None:
    at = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
    body = write_payload(
        "msg_1", "call.scored", 12, {"score": 61.4, "again": False}, at, public_url="https://c.example"
    )
    assert json.loads(body) == {
        "schema": 1,
        "id": "msg_1",
        "event": "call.scored",
        "occurred_at": "2026-11-23T04:05:06Z",
        "data": {"again": False, "call_id": 12, "score": 61.4},
        "links": {"page": "https://c.example/calls/12", "call": "https://c.example/api/v1/calls/12"},
    }
    again = write_payload(
        "msg_1", "call.scored", 12, {"again": False, "score": 61.4}, at, public_url="https://c.example"
    )
    assert again == body
    assert b"/calls/12" in write_payload("msg_1", "call.scored", 12, {}, at, public_url=None)
