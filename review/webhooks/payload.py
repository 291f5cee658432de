"""What is sent: the fact as JSON, small and without anything a client said. docs/api.md describes it for receivers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from review.webhooks.events import SUBJECT

SCHEMA: Final = 1
"""Raised when a field is renamed or taken away; new fields may come without."""


def write_payload(
    uid: str, event: str, subject_id: int, body: Mapping[str, Any], occurred_at: datetime, *, public_url: str | None
) -> bytes:
    """The body of one message, the same bytes for every try."""
    subject = SUBJECT[event]
    data = {f"{subject}_id": subject_id, **body}
    told = {
        "schema": SCHEMA,
        "id": uid,
        "event": event,
        "occurred_at": occurred_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": dict(sorted(data.items())),
        "links": links_of(data, public_url),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def links_of(data: Mapping[str, Any], public_url: str | None) -> dict[str, str]:
    """Where people and programs read more; without CALLCOACH_PUBLIC_URL only the paths."""
    base = public_url or ""
    links = {}
    if "call_id" in data:
        links["page"] = f"{base}/calls/{data['call_id']}"
        links["call"] = f"{base}/api/v1/calls/{data['call_id']}"
    if "evaluation_id" in data:
        links["evaluation"] = f"{base}/api/v1/evaluations/{data['evaluation_id']}"
    if "dispute_id" in data:
        links["dispute"] = f"{base}/api/v1/disputes/{data['dispute_id']}"
    return links
