"""The drawings of a calibration: places on a scale in the drawing's own units, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.agreement_strictness import Strictness

WIDTH: Final = 200
EDGE: Final = 4.0
STEPS: Final = 10  # shades of a heat strip
LEAST_REACH: Final = 5.0  # points: so that a difference of nothing fills no drawing


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure on its scale: the dot at `x`, its interval from `low` to `high` (None where there is none)."""

    x: float
    low: float | None
    high: float | None
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Lean:
    """One person on the scale of strictness; `mark` is None where they cannot be compared."""

    person: str
    effect: float | None
    low: float | None
    high: float | None
    leaning: str
    calls: int
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class LeanChart:
    """Everybody on one scale of -reach..reach points, 0 in the middle."""

    lines: tuple[Lean, ...]
    reach: float
    middle: float
    width: int = WIDTH


def mark_of(
    value: float | None, low: float | None, high: float | None, *, least: float = 0.0, most: float = 1.0
) -> Mark | None:
    """A value of least..most on the drawing; what lies outside stands at the edge. None for no value."""
    if value is None:
        return None

    def at(number: float) -> float:
        inside = min(1.0, max(0.0, (number - least) / (most - least)))
        return round(EDGE + inside * (WIDTH - 2 * EDGE), 1)

    return Mark(at(value), None if low is None else at(low), None if high is None else at(high))


def draw_strictness(found: Sequence[Strictness], names: dict[str, str]) -> LeanChart | None:
    """Everybody's leaning; None where nobody can be compared."""
    if all(one.effect is None for one in found):
        return None
    ends = [abs(value) for one in found for value in (one.effect, one.low, one.high) if value is not None]
    reach = min(100.0, max([LEAST_REACH, *ends]))
    lines = tuple(
        Lean(
            person=names.get(one.person, one.person),
            effect=one.effect,
            low=one.low,
            high=one.high,
            leaning=one.leaning,
            calls=one.calls,
            mark=mark_of(one.effect, one.low, one.high, least=-reach, most=reach),
        )
        for one in found
    )
    return LeanChart(lines, reach, WIDTH / 2)


def shade_of(score: float | None) -> int | None:
    """The shade 0..9 of a score of 0..100; None where there is none."""
    return None if score is None else min(STEPS - 1, max(0, int(score // (100 / STEPS))))
