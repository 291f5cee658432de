"""One link of the chain: the bytes an event is sealed by, and the seal. Pure.

Seal n is HMAC-SHA256 over the number n, the seal before it and the event as canonical JSON, with a key derived from the
installation's secret (HKDF's expand step, RFC 5869 2.3, with one block). Whoever can write the database and does not
have the secret can change rows but not their seals.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

PURPOSE: Final = b"callcoach audit chain 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a seal covers of one event; `actor` is the acting person's number, kept also when the account is gone."""

    id: int
    at: datetime
    actor: int | None
    action: str
    subject_kind: str
    subject_id: str
    details: Any


def derive_key(secret: str) -> bytes:
    """The chain's key from the installation's secret."""
    return hmac.new(secret.encode(), PURPOSE + b"\x01", hashlib.sha256).digest()


def canonical(link: Link) -> bytes:
    """The event as bytes that are the same whichever database kept it in between."""
    fields = [
        link.id,
        link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        link.actor,
        link.action,
        link.subject_kind,
        link.subject_id,
        _plain(link.details),
    ]
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def seal(key: bytes, number: int, before: str, link: Link) -> str:
    """The seal of event `number`, whose predecessor's seal is `before`; 64 hexadecimal digits."""
    text = b"%d|%s|%s" % (number, before.encode(), canonical(link))
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def digest_earlier(links: Iterable[Link]) -> str:
    """The fingerprint of the events from before there was a chain, in the order of their numbers; "" for none."""
    digest, some = hashlib.sha256(), False
    for link in links:
        digest.update(canonical(link) + b"\n")
        some = True
    return digest.hexdigest() if some else ""


def _plain(value: Any) -> Any:
    """Numbers as PostgreSQL's jsonb hands them back: a whole float comes back as an integer."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
