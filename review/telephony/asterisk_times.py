"""When a line of a call-detail file was, on the world's clock: its own time is local, its id counts seconds of UTC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from review.telephony.asterisk_layouts import UNIQUE_ID

_STEP: Final = 15 * 60  # zones differ by multiples of a quarter of an hour
_RARE: Final = 0.02  # a difference of fewer lines than this share is a line long after its channel began


def read_time(text: str) -> datetime | None:
    """A naive local time, an aware one for seconds since 1970, None where it is neither."""
    text = text.strip()
    try:
        if "-" in text:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def id_time(unique_id: str) -> datetime | None:
    """When the channel of this id was made (UTC), None for an id without it."""
    match = UNIQUE_ID.fullmatch(unique_id.strip())
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


class Clock:
    """Turns a file's local times into aware ones: by the zone given, else by what its ids say the zone must be.

    A zone's summer time is in the ids too, and an hour told twice in autumn is told apart by them.
    """

    def __init__(self, zone: tzinfo | None, seen: Sequence[tuple[datetime, str]]) -> None:
        self.zone = zone
        offsets = Counter(offset for time, unique_id in seen if (offset := _offset(time, unique_id)) is not None)
        total = sum(offsets.values())
        self.offsets = sorted(offset for offset, count in offsets.items() if count >= max(1, _RARE * total))
        self.usual = min(offsets, key=lambda offset: (-offsets[offset], offset)) if offsets else None

    def aware(self, time: datetime, unique_id: str) -> datetime:
        """The moment of a line's time; UTC is assumed where neither a zone nor ids are known."""
        if time.tzinfo is not None:
            return time.astimezone(UTC)
        if self.zone is not None:
            return time.replace(tzinfo=self.zone).astimezone(UTC)
        made = id_time(unique_id)
        if made is None or not self.offsets:
            return (time - timedelta(seconds=self.usual or 0)).replace(tzinfo=UTC)
        candidates = [(time - timedelta(seconds=offset)).replace(tzinfo=UTC) for offset in self.offsets]
        return min(candidates, key=lambda moment: abs((moment - made).total_seconds()))


def _offset(time: datetime, unique_id: str) -> int | None:
    """Seconds by which a local time is ahead of its id, as a zone's difference."""
    made = id_time(unique_id)
    if made is None or time.tzinfo is not None:
        return None
    ahead = (time.replace(tzinfo=UTC) - made).total_seconds()
    offset = round(ahead / _STEP) * _STEP
    return offset if abs(offset) <= 15 * 3600 else None
