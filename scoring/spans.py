"""Where in the call a measure was taken: the stretches behind the figures, so that each can be drawn and played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.evidence import Evidence
from transcription.transcript import seconds


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the call in seconds."""

    start: float
    end: float

    def to_json(self) -> dict[str, Any]:
        return {"start": seconds(self.start), "end": seconds(self.end)}


@dataclass(frozen=True, slots=True)
class InterruptionSpan:
    """Both speak, in seconds: `by` starts in delivered turn `turn` until the other breaks off."""

    start: float
    end: float
    by: str
    turn: int

    def to_json(self) -> dict[str, Any]:
        return {"start": seconds(self.start), "end": seconds(self.end), "by": self.by, "turn": self.turn}


@dataclass(frozen=True, slots=True)
class QuestionSpan:
    """A question of the rep's with its quote, open or closed."""

    open: bool
    evidence: Evidence

    def to_json(self) -> dict[str, Any]:
        return {"open": self.open, **self.evidence.to_json()}


@dataclass(frozen=True, slots=True)
class MetricSpans:
    """The stretches behind the call's measures, in order of time; `patience` may hold gaps of no length."""

    longest_monologue: Span | None = None
    patience: tuple[Span, ...] = ()
    interruptions: tuple[InterruptionSpan, ...] = ()
    questions: tuple[QuestionSpan, ...] = ()

    def to_json(self) -> dict[str, Any]:
        longest = self.longest_monologue
        return {
            "longest_monologue": None if longest is None else longest.to_json(),
            "patience": [span.to_json() for span in self.patience],
            "interruptions": [span.to_json() for span in self.interruptions],
            "questions": [span.to_json() for span in self.questions],
        }
