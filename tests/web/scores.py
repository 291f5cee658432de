"""A small assessment of the shipped default standard, in the contract's JSON, for pages to show."""

from __future__ import annotations

from typing import Any

from scoring.standards import default_standard_name, load_standard


def assessment_of(
    role: str = "rep", *, quote: str = "good morning", why: str = "It was said.", final: float = 61.0
) -> dict[str, Any]:
    """Every criterion of the standard answered with its first option, each with the same quote as evidence."""
    name = default_standard_name()
    text = load_standard(name).describe("en")
    evidence = {
        "quote": quote,
        "start": 0.0,
        "end": 2.0,
        "turn": 0,
        "role": role,
        "source": "rule:greeting",
        "speech_confidence": 0.95,
    }
    criteria = [
        {
            "id": criterion.id,
            "section": section.id,
            "answer": criterion.options[0].id if criterion.options else "na",
            "points": 1,
            "max": 2,
            "weight": 5,
            "confidence": 0.9,
            "evidence": [evidence],
            "absence": None,
            "why": why,
        }
        for section in text.sections
        for criterion in section.criteria
    ]
    return {
        "schema": 1,
        "standard": name,
        "version": load_standard(name).version,
        "packs": {"en": "1"},
        "models": {},
        "score": {
            "raw": final,
            "final": final,
            "critical": 100.0,
            "coverage": 0.94,
            "interval": None,
            "state": "scored",
        },
        "criteria": criteria,
        "stages": [],
        "metrics": {
            "talk_ratio": 0.62,
            "longest_monologue": 41.2,
            "patience_median": 0.4,
            "patience_p90": 1.9,
            "interruptions": 3,
            "dead_air": [],
            "pace_rep": 172,
            "pace_client": 150,
            "questions": 9,
            "open_questions": 4,
            "interactivity": 7.1,
        },
        "objections": [],
        "rejection": None,
        "promises": [],
        "facts_found": [],
        "summary": [],
    }
