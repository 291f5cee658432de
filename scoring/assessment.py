"""The assessment: what the machine says of a call, as frozen types with the contract's JSON form (schema 1).

Keys come in the contract's order; seconds are rounded to 0.01, probabilities and confidences to 0.001, scores to 0.1.
Parts a build cannot fill are null or empty, never invented. Reading lives in `assessment_reading.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scoring.evidence import Absence, Evidence, Nearest, points, tenth
from scoring.findings import (
    FAULTS,
    MOVES,
    OBJECTION_TYPES,
    FoundFact,
    Named,
    Objection,
    Promise,
    Reason,
    Rejection,
    SummaryLine,
)
from scoring.script_findings import MoveFound, StageScript
from scoring.spans import MetricSpans, Span
from transcription.transcript import seconds, share

__all__ = [
    "CANNOT_JUDGE",
    "FAULTS",
    "MOVES",
    "NOT_APPLICABLE",
    "NOT_SCORED",
    "OBJECTION_TYPES",
    "SCHEMA",
    "SCORED",
    "STAGES",
    "UNANSWERED",
    "Absence",
    "Assessment",
    "CriterionResult",
    "Evidence",
    "FoundFact",
    "MetricSpans",
    "Metrics",
    "MoveFound",
    "Named",
    "Nearest",
    "NotAnAssessment",
    "Objection",
    "Part",
    "Promise",
    "Reason",
    "Rejection",
    "Score",
    "Span",
    "StageScript",
    "StageSpan",
    "Suggestion",
    "SummaryLine",
]

SCHEMA: Final = 1

NOT_APPLICABLE: Final = "na"
CANNOT_JUDGE: Final = "cannot_judge"
UNANSWERED: Final = "unanswered"
SCORED: Final = "scored"
NOT_SCORED: Final = "not_scored"

STAGES: Final = ("opening", "discovery", "presentation", "price", "objections", "close")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The answer the machine would give where the scorecard leaves it to a person; it has no share in a score."""

    answer: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion's answer: an option's id, or `na`, `cannot_judge`, `unanswered` (then `points` is None)."""

    id: str
    section: str
    answer: str
    points: float | None
    max: float
    weight: float
    confidence: float | None
    evidence: tuple[Evidence, ...] = ()
    absence: Absence | None = None
    why: str = ""
    suggestion: Suggestion | None = None

    @property
    def answered(self) -> bool:
        """Whether an option was chosen."""
        return self.points is not None

    def to_json(self) -> dict[str, Any]:
        """The contract's object; `suggestion` is in it only where there is one."""
        written = {
            "id": self.id,
            "section": self.section,
            "answer": self.answer,
            "points": points(self.points),
            "max": points(self.max),
            "weight": points(self.weight),
            "confidence": share(self.confidence),
            "evidence": [item.to_json() for item in self.evidence],
            "absence": None if self.absence is None else self.absence.to_json(),
            "why": self.why,
        }
        if self.suggestion is not None:
            written["suggestion"] = {
                "answer": self.suggestion.answer,
                "confidence": share(self.suggestion.confidence),
            }
        return written


@dataclass(frozen=True, slots=True)
class Score:
    """0..100 (+ bonus); None where nothing could be judged. `interval` is low and high of the final score."""

    raw: float | None
    final: float | None
    critical: float | None
    coverage: float | None
    interval: tuple[float, float] | None
    state: str

    def to_json(self) -> dict[str, Any]:
        return {
            "raw": tenth(self.raw),
            "final": tenth(self.final),
            "critical": tenth(self.critical),
            "coverage": share(self.coverage),
            "interval": None if self.interval is None else [tenth(self.interval[0]), tenth(self.interval[1])],
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class StageSpan:
    """A stage of the script; `turns` are the first and last turn (as delivered) that belong to it."""

    stage: str
    start: float | None
    end: float | None
    turns: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "start": seconds(self.start),
            "end": seconds(self.end),
            "turns": list(self.turns),
        }


