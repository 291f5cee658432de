"""One figure as Prometheus knows it. All are gauges: what is read from rows can also fall, when rows are removed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily

PREFIX: Final = "callcoach_"
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")

Rows = Mapping[tuple[str, ...], float]


def gauge(name: str, about: str, value: float | None) -> GaugeMetricFamily:
    """A figure without labels; without a value it is named and has no sample."""
    family = GaugeMetricFamily(PREFIX + name, about)
    if value is not None:
        family.add_metric([], float(value))
    return family


def gauges(name: str, about: str, labels: Sequence[str], rows: Rows) -> GaugeMetricFamily:
    """A figure by labels, in the order of `rows`."""
    family = GaugeMetricFamily(PREFIX + name, about, labels=list(labels))
    for values, value in rows.items():
        family.add_metric(list(values), float(value))
    return family


def word(text: str | None, otherwise: str = "other") -> str:
    """A short word as it is; whatever else stands there is not repeated."""
    return text if text is not None and _WORD.fullmatch(text) else otherwise


def age(now: float, at: datetime | float | None) -> float | None:
    """Seconds from then until `now` (seconds since 1970), never below 0; None for never."""
    if at is None:
        return None
    return max(0.0, now - (at.timestamp() if isinstance(at, datetime) else at))
