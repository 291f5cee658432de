"""Which seconds of a clip were really played: pieces reported one after the other, laid together and believed in part.

A report can claim no more than could be played since the last one at the player's highest speed; what is above that is
not refused but left out, so that an honest slow network costs nothing and a script cannot hear a minute in a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

FASTEST: Final = 3.0
"""The player's highest speed."""
LONGEST_REPORT: Final = 20.0
"""Seconds of sound one report can claim: players report about every five seconds of time."""
GRACE: Final = 2.0
"""Seconds of sound believed above what the clock allows: reports travel at uneven speed."""
MISSING: Final = 0.05
"""The part of a clip that may be missing from what was played: starts and ends are cut by players."""
MISSING_SECONDS: Final = 0.5
_TOUCHING: Final = 0.3  # seconds between two pieces that count as one: players skip a frame where they go on

Span = tuple[float, float]


def believe(start: float, end: float, *, since: float | None) -> Span | None:
    """The part of a report that can be true; `since`: seconds since the report before, None for the first.

    None for what is no stretch forward.
    """
    if not (0 <= start < end):
        return None
    most = LONGEST_REPORT if since is None else min(LONGEST_REPORT, max(0.0, since) * FASTEST + GRACE)
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


def is_heard(spans: Iterable[Sequence[float]], length: float) -> bool:
    """Whether the clip counts as heard through."""
    return seconds_heard(spans) >= length - max(MISSING_SECONDS, MISSING * length) - 0.01