@dataclass(frozen=True, slots=True)
class Metrics:
    """Timing measures; None means "not available" (no times, or poor ones)."""

    talk_ratio: float | None = None
    longest_monologue: float | None = None
    patience_median: float | None = None
    patience_p90: float | None = None
    interruptions: int | None = None
    dead_air: tuple[Span, ...] | None = None
    pace_rep: float | None = None
    pace_client: float | None = None
    questions: int | None = None
    open_questions: int | None = None
    interactivity: float | None = None
    spans: MetricSpans = field(default_factory=MetricSpans)

    def to_json(self) -> dict[str, Any]:
        return {
            "talk_ratio": share(self.talk_ratio),
            "longest_monologue": seconds(self.longest_monologue),
            "patience_median": seconds(self.patience_median),
            "patience_p90": seconds(self.patience_p90),
            "interruptions": self.interruptions,
            "dead_air": None if self.dead_air is None else [span.to_json() for span in self.dead_air],
            "pace_rep": None if self.pace_rep is None else round(self.pace_rep),
            "pace_client": None if self.pace_client is None else round(self.pace_client),
            "questions": self.questions,
            "open_questions": self.open_questions,
            "interactivity": tenth(self.interactivity),
            "spans": self.spans.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """What one of several reps held of the call, scored by itself: seconds and delivered turns from first to last.

    `criteria` are the ids of those that could be judged in the part; the scores are None where none could.
    """

    speaker: str
    name: str | None
    start: float | None
    end: float | None
    turns: tuple[int, int]
    raw: float | None
    final: float | None
    coverage: float | None
    criteria: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "speaker": self.speaker,
            "name": self.name,
            "from": seconds(self.start),
            "to": seconds(self.end),
            "turns": list(self.turns),
            "raw": tenth(self.raw),
            "final": tenth(self.final),
            "coverage": share(self.coverage),
            "criteria": list(self.criteria),
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """A whole call judged against one version of one standard."""

    standard: str
    version: int
    packs: Mapping[str, str]
    score: Score
    criteria: tuple[CriterionResult, ...]
    metrics: Metrics = field(default_factory=Metrics)
    models: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[StageSpan, ...] = ()
    objections: tuple[Objection, ...] = ()
    rejection: Rejection | None = None
    promises: tuple[Promise, ...] = ()
    facts_found: tuple[FoundFact, ...] = ()
    summary: tuple[SummaryLine, ...] = ()
    parts: tuple[Part, ...] = ()
    """Each rep's own part where several took part in the call; empty for one rep."""

    script: tuple[StageScript, ...] = ()
    """The standard's script on this call, stage by stage; empty for a standard without one."""

    def to_json(self) -> dict[str, Any]:
        """The contract's JSON object, keys in the contract's order."""
        return {
            "schema": SCHEMA,
            "standard": self.standard,
            "version": self.version,
            "packs": dict(sorted(self.packs.items())),
            "models": dict(sorted(self.models.items())),
            "score": self.score.to_json(),
            "criteria": [item.to_json() for item in self.criteria],
            "stages": [item.to_json() for item in self.stages],
            "metrics": self.metrics.to_json(),
            "objections": [item.to_json() for item in self.objections],
            "rejection": None if self.rejection is None else self.rejection.to_json(),
            "promises": [item.to_json() for item in self.promises],
            "facts_found": [item.to_json() for item in self.facts_found],
            "summary": [item.to_json() for item in self.summary],
            "parts": [item.to_json() for item in self.parts],
            "script": [item.to_json() for item in self.script],
        }

    @classmethod
    def from_json(cls, data: object) -> Assessment:
        """Read the contract's JSON. Raises NotAnAssessment naming the part that is wrong."""
        from scoring.assessment_reading import read_assessment

        return read_assessment(data)


class NotAnAssessment(ValueError):
    """The data is not an assessment in the contract's shape; `where` names the part that is wrong."""

    def __init__(self, why: str, *, where: str) -> None:
        super().__init__(f"not an assessment: {why} (at {where})")
        self.why = why
        self.where = where
