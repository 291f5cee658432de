"""The scores of a preview before and after as pairs of bars: places and heights in the drawing's own units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from review.scorecards.preview_results import BAND, Band

WIDTH: Final = 640
HEIGHT: Final = 150
FOOT: Final = 20  # below the bars, for the scale
HEAD: Final = 14  # above them, for the counts
LEAST: Final = 2  # what a single call among many is drawn with


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `calls` are those it stands for."""

    x: float
    y: float
    width: float
    height: float
    calls: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One band of scores: before and after."""

    low: int
    high: int
    middle: float
    before: Bar
    after: Bar


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing."""

    width: int
    height: int
    base: int
    pairs: tuple[Pair, ...]


def draw_bands(bands: Sequence[Band]) -> Chart | None:
    """The bands as pairs of bars; None when nothing was scored on both sides."""
    if not bands:
        return None
    most = max(max(band.before, band.after) for band in bands)
    base, slot = HEIGHT - FOOT, WIDTH / len(bands)
    width = round(slot * 0.38, 1)

    def bar(x: float, calls: int) -> Bar:
        height = max(LEAST, (base - HEAD) * calls / most) if calls and most else 0.0
        return Bar(round(x, 1), round(base - height, 1), width, round(height, 1), calls)

    pairs = [
        Pair(
            low=band.low,
            high=band.low + BAND,
            middle=round((n + 0.5) * slot, 1),
            before=bar(n * slot + slot * 0.1, band.before),
            after=bar(n * slot + slot * 0.52, band.after),
        )
        for n, band in enumerate(bands)
    ]
    return Chart(WIDTH, HEIGHT, base, tuple(pairs))
