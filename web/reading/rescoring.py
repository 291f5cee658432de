"""The spread of score moves as bars to draw: places and heights in the drawing's own units, no words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from review.queries.rescore_runs import STEP, Bar, Spread

WIDTH: Final = 640
HEIGHT: Final = 150
FOOT: Final = 22  # below the bars, for the scale
HEAD: Final = 16  # above them, for the counts
LEAST: Final = 2  # what a single call among thousands is drawn with
LEAST_SPAN: Final = 4 * STEP  # points drawn on either side of an unmoved score, so that small moves look small
MOST_BARS: Final = 41  # moves beyond 100 points either way share the outermost


@dataclass(frozen=True, slots=True)
class Drawn:
    """One bar; `low` and `high` are the score moves it stands for, in points."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    low: int
    high: int
    calls: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing; `zero` is where an unmoved score lies, `labelled` whether bars are wide enough for their counts."""

    width: int
    height: int
    base: int
    zero: float
    bars: tuple[Drawn, ...]
    labelled: bool


def draw_spread(spread: Spread) -> Chart | None:
    """The bars with the unmoved score among them; None when no score moved."""
    if not spread.bars:
        return None
    counts = {bar.low: bar.calls for bar in spread.bars}
    low, high = min(-LEAST_SPAN, *counts), max(LEAST_SPAN, *(key + STEP for key in counts))
    bars = [Bar(start, counts.get(start, 0)) for start in range(low, high, STEP)][:MOST_BARS]
    slot = WIDTH / len(bars)
    base = HEIGHT - FOOT
    most = max(bar.calls for bar in bars)
    drawn = []
    for n, bar in enumerate(bars):
        height = max(LEAST, (base - HEAD) * bar.calls / most) if bar.calls else 0.0
        gap = min(4.0, slot / 5)
        drawn.append(
            Drawn(
                x=round(n * slot + gap / 2, 1),
                y=round(base - height, 1),
                width=round(slot - gap, 1),
                height=round(height, 1),
                middle=round((n + 0.5) * slot, 1),
                low=bar.low,
                high=bar.low + STEP,
                calls=bar.calls,
            )
        )
    return Chart(WIDTH, HEIGHT, base, round(-low / STEP * slot, 1), tuple(drawn), labelled=slot >= 24)
