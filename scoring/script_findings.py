"""What a call makes of its standard's script, stage by stage, with the JSON form (`script` of the assessment)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scoring.evidence import Evidence, evidence_or_nulls

FOUND: Final = "found"
PARTIAL: Final = "partial"
MISSING: Final = "missing"
NOT_NEEDED: Final = "na"
UNSURE: Final = "cannot_judge"
SAID: Final = "said"


@dataclass(frozen=True, slots=True)
class MoveFound:
    """A move of a stage: found, partial, missing, na or cannot_judge when required, `said` when forbidden.

    `evidence` is the first quote that shows it, None for what was not found.
    """

    move: str
    state: str
    evidence: Evidence | None = None

    def to_json(self) -> dict[str, Any]:
        return {"move": self.move, "state": self.state, **evidence_or_nulls(self.evidence)}


@dataclass(frozen=True, slots=True)
class StageScript:
    """A stage of the script in this call: whether it took place, each required move, and the forbidden ones said."""

    stage: str
    seen: bool
    required: tuple[MoveFound, ...]
    forbidden: tuple[MoveFound, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "seen": self.seen,
            "required": [move.to_json() for move in self.required],
            "forbidden": [move.to_json() for move in self.forbidden],
        }


def read_stage(data: Mapping[str, Any]) -> StageScript:
    """The stage held by its JSON form. Raises KeyError, TypeError for another shape."""
    return StageScript(
        stage=data["stage"],
        seen=data["seen"],
        required=tuple(_move(item) for item in data["required"]),
        forbidden=tuple(_move(item) for item in data["forbidden"]),
    )


def _move(data: Mapping[str, Any]) -> MoveFound:
    if data["quote"] is None:
        return MoveFound(data["move"], data["state"])
    keys = ("quote", "start", "end", "turn", "role", "source", "speech_confidence")
    return MoveFound(data["move"], data["state"], Evidence(**{key: data[key] for key in keys}))
