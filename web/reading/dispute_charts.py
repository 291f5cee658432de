"""Disputes in figures as drawings: shares as marks on their intervals, weeks as columns; no words of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from review.disputes.queries import Counted, Figures

WIDTH: Final = 1000
HEIGHT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a chart. Places in percent of the drawing's width; the scale of shares is said beside it."""

    counted: Counted
    label: str
    width: float  # of the count, against the largest
    low: float | None  # the interval of the share accepted
    high: float | None
    mark: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """One week: the column of what was raised, and of it what was accepted."""

    begin: date
    raised: int
    accepted: int
    x: float
    width: float
    top: float
    height: float
    accepted_top: float
    accepted_height: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """The dashboard's drawings."""

    criteria: tuple[Bar, ...]
    reviewers: tuple[Bar, ...]
    weeks: tuple[Week, ...]
    most: int  # the highest column


def draw_figures(found: Figures, language: str) -> Drawn:
    """Criteria and reviewers as bars, weeks as columns."""
    most = max((raised for _, raised, _ in found.weeks), default=0)
    slot = WIDTH / max(1, len(found.weeks))
    weeks = []
    for n, (begin, raised, accepted) in enumerate(found.weeks):
        high, low = (HEIGHT * count / most if most else 0.0 for count in (raised, accepted))
        weeks.append(
            Week(
                begin=begin.date(),
                raised=raised,
                accepted=accepted,
                x=round((n + 0.15) * slot, 1),
                width=round(0.7 * slot, 1),
                top=round(HEIGHT - high, 1),
                height=round(high, 1),
                accepted_top=round(HEIGHT - low, 1),
                accepted_height=round(low, 1),
            )
        )
    return Drawn(_bars(found.by_criterion, language), _bars(found.by_reviewer, language), tuple(weeks), most)


def _bars(counted: Sequence[Counted], language: str) -> tuple[Bar, ...]:
    most = max((one.disputed for one in counted), default=0)
    return tuple(_bar(one, most, language) for one in counted)


def _bar(one: Counted, most: int, language: str) -> Bar:
    label = one.label
    if not label:
        words = one.standard.describe(language).criterion(one.key) if one.standard else None
        label = words.question if words else one.key
    interval = one.accepted_interval
    return Bar(
        counted=one,
        label=label,
        width=round(100 * one.disputed / most, 1) if most else 0.0,
        low=None if interval is None else round(100 * interval[0], 1),
        high=None if interval is None else round(100 * interval[1], 1),
        mark=None if one.accepted_share is None else round(100 * one.accepted_share, 1),
    )
