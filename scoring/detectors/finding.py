"""What a detector answers: a level of its criterion, "not applicable" or "cannot judge", with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, Absence, Evidence


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is one of the detector's levels, or `na`, or `cannot_judge`; `why` is one sentence."""

    level: str
    why: str
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()
    absence: Absence | None = None


def not_applicable(why: str, confidence: float = 0.9) -> Finding:
    """The criterion does not apply to this call."""
    return Finding(NOT_APPLICABLE, why, confidence)


def cannot_judge(why: str, evidence: tuple[Evidence, ...] = ()) -> Finding:
    """The machine cannot tell; a person can listen."""
    return Finding(CANNOT_JUDGE, why, None, evidence)
