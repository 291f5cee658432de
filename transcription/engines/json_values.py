"""Reading values out of other programs' JSON, refusing what is wrong by naming where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from transcription.errors import NotATranscript


def read_object(item: object, where: str) -> Mapping[str, Any]:
    """The item as an object. Raises NotATranscript."""
    if not isinstance(item, Mapping):
        raise NotATranscript("expected a JSON object", where=where)
    return item


def read_list(item: Mapping[str, Any], key: str) -> Sequence[Any]:
    """The list under a key, empty when it is absent. Raises NotATranscript."""
    value = item.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise NotATranscript(f"'{key}' is not a list", where=key)
    return value


def read_text(item: Mapping[str, Any], key: str) -> str | None:
    """The text under a key, None when it is absent. Raises NotATranscript."""
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise NotATranscript(f"'{key}' is not text", where=key)
    return value


def read_number(item: Mapping[str, Any], key: str, where: str) -> float | None:
    """A number that may be written as text, as AWS writes times. Raises NotATranscript."""
    value = item.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotATranscript(f"'{key}' is not a number", where=where)
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise NotATranscript(f"'{key}' is not a number", where=where) from None
    if not isfinite(found):
        raise NotATranscript(f"'{key}' is not a finite number", where=where)
    return found


def read_millis(item: Mapping[str, Any], key: str, where: str) -> float | None:
    """A number of milliseconds, in seconds. Raises NotATranscript."""
    value = read_number(item, key, where)
    return None if value is None else value / 1000


def read_label(item: Mapping[str, Any], key: str) -> str | None:
    """A speaker's or channel's label, which may be written as a number. Raises NotATranscript."""
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotATranscript(f"'{key}' is neither text nor a whole number", where=key)
    return str(value)
