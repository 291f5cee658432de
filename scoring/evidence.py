"""Evidence: a quote with its place, or the window searched in vain; and how figures are rounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transcription.transcript import seconds, share


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote verbatim in the transcript. `turn` counts the transcript's turns as delivered; times in seconds.

    `source` is `rule:<id>`, `model:<id>` or `metric:<id>`; `speech_confidence` (0..1) is the mean over the quote's
    words, None where the words carry none (typed or imported text).
    """

    quote: str
    start: float | None
    end: float | None
    turn: int | None
    role: str
    source: str
    speech_confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "quote": self.quote,
            "start": seconds(self.start),
            "end": seconds(self.end),
            "turn": self.turn,
            "role": self.role,
            "source": self.source,
            "speech_confidence": share(self.speech_confidence),
        }


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest miss of an answer by absence: what came closest, verbatim."""

    quote: str
    start: float | None
    end: float | None

    def to_json(self) -> dict[str, Any]:
        return {"quote": self.quote, "start": seconds(self.start), "end": seconds(self.end)}


@dataclass(frozen=True, slots=True)
class Absence:
    """The window searched in vain (seconds, None without times) and the nearest miss in it."""

    start: float | None
    end: float | None
    nearest: Nearest | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "from": seconds(self.start),
            "to": seconds(self.end),
            "nearest": None if self.nearest is None else self.nearest.to_json(),
        }


def evidence_or_nulls(evidence: Evidence | None) -> dict[str, Any]:
    """The evidence keys, all null when there is no quote."""
    if evidence is not None:
        return evidence.to_json()
    return dict.fromkeys(("quote", "start", "end", "turn", "role", "source", "speech_confidence"))


def tenth(value: float | None) -> float | None:
    """A score as the contract writes it: rounded to 0.1."""
    return None if value is None else round(float(value), 1)


def points(value: float | None) -> float | int | None:
    """Points and weights: whole numbers stay whole, others are rounded to 0.001."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else round(float(value), 3)
