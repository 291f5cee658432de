"""Means over weeks as drawings: places and sizes in the drawing's own units, no words.

The drawings are stretched to their place, so everything in them is a rectangle or a line of constant thickness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from review.performance.estimate import Mean
from review.performance.rep import Middle

WIDTH: Final = 1000
HEIGHT: Final = 100  # one unit is one percent, the best on top
MARK: Final = 3.0  # height of the mark at a mean
PLACES: Final = {"all": (0.10, 0.44), "random": (0.60, 0.14), "risk": (0.80, 0.14)}
"""Where in its week each line stands: from, and how wide, as parts of the week."""

ALONE: Final = (0.2, 0.6)
FEWEST_WEEKS: Final = 2  # a line needs two ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One week's mean: the interval as a band from `top` down `height` (0 where calls are too few), the mean at `y`."""

    begin: date
    x: float
    width: float
    middle: float
    top: float
    height: float
    y: float
    mean: Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: `name` is all, random or risk; `runs` join neighbouring weeks (points as SVG wants them)."""

    name: str
    marks: tuple[Mark, ...]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One week of the table beside the drawing."""

    begin: date
    means: tuple[Mean | None, ...]  # as the lines


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """The drawing. `band` is the middle half of the team as (top, height, median), where it is shown."""

    lines: tuple[Line, ...]
    band: tuple[float, float, float] | None
    rows: tuple[Row, ...]
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT
    mark: float = MARK

    @property
    def names(self) -> tuple[str, ...]:
        """Of the lines, in their order."""
        return tuple(line.name for line in self.lines)


def draw_trend(
    starts: Sequence[datetime],
    weeks: Sequence[Mean | None],
    random: Sequence[Mean | None] = (),
    risk: Sequence[Mean | None] = (),
    middle: Middle | None = None,
) -> TrendChart | None:
    """Up to three lines over the same weeks; None where a single week has any call."""
    given = {"all": weeks, "random": random, "risk": risk}
    used = {name: means for name, means in given.items() if any(means)}
    if sum(1 for mean in weeks if mean is not None) < FEWEST_WEEKS:
        return None
    lines = tuple(_line(name, means, starts, alone=len(used) == 1) for name, means in used.items())
    return TrendChart(
        lines=lines,
        band=None if middle is None else (_y(middle.high), _y(middle.low) - _y(middle.high), _y(middle.median)),
        rows=tuple(
            Row(begin=start.date(), means=tuple(means[n] for means in used.values()))
            for n, start in enumerate(starts)
            if any(means[n] for means in used.values())
        ),
        first=starts[0].date(),
        last=starts[-1].date(),
    )


def draw_spark(starts: Sequence[datetime], weeks: Sequence[Mean | None]) -> Line | None:
    """One small line; None where a single week has any call."""
    if sum(1 for mean in weeks if mean is not None) < FEWEST_WEEKS:
        return None
    return _line("all", weeks, starts, alone=True)


def _line(name: str, means: Sequence[Mean | None], starts: Sequence[datetime], *, alone: bool) -> Line:
    slot = WIDTH / len(starts)
    begin, wide = ALONE if alone else PLACES[name]
    marks: list[Mark] = []
    runs: list[list[Mark]] = [[]]
    for n, (start, mean) in enumerate(zip(starts, means, strict=True)):
        if mean is None:
            runs.append([])
            continue
        top = _y(mean.high) if mean.high is not None else _y(mean.mean)
        bottom = _y(mean.low) if mean.low is not None else _y(mean.mean)
        mark = Mark(
            begin=start.date(),
            x=round((n + begin) * slot, 1),
            width=round(wide * slot, 1),
            middle=round((n + begin + wide / 2) * slot, 1),
            top=top,
            height=round(bottom - top, 1),
            y=_y(mean.mean),
            mean=mean,
        )
        marks.append(mark)
        runs[-1].append(mark)
    joined = tuple(" ".join(f"{mark.middle:g},{mark.y:g}" for mark in run) for run in runs if len(run) > 1)
    return Line(name=name, marks=tuple(marks), runs=joined if name == "all" else ())


def _y(share: float) -> float:
    return round(HEIGHT * (1 - share), 1)
