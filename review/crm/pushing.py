"""What the connectors share when writing: the mark by which a note of ours is found again, and fields by settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from review.crm.connector import FieldValue

MARK: Final = "[callcoach:"
"""What every note of ours carries: it is found again before a second sending, and not read back as a person's."""

TRUE_WORDS: Final = frozenset({"1", "y", "yes", "true", "да", "예", "是", "on"})


def short_key(key: str) -> str:
    """The outbox key as a short word that a CRM's field can hold."""
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]


def mark(key: str) -> str:
    """The mark of one item."""
    return f"{MARK}{short_key(key)}]"


def marked(text: str, key: str, link: str | None = None) -> str:
    """A note's words with the link and the mark below them."""
    return "\n".join(part for part in (text, link, mark(key)) if part)


def field_note(value: FieldValue) -> str:
    """A fact for a card whose field is not mapped, as a note says it."""
    quote = f" («{value.quote}»)" if value.quote else ""
    return f"{value.field}: {value.value}{quote}"


def field_map(settings: Mapping[str, Any]) -> dict[str, str]:
    """Our field names and what each is called in the CRM, as set on the connection's page."""
    found = settings.get("fields")
    if not isinstance(found, Mapping):
        return {}
    return {str(ours): str(theirs) for ours, theirs in found.items() if theirs}


def word_list(settings: Mapping[str, Any], name: str) -> frozenset[str]:
    """A setting that is a list of words, folded for comparing."""
    found = settings.get(name)
    return frozenset(str(word).strip().casefold() for word in found) if isinstance(found, list) else frozenset()


def is_true(value: object) -> bool:
    """Whether a CRM's checkbox is ticked, in any of their spellings."""
    return value is True or str(value).strip().casefold() in TRUE_WORDS
