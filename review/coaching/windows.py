"""Which stretches of time a follow-up compares: the weeks before the talk and as many after the action was due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LEAST_WEEKS: Final = 1
MOST_WEEKS: Final = 26
USUAL_WEEKS: Final = 8
"""Two months on each side: at one scored call a day the least number of calls is there within the first weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Before: `before_since` to the talk. After: from `after_since` on, as long. What lies between counts for neither.

    Between the talk and the day the action was done (or due) the rep is still at it.
    """

    before_since: datetime
    before_until: datetime
    after_since: datetime
    after_until: datetime

    def begun(self, now: datetime) -> bool:
        """True once calls can count as later ones."""
        return now >= self.after_since

    def over(self, now: datetime) -> bool:
        """True once no further call can change the figures."""
        return now >= self.after_until


def windows_of(*, held_at: datetime, due_at: datetime, done_at: datetime | None, weeks: int) -> Windows:
    """The two stretches, `weeks` weeks each. `done_at`: when the action was marked done; None when it was not (yet).

    Later calls begin when the action was done, at the latest on its due day, and never before the talk.
    """
    span = timedelta(weeks=max(LEAST_WEEKS, min(MOST_WEEKS, weeks)))
    since = max(held_at, min(done_at, due_at) if done_at is not None else due_at)
    return Windows(before_since=held_at - span, before_until=held_at, after_since=since, after_until=since + span)
