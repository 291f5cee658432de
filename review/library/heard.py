"""Which seconds of a clip were really played: pieces reported one after the other, laid together and believed in part.

Reports can claim no more than could be played in the time they are from, at the player's highest speed, whichever clips
of a playlist they are about; what is above that is not refused but left out, so that an honest slow network costs
nothing and a script cannot hear a minute in a second, nor ten clips at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

FASTEST: Final = 3.0
"""The player's highest speed."""
LONGEST_REPORT: Final = 20.0
"""Seconds of sound that can be claimed at once: players report about every five seconds, and what a slow network held
back comes in a row."""
MISSING: Final = 0.05
"""The part of a clip that may be missing from what was played: starts and ends are cut by players."""
MISSING_SECONDS: Final = 0.5
_TOUCHING: Final = 0.3  # seconds between two pieces that count as one: players skip a frame where they go on

Span = tuple[float, float]


def allowed(left: float | None, since: float) -> float:
    """Seconds of sound that can be claimed now; `left` of the report before (None: there was none), `since` seconds."""
    return LONGEST_REPORT if left is None else min(LONGEST_REPORT, left + max(0.0, since) * FASTEST)


def believe(start: float, end: float, most: float) -> Span | None:
    """The part of a report that can be true where `most` seconds can be claimed; None for what is no stretch."""
    if not (0 <= start < end) or most <= 0:
        return None
    return start, min(end, start + most)


def lay_together(spans: Iterable[Sequence[float]], fresh: Span | None, length: float) -> tuple[Span, ...]:
    """The stretches heard so far, in order and not touching, cut to the clip's length in seconds."""
    pieces = sorted((float(begin), float(end)) for begin, end in [*spans, *([fresh] if fresh else [])])
    found: list[Span] = []
    for begin, end in pieces:
        begin, end = max(0.0, begin), min(length, end)
        if end <= begin:
            continue
        if found and begin <= found[-1][1] + _TOUCHING:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple((round(begin, 2), round(end, 2)) for begin, end in found)


def seconds_heard(spans: Iterable[Sequence[float]]) -> float:
    """How much of the clip that is."""
    return round(sum(end - begin for begin, end in spans), 2)


def go_on_at(spans: Sequence[Sequence[float]], place: float, length: float) -> float:
    """Where listening goes on: where it was left off; where that was the end, at the first piece that is missing."""
    if place < length - max(MISSING_SECONDS, MISSING * length):
        return place
    return float(spans[0][1]) if spans and spans[0][0] <= _TOUCHING else 0.0


def is_heard(spans: Iterable[Sequence[float]], length: float) -> bool:
    """Whether the clip counts as heard through."""
    return seconds_heard(spans) >= length - max(MISSING_SECONDS, MISSING * length) - 0.01
