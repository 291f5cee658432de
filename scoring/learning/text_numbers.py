"""Amounts of money in a turn and how they stand to the amounts said before: the figures' part of the text features."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

# A figure with its currency sign and thousands mark ("$1,800.00", "20k", "3만"), and what directly follows it.
_FIGURE: Final = re.compile(
    r"(?P<sign>[$€£¥₩₽]\s?)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    r"\s?(?P<scale>k\b|тыс|만|万)?(?P<after>[^\d]{0,14})",
    re.IGNORECASE,
)
_SCALES: Final = {"k": 1_000.0, "тыс": 1_000.0, "만": 10_000.0, "万": 10_000.0}
# A figure followed by one of these counts something other than money.
_UNITS: Final = re.compile(
    r"^\s*-?(?:gb|tb|mb|inch|in\b|\"|'|ft|feet|foot|sq|bed|bath|br\b|ba\b|bdrm|month|mo\b|year|yr|day|week|hour|hr|min"
    r"|mile|mi\b|mph|km|cm|mm|m\b|lb|kg|pound|oz|person|people|piece|pc|chair|tire|door|owner|cyl|speed|watt|w\b|volt"
    r"|%|percent|x\b|st\b|nd\b|rd\b|th\b|am\b|pm\b|:|times?\b|room|set|more|of\b|other|kids?|dogs?|cats?|/"
    r"|мес|лет|год|дн|час|минут|шт|개월|년|일|시|분|명|个月|年|月|日|天|点|分|个|人|号)",
    re.IGNORECASE,
)
_YEARS: Final = (1950, 2030)
_LEAST: Final = 2.0
_RATIO_BOUND: Final = 2.0


def amounts(text: str) -> list[float]:
    """The figures in a turn that may be money, in order: no counts with a unit, no years, nothing under 2."""
    found: list[float] = []
    for match in _FIGURE.finditer(text):
        value = float(match["digits"].replace(",", "") + (match["part"] or ""))
        plain = not match["sign"] and not match["scale"]
        if match["scale"]:
            value *= _SCALES[match["scale"].lower()]
        year = _YEARS[0] <= value <= _YEARS[1] and not match["part"] and "," not in match["digits"]
        if value < _LEAST or (plain and (year or _UNITS.match(match["after"] or ""))):
            continue
        found.append(value)
    return found


def log_ratio(value: float | None, other: float | None) -> float:
    """ln(value / other), bounded to +-2; 0 when either is missing."""
    if not value or not other:
        return 0.0
    return max(-_RATIO_BOUND, min(_RATIO_BOUND, math.log(value / other)))


def relations(text: str, previous: Sequence[str]) -> tuple[float, ...]:
    """How a turn's last amount stands to the last one of each earlier turn given (nearest first).

    Per earlier turn: below, above, equal (0 or 1) and the bounded log ratio; before them how many amounts the turn has.
    """
    own = amounts(text)
    offer = own[-1] if own else None
    found: list[float] = [float(min(len(own), 3))]
    for said in previous:
        theirs = amounts(said)
        other = theirs[-1] if theirs else None
        both = offer is not None and other is not None
        found += [
            float(both and offer < other),  # type: ignore[operator]
            float(both and offer > other),  # type: ignore[operator]
            float(both and offer == other),
            log_ratio(offer, other),
        ]
    return tuple(found)
