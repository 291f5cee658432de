"""Shares with their intervals, the lift over the control, and how fast leads come back; pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from scoring.intervals import wilson

FEWEST: Final = 10
"""Below so many leads a share is not told: "too early to say"."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`returned` of `count` leads."""

    returned: int
    count: int

    @property
    def share(self) -> float | None:
        """0..1; None without a lead."""
        return self.returned / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, Wilson."""
        return wilson(self.returned, self.count)

    @property
    def early(self) -> bool:
        """Too early to say."""
        return self.count < FEWEST

    def to_json(self) -> dict[str, Any]:
        """For programs; shares rounded to 0.001."""
        low, high = self.interval or (None, None)
        return {
            "returned": self.returned,
            "leads": self.count,
            "share": None if self.share is None else round(self.share, 3),
            "interval": None if low is None or high is None else [round(low, 3), round(high, 3)],
            "early": self.early,
        }

    def in_words(self) -> str:
        """One line for the terminal."""
        if self.interval is None or self.share is None:
            return "no lead yet"
        text = f"{self.returned} of {self.count} ({self.share:.0%}, {self.interval[0]:.0%} to {self.interval[1]:.0%})"
        return f"{text}, too early to say" if self.early else text


@dataclass(frozen=True, slots=True)
class Lift:
    """How much more of the queue than of the control comes back."""

    queue: Rate
    control: Rate

    @property
    def early(self) -> bool:
        """Too early to say: under ten leads in either arm."""
        return self.queue.early or self.control.early

    @property
    def difference(self) -> float | None:
        """-1..1, in shares."""
        if self.queue.share is None or self.control.share is None:
            return None
        return self.queue.share - self.control.share

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % of the difference, by the arms' own intervals (Newcombe 1998, method 10)."""
        mine, other = self.queue.interval, self.control.interval
        if self.difference is None or mine is None or other is None:
            return None
        one, two = self.queue.share or 0.0, self.control.share or 0.0
        low = self.difference - math.hypot(one - mine[0], other[1] - two)
        high = self.difference + math.hypot(mine[1] - one, two - other[0])
        return max(-1.0, low), min(1.0, high)

    @property
    def times(self) -> float | None:
        """How many times as many; None where none of the control came back."""
        return self.queue.share / self.control.share if self.queue.share is not None and self.control.share else None

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        interval = self.interval
        return {
            "difference": None if self.difference is None else round(self.difference, 3),
            "interval": None if interval is None else [round(end, 3) for end in interval],
            "times": None if self.times is None else round(self.times, 1),
            "early": self.early,
        }

    def in_words(self) -> str:
        """One line for the terminal."""
        if self.early or self.difference is None or self.interval is None:
            return f"too early to say (at least {FEWEST} leads in each arm)"
        low, high = self.interval
        return f"{self.difference:+.0%} ({low:+.0%} to {high:+.0%})"


@dataclass(frozen=True, slots=True)
class Watched:
    """One lead of an arm: `days` it was watched, or until it came back; `returned` says which."""

    days: float
    returned: bool


def come_back_by(leads: Sequence[Watched]) -> tuple[tuple[float, float], ...]:
    """(day, share come back by then); a lead counts for as long as it was watched (Kaplan and Meier 1958)."""
    left, out = 1.0, [(0.0, 0.0)]
    ends = sorted(lead.days for lead in leads)
    for day, back in sorted(Counter(lead.days for lead in leads if lead.returned).items()):
        left *= 1 - back / (len(ends) - bisect_left(ends, day))  # of those watched until then
        out.append((day, 1 - left))
    last = max((lead.days for lead in leads), default=0.0)
    return (*out, (last, 1 - left)) if last > out[-1][0] else tuple(out)
