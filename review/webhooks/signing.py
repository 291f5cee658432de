"""How what we tell is signed: HMAC-SHA256 over id, time and body, as Standard Webhooks 1.0 says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as random_bytes
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32  # the specification asks for 24 to 64


def make_secret() -> str:
    """A new signing secret, as it is shown once: `whsec_` and Base64."""
    return PREFIX + base64.b64encode(random_bytes.token_bytes(_SECRET_BYTES)).decode("ascii")


def sign(secret: str, uid: str, timestamp: int, body: bytes) -> str:
    """The signature `v1,<Base64>` of one message. Raises ValueError for what is no secret of ours."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:  # of Base64, or letters beyond ASCII
        raise ValueError("this is no signing secret") from error
    digest = hmac.digest(key, f"{uid}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode("ascii")


def signed_headers(secrets: Sequence[str], uid: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one try; with two secrets two signatures, so that the receiver may know either.

    `timestamp` is seconds since 1970 when it is sent: a receiver refuses what is older than some minutes.
    """
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, uid, timestamp, body) for secret in secrets),
    }
