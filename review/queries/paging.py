"""Where a list goes on, for lists of any sort key: an opaque mark of the last row, and the condition for what follows.

A mark holds the last row's (key, id) and its own check that it was written here; nothing in it is secret and it opens
nothing: whoever sends it sees only rows that are shown to them anyway. Every page costs the same, however far it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, and_, or_

Key: TypeAlias = datetime | int | str
Place: TypeAlias = tuple[Key, int]
Row = TypeVar("Row")

LONGEST_MARK: Final = 600  # characters
LONGEST_KEY: Final = 100  # characters of a text that is a key; a longer one would have to be cut, and lose its place
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LARGEST: Final = 2**63 - 1


def write_mark(key: Key, row_id: int) -> str:
    """The mark of a list's last row. Raises ValueError for a text longer than LONGEST_KEY."""
    if isinstance(key, datetime):
        plain = f"t{(key - _EPOCH) // _MICROSECOND}"
    elif isinstance(key, int):
        plain = f"i{key}"
    elif len(key) <= LONGEST_KEY:
        plain = f"s{key}"
    else:
        raise ValueError(f"a sort key has at most {LONGEST_KEY} characters, not {len(key)}")
    return base64.urlsafe_b64encode(f"{row_id}.{plain}".encode()).decode("ascii").rstrip("=")


def read_mark(mark: str | None) -> Place | None:
    """What `write_mark` was given; None for no mark and for one that it never wrote."""
    if not mark or len(mark) > LONGEST_MARK or not mark.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode()
        number, _, rest = plain.partition(".")
        row_id = int(number)
        key = _key(rest[:1], rest[1:])
        # The decoder passes over what is no Base64, and int() over spaces: only the very text that was written counts.
        return (key, row_id) if 0 <= row_id <= _LARGEST and write_mark(key, row_id) == mark else None
    except (binascii.Error, ValueError, OverflowError):
        return None


def beyond(
    key: ColumnElement[Any] | Any, row_id: ColumnElement[int] | Any, place: Place, *, falling: bool = True
) -> ColumnElement[bool]:
    """Rows after this place in a list ordered by (key, id), both falling or both rising. The key is never null."""
    at, number = place
    if falling:
        return and_(key <= at, or_(key < at, row_id < number))
    return and_(key >= at, or_(key > at, row_id > number))


def cut(rows: Sequence[Row], limit: int, place: Callable[[Row], Place]) -> tuple[tuple[Row, ...], str | None]:
    """One page and the mark of its end (None on the last), of rows that were asked for with `limit + 1`."""
    shown = tuple(rows[:limit])
    return shown, write_mark(*place(shown[-1])) if len(rows) > limit and shown else None


def _key(kind: str, text: str) -> Key:
    if kind == "t":
        return _EPOCH + int(text) * _MICROSECOND
    if kind == "i":
        number = int(text)
        if abs(number) > _LARGEST:
            raise ValueError("no database holds this number")
        return number
    if kind == "s" and "\x00" not in text:
        return text
    raise ValueError("no kind of key")
