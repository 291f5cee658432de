"""Page marks: where a list goes on, as opaque text for a link; by (time, id), so that every page costs the same."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_

from review.models import Call

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def write_mark(at: datetime, call_id: int) -> str:
    """The mark of a list's last row."""
    plain = f"{(at - _EPOCH) // _MICROSECOND}.{call_id}".encode("ascii")
    return base64.urlsafe_b64encode(plain).decode("ascii").rstrip("=")


def read_mark(mark: str | None) -> tuple[datetime, int] | None:
    """What `write_mark` was given; None for no mark and for one that it never wrote. Pages then show the first page."""
    if not mark or len(mark) > 80 or not mark.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode("ascii")
        microseconds, _, call_id = plain.partition(".")
        if int(call_id) >= 2**63:
            return None
        at = _EPOCH + int(microseconds) * _MICROSECOND
        # The decoder passes over what is no Base64: only the very text that was written is a mark.
        return (at, int(call_id)) if write_mark(at, int(call_id)) == mark else None
    except (binascii.Error, ValueError, OverflowError):
        return None


def older_than(at: datetime, call_id: int) -> ColumnElement[bool]:
    """Calls after this one in a list that runs from the newest to the oldest."""
    return and_(Call.happened_at <= at, or_(Call.happened_at < at, Call.id < call_id))


def newer_than(at: datetime, call_id: int) -> ColumnElement[bool]:
    """Calls before this one in a list that runs from the newest to the oldest."""
    return and_(Call.happened_at >= at, or_(Call.happened_at > at, Call.id > call_id))
