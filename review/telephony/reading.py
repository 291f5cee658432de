"""Reading what telephone systems write: fields under several names, times, durations, sides of a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from review.services.call_facts import LONGEST
from review.telephony.pbx_call import is_extension
from review.telephony.provider import Door, Unreadable

EMPTY: Final = frozenset({"", "null", "none", "undefined", "anonymous", "unknown", "-"})
_LAST_EPOCH: Final = 4_102_444_800  # 2100
_FORMS: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S",
)


def pick(fields: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that says something, as text; names are compared without case, `_` and `-`."""
    folded = {_folded(str(name)): value for name, value in fields.items()}
    for name in names:
        value = folded.get(_folded(name))
        if value is None or isinstance(value, (dict, list, bool)):
            continue
        text = str(value).strip()
        if text.casefold() not in EMPTY:
            return text
    return None


def part(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The first of these fields that is an object; {} when there is none."""
    folded = {_folded(str(name)): value for name, value in fields.items()}
    for name in names:
        value = folded.get(_folded(name))
        if isinstance(value, dict):
            return value
    return {}


def seconds_of(text: str | None) -> int | None:
    """Whole seconds written as `63`, `63.4` or `0:01:03`; None for anything else."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text):
        return int(float(text))
    if re.fullmatch(r"([0-9]{1,3}:)?[0-9]{1,2}:[0-9]{2}(\.[0-9]+)?", text):
        total = 0
        for piece in text.partition(".")[0].split(":"):
            total = total * 60 + int(piece)
        return total
    return None


def time_of(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """An aware time written in any of the usual ways: seconds, milli- or microseconds since 1970, ISO 8601, RFC 2822.

    `zone` is that of a time that names none. None for a time that cannot be read.
    """
    if not text:
        return None
    if re.fullmatch(r"[0-9]{9,17}(\.[0-9]+)?", text):
        count = float(text)
        while count > _LAST_EPOCH:
            count /= 1000
        return datetime.fromtimestamp(count, UTC)
    found = _read(text)
    if found is None:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def zone_of(door: Door) -> tzinfo:
    """The zone the provider writes its times in; UTC unless the source says another."""
    name = door.setting("zone")
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):
        return UTC


def load_object(text: str | bytes) -> dict[str, Any]:
    """The JSON object in a text. Raises Unreadable."""
    try:
        value = _whole(json.loads(text, parse_int=str, parse_float=str))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is no JSON ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise Unreadable("its JSON is no object")
    return value


def load_form(body: bytes) -> dict[str, str]:
    """The fields of a form-encoded body, the first of each name. Raises Unreadable."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=2000)
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable("it is no form in UTF-8") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def short(text: str | None) -> str | None:
    """An id or name no longer than a fact may be; None for an empty one."""
    text = (text or "").replace("\x00", "").strip()
    return text[:LONGEST] or None


def way_of(caller: str | None, called: str | None) -> str | None:
    """inbound, outbound or internal by who has a colleague's short number; None when neither tells."""
    inside, outside = is_extension(caller), is_extension(called)
    if inside and outside:
        return "internal"
    if inside:
        return "outbound"
    return "inbound" if caller else None


def end_minus(end: datetime | None, seconds: int | None) -> datetime | None:
    """When a call began that ended then and took so long."""
    return None if end is None else end - timedelta(seconds=seconds or 0)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _whole(value: Any) -> Any:
    """The value with half a character (`\\ud83d` cut off behind its first half) as U+FFFD: it cannot be stored."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
