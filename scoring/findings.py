"""What is found in a call beside the scorecard: objections, a wrong rejection, promises, facts, the summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from scoring.evidence import Evidence, evidence_or_nulls
from transcription.transcript import seconds, share

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
MISSED: Final = ("mishandled", "ignored")
"""Outcomes that raise the flag "mishandled objection"."""

GRAVE_FAULTS: Final = frozenset({"argued", "forbidden", "repeated_without_new_move"})
"""Faults that are grave by themselves: they turn the talk against the client, or show that nobody listened."""

MEANT: Final = 0.6
"""From this chance (0..1) of being genuine an ignored objection is a grave miss: above a coin's toss by a margin."""


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
    why: str = ""
    """What made the model of turns say so, as a sentence; empty where a phrase of the pack is the evidence."""

    @property
    def severity(self) -> str | None:
        """How grave the flag "mishandled objection" is: high, middle, or None where nothing is flagged.

        By what the rep did alone, never by how the client took it. High: an objection that was probably meant was left
        without a word, pressure or quarrel answered it, or two faults met in one episode.
        """
        if self.outcome not in MISSED:
            return None
        names = {fault.name for fault in self.faults}
        if self.outcome == "ignored":
            return "high" if (self.genuine or 0.0) >= MEANT else "middle"
        return "high" if names & GRAVE_FAULTS or len(names) > 1 else "middle"

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
            "severity": self.severity,
            **({"why": self.why} if self.why else {}),
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
