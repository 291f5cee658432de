"""Reading a CRM's values without trusting their shape: times, sums, texts, and walking a list by time of change."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from review.crm.errors import CrmNonsense

LONGEST: Final = 2_000  # characters of one value
LONGEST_NOTE: Final = 10_000
OVERLAP: Final = timedelta(minutes=2)  # a change may become visible a little after the time it carries
_TAG: Final = re.compile(r"<(?:br|/p|/div|/li)[^<>]{0,100}>", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"<[^<>]{0,500}>")


def text_of(value: object, longest: int = LONGEST) -> str | None:
    """The value as one clean text; None for nothing."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    text = str(value).replace("\x00", "").strip()
    if not text.isascii():  # half a character (JSON's \\ud83d alone) cannot be stored
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text[:longest] or None


def id_of(value: object) -> str | None:
    """An id as text; None for nothing and for 0, which CRMs write for "nobody"."""
    text = text_of(value, 200)
    return None if text in (None, "0") else text


def plain_text(value: object) -> str:
    """A note's words without its HTML."""
    text = text_of(value, LONGEST_NOTE * 3) or ""
    if "<" in text:
        text = _ANY_TAG.sub("", _TAG.sub("\n", text))
    return html.unescape(text).strip()[:LONGEST_NOTE]


def unix_time(value: object) -> datetime | None:
    """Seconds since 1970; None for nothing, 0 and what is no time."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not value:
        return None
    try:
        at = datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if 1970 < at.year <= 2200 else None


def iso_time(value: object) -> datetime | None:
    """ISO 8601, without a zone read as UTC, or milliseconds since 1970; None for what is no time."""
    text = text_of(value, 60)
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) > 10:
        return unix_time(int(text) / 1000)
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # 0001-01-01T00:00:00+03:00 is how some write "never"
        return None
    return at if 1970 < at.year <= 2200 else None


def money(value: object) -> Decimal | None:
    """A sum to two places; None for nothing and for what does not fit."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        amount = Decimal(str(value))
        return amount.quantize(Decimal("0.01")) if abs(amount) < Decimal(10) ** 12 else None
    except InvalidOperation:
        return None


def currency_of(value: object) -> str | None:
    """Three letters, or nothing."""
    text = (text_of(value, 10) or "").upper()
    return text if len(text) == 3 and text.isascii() and text.isalpha() else None


def dig(data: Any, *path: str) -> Any:
    """What stands at a path of objects; None when anything on the way is missing or of another shape."""
    for name in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(name)
    return data


def rows_at(data: Any, *path: str) -> list[Mapping[str, Any]]:
    """The list of objects at a path; an absent one is empty. Raises CrmNonsense when it is something else."""
    found = dig(data, *path) if path else data
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise CrmNonsense(f"Where a list was expected ({'.'.join(path) or 'answer'}) stands something else.")
    return found


def by_time(
    fetch: Callable[[datetime | None, int], tuple[Sequence[Mapping[str, Any]], bool]],
    changed: Callable[[Mapping[str, Any]], datetime | None],
    since: datetime | None,
) -> Iterator[tuple[list[Mapping[str, Any]], datetime | None]]:
    """Walk a list that is sorted by time of change, oldest first: (new items, time up to which all was seen).

    `fetch(since, page)` gives the items changed at or after `since` and whether more follow. Numbered pages slip when
    a row moves to the end while we read, so the next request starts at the last time seen; only where a whole page
    carries one time is the following page asked for.
    """
    start, page, at_start = since, 1, set[str]()
    while True:
        items, more = fetch(start, page)
        fresh = [item for item in items if str(item.get("id", item.get("ID"))) not in at_start]
        times = [at for item in items if (at := changed(item)) is not None]
        newest = max(times, default=None)
        yield fresh, newest
        if not more or not items:
            return
        if newest is not None and (start is None or newest > start):
            at_start = {str(i.get("id", i.get("ID"))) for i in items if changed(i) == newest}
            start, page = newest, 1
        else:
            at_start |= {str(i.get("id", i.get("ID"))) for i in items}
            page += 1


def advance(state: dict[str, Any], name: str, upto: datetime | None) -> None:
    """Move a list's place in the cursor forward, never back."""
    before = iso_time(state.get(name))
    if upto is not None and (before is None or upto > before):
        state[name] = upto.isoformat()


def since_of(cursor: Mapping[str, Any], name: str) -> datetime | None:
    """Where the cursor says reading of one list stands, a little earlier; None for the beginning."""
    at = iso_time(cursor.get(name))
    return None if at is None else at - OVERLAP
