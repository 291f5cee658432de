"""Evidence as the page shows it, and the tone of a judgement: good, warn or bad, None where nothing was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Tone = Literal["good", "warn", "bad"]

OUTCOME_TONE: Mapping[str, Tone] = {"handled": "good", "partial": "warn", "mishandled": "bad", "ignored": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """A quote that plays; times in seconds, None when the transcript has none."""

    quote: str
    start: float | None
    end: float | None
    turn: int | None
    role: str
    source: str
    speech_confidence: float | None  # 0..1, how sure the speech engine was of these words


def read_evidence(item: Mapping[str, Any] | None) -> EvidenceRow | None:
    """The evidence in a JSON object that holds its keys among others; None when it quotes nothing."""
    if not item or not item.get("quote"):
        return None
    return EvidenceRow(
        quote=str(item["quote"]),
        start=item.get("start"),
        end=item.get("end"),
        turn=item.get("turn"),
        role=str(item.get("role") or ""),
        source=str(item.get("source") or ""),
        speech_confidence=item.get("speech_confidence"),
    )


def tone_of_points(points: float | None, least: float, most: float) -> Tone | None:
    """The tone of an answer that got `points` between `least` and `most`."""
    if points is None or most <= least:
        return None
    if points >= most:
        return "good"
    return "bad" if points <= least else "warn"
