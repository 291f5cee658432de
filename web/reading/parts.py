"""Each rep's own part of a call in which several reps spoke, as the scorecard shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PartRow:
    """One rep's part: from and to in seconds, score 0..100 (None when nothing could be judged), coverage 0..1."""

    speaker: str
    name: str
    start: float | None
    end: float | None
    final: float | None
    coverage: float | None
    criteria: int  # how many could be judged


def read_parts(assessment: Mapping[str, Any]) -> tuple[PartRow, ...]:
    """The parts in the order the reps first speak; none while one rep speaks."""
    parts = assessment.get("parts") or []
    return tuple(
        PartRow(
            speaker=str(part.get("speaker") or "rep"),
            name=str(part.get("name") or ""),
            start=part.get("from"),
            end=part.get("to"),
            final=part.get("final"),
            coverage=part.get("coverage"),
            criteria=len(part.get("criteria") or []),
        )
        for part in parts
        if len(parts) > 1
    )
