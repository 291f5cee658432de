"""How fast leads come back as a drawing: one stepped line for each arm, in the drawing's own units, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from review.win_back.figures import Figures

WIDTH: Final = 1000
HEIGHT: Final = 100
_LEAST_TOP: Final = 0.1  # the scale's end: a tenth at least, so that one lead of many is no mountain


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """`lines` are (arm, points as SVG wants them); `top` is the share at the upper edge, `days` at the right."""

    lines: tuple[tuple[str, str], ...]
    top: float
    days: int
    width: int = WIDTH
    height: int = HEIGHT


def draw_curves(figures: Figures) -> Curves | None:
    """The drawing; None before any lead of either arm came back."""
    most = max((share for curve in figures.curves.values() for _day, share in curve), default=0.0)
    if not most:
        return None
    top = max(_LEAST_TOP, min(1.0, (int(most * 10) + 1) / 10))
    days = max(1, figures.watch_days)
    lines = tuple((arm, _points(curve, days, top)) for arm, curve in sorted(figures.curves.items()))
    return Curves(lines=lines, top=top, days=days)


def _points(curve: Sequence[tuple[float, float]], days: int, top: float) -> str:
    """A line that stands still until a lead comes back; it ends on the last day any was watched."""
    points: list[tuple[float, float]] = []
    for day, share in curve:
        x, y = min(1.0, day / days) * WIDTH, HEIGHT * (1 - share / top)
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    return " ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in points)
