"""Shares over time as drawings: places and sizes in the drawing's own units, no words.

The drawings are stretched to their place, so everything in them is a rectangle or a line of constant thickness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from review.queries.objections_time import TimeLine
from scoring.intervals import wilson

WIDTH: Final = 1000
HEIGHT: Final = 100  # one unit is one percent, the best on top
MARK: Final = 3.0  # height of the mark at a share
FEWEST_STEPS: Final = 2  # a line needs two ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One step with objections: the interval as a band from `top` down `height`, the share's mark at `y`."""

    begin: date
    end: date
    x: float
    width: float
    middle: float
    top: float
    height: float
    y: float
    share: float
    interval: tuple[float, float]
    episodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChart:
    """The drawing. `lines` join neighbouring steps (points as SVG wants them); a step without objections is a gap."""

    unit: str
    columns: tuple[Column, ...]
    lines: tuple[str, ...]
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT
    mark: float = MARK


def draw_shares(line: TimeLine, kind: str | None = None) -> ShareChart | None:
    """The handled share over time, of all objections or of one type; None where a single step has any."""
    counts = [step.outcomes if kind is None else step.by_type.get(kind, Counter()) for step in line.steps]
    if sum(1 for outcomes in counts if outcomes.total()) < FEWEST_STEPS:
        return None
    slot = WIDTH / len(counts)
    columns: list[Column] = []
    runs: list[list[Column]] = [[]]
    for n, (step, outcomes) in enumerate(zip(line.steps, counts, strict=True)):
        interval = wilson(outcomes["handled"], outcomes.total())
        if interval is None:
            runs.append([])
            continue
        share = outcomes["handled"] / outcomes.total()
        column = Column(
            begin=step.begin,
            end=step.end,
            x=round((n + 0.2) * slot, 1),
            width=round(0.6 * slot, 1),
            middle=round((n + 0.5) * slot, 1),
            top=round(HEIGHT * (1 - interval[1]), 1),
            height=round(HEIGHT * (interval[1] - interval[0]), 1),
            y=round(HEIGHT * (1 - share), 1),
            share=share,
            interval=interval,
            episodes=outcomes.total(),
        )
        columns.append(column)
        runs[-1].append(column)
    return ShareChart(
        unit=line.unit,
        columns=tuple(columns),
        lines=tuple(_points(run) for run in runs if len(run) > 1),
        first=line.steps[0].begin,
        last=line.steps[-1].begin,
    )


def _points(run: Sequence[Column]) -> str:
    return " ".join(f"{column.middle:g},{column.y:g}" for column in run)
