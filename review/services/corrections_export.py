"""Corrections as training pairs: what an engine wrote and what a person wrote instead, with the place in the sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import Correction
from review.queries.corrections import read_layer
from review.services.audit import record
from review.services.corrections_types import Edit
from review.services.corrections_words import said
from transcription.transcript import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPair:
    """One turn whose words people changed; times in seconds of the call, None where the transcript has none."""

    call: int
    start: float | None
    end: float | None
    channel: int | None
    before: str  # the machine's words
    after: str  # the words people left, private numbers masked
    language: str | None
    engine: str | None
    model: str | None
    reviewer_id: int | None  # id of who changed the words last

    def to_json(self) -> dict[str, Any]:
        """The pair as one line of the export holds it, in this order."""
        return {**asdict(self), "start": seconds(self.start), "end": seconds(self.end)}


def corrected_calls(session: Session) -> tuple[int, ...]:
    """Ids of the calls whose words people changed, lowest first. One statement."""
    return tuple(
        session.scalars(
            select(Correction.call_id).where(Correction.kind == "words").distinct().order_by(Correction.call_id)
        )
    )


def read_pairs(session: Session, call_id: int) -> Iterator[TrainingPair]:
    """The pairs of one call: each turn that now says something else than its engine had. Two statements.

    A change that was taken back gives no pair, nor does one in punctuation or capitals alone.
    """
    layer = read_layer(session, call_id)
    if layer is None:
        return
    by_id = {edit.id: edit for edit in layer.edits}
    for item in layer.items:
        writer = _writer([by_id[n] for n in item.edits])
        if writer is None or said(item.machine.text) == said(item.turn.text):
            continue
        yield TrainingPair(
            call=call_id,
            start=item.turn.start,
            end=item.turn.end,
            channel=item.turn.channel,
            before=item.machine.text,
            after=item.turn.text,
            language=item.turn.language or layer.machine.language,
            engine=layer.machine.engine,
            model=layer.machine.model,
            reviewer_id=writer.user_id,
        )


def note_export(session: Session, user_id: int | None, *, door: str) -> int:
    """Write the export into the audit log, before it begins; how many calls it will speak of."""
    calls = session.scalar(select(func.count(func.distinct(Correction.call_id))).where(Correction.kind == "words")) or 0
    record(session, user_id, "corrections.exported", "correction", "all", calls=calls, door=door)
    return int(calls)


def _writer(edits: list[Edit]) -> Edit | None:
    return next((edit for edit in reversed(edits) if edit.kind == "words"), None)
