"""Search in what was said: hits that open the call at the second, with the words around the match."""

from __future__ import annotations

from dataclasses import dataclass

from review.queries.call_rows import CallRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One turn that matches. `before + match + after` is a piece of the turn's own text, uncut words at its ends."""

    call_id: int
    turn: int  # index of the turn in the transcript
    start: float | None  # seconds from the call's beginning; None when the transcript has no times
    end: float | None
    role: str  # rep, client, speaker_a, speaker_b or system
    before: str
    match: str
    after: str
    cut_before: bool  # the turn's text goes on before `before`
    cut_after: bool
    call: CallRow
