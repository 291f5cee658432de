"""A follow-up as a drawing: each mean as a mark with its interval, before above after; no words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from review.coaching.effect import Effect
from review.performance.estimate import Mean

WIDTH: Final = 1000
ROW: Final = 40
MARK: Final = 7.0
"""Width of a mark; the drawing is stretched to its place, so everything in it is a rectangle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One mean: `who` is rep or team, `when` before or after; the interval's rectangle is None under five calls."""

    who: str
    when: str
    y: float
    mark: float  # left edge of the mark
    range_x: float | None
    range_width: float | None
    mean: Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing of a whole follow-up, 0 to 100 % from left to right."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    mark: float = MARK


def draw_effect(effect: Effect) -> Chart | None:
    """The rep before and after, then the team; None where there is no call at all."""
    means = [
        ("rep", "before", effect.before.mean),
        ("rep", "after", effect.after.mean),
        ("team", "before", effect.team_means[0]),
        ("team", "after", effect.team_means[1]),
    ]
    bars: list[Bar] = []
    for who, when, mean in means:
        if mean is None:
            continue
        low, high = mean.low, mean.high
        bars.append(
            Bar(
                who=who,
                when=when,
                y=float(len(bars) * ROW),
                mark=round(min(WIDTH - MARK, max(0.0, mean.mean * WIDTH - MARK / 2)), 1),
                range_x=None if low is None else round(low * WIDTH, 1),
                range_width=None if low is None or high is None else round((high - low) * WIDTH, 1),
                mean=mean,
            )
        )
    return (
        Chart(bars=tuple(bars), width=WIDTH, height=len(bars) * ROW) if any(bar.who == "rep" for bar in bars) else None
    )
