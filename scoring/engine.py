"""Scoring a call: one pure function from transcript, standard and facts to an assessment."""

from __future__ import annotations

from scoring.assessment import Assessment
from scoring.facts import Facts
from scoring.standards import Standard
from transcription.transcript import Transcript


def score(transcript: Transcript, standard: Standard, facts: Facts | None = None) -> Assessment:
    """The call's assessment. The same input gives the same bytes: no clock, no randomness, no outside state."""
    raise NotImplementedError
