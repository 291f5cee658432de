"""The assessment: what the machine says of a call, as frozen types with the contract's JSON form (schema 1).

Keys come in the contract's order; seconds are rounded to 0.01, probabilities and confidences to 0.001, scores to 0.1.
Parts a build cannot fill are null or empty, never invented. Reading lives in `assessment_reading.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from transcription.transcript import seconds, share

SCHEMA: Final = 1

NOT_APPLICABLE: Final = "na"
CANNOT_JUDGE: Final = "cannot_judge"
UNANSWERED: Final = "unanswered"
SCORED: Final = "scored"
NOT_SCORED: Final = "not_scored"

STAGES: Final = ("opening", "discovery", "presentation", "price", "objections", "close")
OBJECTION_TYPES: Final = (
    "price",
    "timing",
    "authority",
    "need",
    "competitor",
    "trust",
    "brush_off",
    "fit",
    "other",
)
MOVES: Final = ("listen", "acknowledge", "clarify", "answer", "alternative", "check", "next_step")
FAULTS: Final = ("cut_off", "argued", "instant_discount", "forbidden", "repeated_without_new_move")


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

    @property
    def answered(self) -> bool:
        """Whether an option was chosen."""
        return self.points is not None

    def to_json(self) -> dict[str, Any]:
        return {
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
class Span:
    """A stretch of the call in seconds."""

    start: float
    end: float

    def to_json(self) -> dict[str, Any]:
        return {"start": seconds(self.start), "end": seconds(self.end)}


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
        }


@dataclass(frozen=True, slots=True)
class Named:
    """A move, a fault or a reason: its name, an optional value or explanation, and its quote."""

    name: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection episode. `latency` is the silence in seconds before the rep's answer; `scale` is 0..3."""

    types: tuple[str, ...]
    genuine: float | None
    explicit: bool
    client: Evidence
    response: Evidence | None
    latency: float | None
    moves: tuple[Named, ...]
    faults: tuple[Named, ...]
    reaction: str
    outcome: str
    scale: int
    probability: float

    def to_json(self) -> dict[str, Any]:
        return {
            "types": list(self.types),
            "genuine": share(self.genuine),
            "explicit": self.explicit,
            "client": self.client.to_json(),
            "response": None if self.response is None else self.response.to_json(),
            "latency": seconds(self.latency),
            "moves": [{"name": move.name, **move.evidence.to_json()} for move in self.moves],
            "faults": [{"name": fault.name, **fault.evidence.to_json()} for fault in self.faults],
            "reaction": self.reaction,
            "outcome": self.outcome,
            "scale": self.scale,
            "probability": share(self.probability),
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against a wrong rejection; `evidence` is None for reasons that lie in the facts alone."""

    id: str
    why: str
    evidence: Evidence | None = None

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "why": self.why, **evidence_or_nulls(self.evidence)}


@dataclass(frozen=True, slots=True)
class Rejection:
    """How likely the lead was closed wrongly, with reasons, counter-reasons and what excludes it."""

    probability: float
    band: str
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    excluded: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "probability": share(self.probability),
            "band": self.band,
            "reasons": [reason.to_json() for reason in self.reasons],
            "against": [reason.to_json() for reason in self.against],
            "excluded": self.excluded,
        }


@dataclass(frozen=True, slots=True)
class Promise:
    """Something one side said it would do; `due` is an ISO date when it could be resolved."""

    by: str
    what: str
    due: str | None
    evidence: Evidence

    def to_json(self) -> dict[str, Any]:
        return {"by": self.by, "what": self.what, "due": self.due, **self.evidence.to_json()}


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact the client stated, with its value as said."""

    id: str
    value: str
    evidence: Evidence

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "value": self.value, **self.evidence.to_json()}


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the summary: a sentence quoted from the call."""

    about: str
    evidence: Evidence

    def to_json(self) -> dict[str, Any]:
        return {"about": self.about, **self.evidence.to_json()}


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


def tenth(value: float | None) -> float | None:
    """A score as the contract writes it: rounded to 0.1."""
    return None if value is None else round(float(value), 1)


def points(value: float | None) -> float | int | None:
    """Points and weights: whole numbers stay whole, others are rounded to 0.001."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else round(float(value), 3)


def evidence_or_nulls(evidence: Evidence | None) -> dict[str, Any]:
    """The evidence keys, all null when there is no quote."""
    if evidence is not None:
        return evidence.to_json()
    return dict.fromkeys(("quote", "start", "end", "turn", "role", "source", "speech_confidence"))
