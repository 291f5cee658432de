"""The stretch of time figures are of: whole weeks, Monday to Sunday in UTC, the running week the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from review.models import utc_now

WEEKS: Final = (4, 8, 12, 26)
"""The periods one can choose, in weeks."""

USUAL: Final = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Weeks that begin at `starts`, oldest first; the last one ends at `until`, which is not included."""

    starts: tuple[datetime, ...]
    until: datetime

    @property
    def since(self) -> datetime:
        """The first moment of it."""
        return self.starts[0]

    @property
    def weeks(self) -> int:
        """How many."""
        return len(self.starts)

    @property
    def middle(self) -> int:
        """The week from which on it is "lately": the later half, an odd week goes to the past."""
        return (self.weeks + 1) // 2

    def week_of(self, at: datetime) -> int | None:
        """The number of the week a moment lies in, 0 the oldest; None outside."""
        if not self.since <= at < self.until:
            return None
        return (at - self.since) // timedelta(weeks=1)


def last_weeks(weeks: int = USUAL, *, now: datetime | None = None) -> Period:
    """So many weeks up to and with the running one. Raises ValueError for none, or more than two years."""
    if not 1 <= weeks <= 104:
        raise ValueError(f"between 1 and 104 weeks, not {weeks}")
    today = (now or utc_now()).astimezone(UTC).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
    starts = tuple(monday - timedelta(weeks=weeks - 1 - n) for n in range(weeks))
    return Period(starts, monday + timedelta(weeks=1))


def read_weeks(text: str | None) -> int:
    """A period as an address says it; the usual one for anything that cannot be chosen."""
    return int(text) if text is not None and text in {str(weeks) for weeks in WEEKS} else USUAL
