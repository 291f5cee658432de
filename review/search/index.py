"""Writing the search index: the turns of a call's shown transcript, cut into terms. The tables follow by themselves.

SQLite's FTS5 table is kept by triggers on `segment`, PostgreSQL's `tsvector` is a generated column: storing a segment
is all that either needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from review.models import Segment
from review.search.analyze import analyze
from transcription.transcript import Transcript


@dataclass(frozen=True, slots=True)
class TurnText:
    """One turn to be found: its index in the transcript, who spoke, when (seconds, None when unknown) and what."""

    turn: int
    role: str
    start: float | None
    end: float | None
    text: str


def index_transcript(session: Session, call_id: int, transcript: Transcript) -> int:
    """Make this transcript the one that search finds for the call; how many turns it holds. Does not commit."""
    turns = [TurnText(at, turn.role, turn.start, turn.end, turn.text) for at, turn in enumerate(transcript.turns)]
    return replace_segments(session, call_id, turns, transcript.language)


def replace_segments(session: Session, call_id: int, turns: Sequence[TurnText], language: str | None) -> int:
    """Forget the call's indexed turns and index these; how many were stored (turns without a word are not)."""
    session.execute(delete(Segment).where(Segment.call_id == call_id))
    rows = list(_rows(call_id, turns, language))
    if rows:
        session.execute(insert(Segment), rows)
    return len(rows)


def _rows(call_id: int, turns: Iterable[TurnText], language: str | None) -> Iterable[dict[str, object]]:
    for turn in turns:
        text = turn.text.replace("\x00", "")  # PostgreSQL's text cannot hold it, and it says nothing
        terms = analyze(text, language)
        if terms:
            yield {
                "call_id": call_id,
                "turn": turn.turn,
                "role": turn.role,
                "start": turn.start,
                "end": turn.end,
                "text": text,
                "tokens": " ".join(terms),
            }
