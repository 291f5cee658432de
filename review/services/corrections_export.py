"""Corrections as training pairs: what a machine wrote or whom it heard, what a person put instead, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import Correction
from review.queries.corrections import read_layer
from review.services.audit import record
from review.services.corrections_types import Edit, map_roles, speaker_of
from review.services.corrections_words import said
from transcription.transcript import seconds

_TAUGHT: Final = ("words", "speaker")
"""Kinds of corrections that a machine can learn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPair:
    """One turn whose words or speaker people changed; times in seconds, None where the transcript has none.

    Speakers are named as in corrections (rep, client, rep_2, system, unknown, speaker_a, ...). Both bear
    the names the call has now: where somebody swapped the sides of the whole call, that alone is no pair.
    """

    call: int
    start: float | None
    end: float | None
    channel: int | None
    before: str  # the machine's words
    after: str  # the words people left, private numbers masked
    language: str | None
    engine: str | None
    model: str | None
    reviewer_id: int | None  # id of who changed words or speaker last
    turn: int  # its place among the turns as they are shown, from 0
    speaker_before: str  # whom the machine heard
    speaker_after: str

    def to_json(self) -> dict[str, Any]:
        """The pair as one line of the export holds it, in this order."""
        return {**asdict(self), "start": seconds(self.start), "end": seconds(self.end)}


def corrected_calls(session: Session) -> tuple[int, ...]:
    """Ids of the calls in which people changed words or speakers, lowest first. One statement."""
    chosen = select(Correction.call_id).where(Correction.kind.in_(_TAUGHT)).distinct()
    return tuple(session.scalars(chosen.order_by(Correction.call_id)))


def read_pairs(session: Session, call_id: int) -> Iterator[TrainingPair]:
    """The pairs of one call: each turn that now has other words or another speaker than the machine gave it.

    A change that was taken back gives no pair, nor does one in punctuation or capitals alone. Two statements.
    """
    layer = read_layer(session, call_id)
    if layer is None:
        return
    by_id = {edit.id: edit for edit in layer.edits}
    for place, item in enumerate(layer.items):
        writer = _writer([by_id[n] for n in item.edits])
        if writer is None:
            continue
        heard = item.machine
        for roles in layer.mappings:
            heard = map_roles(heard, roles)
        speakers = speaker_of(heard), speaker_of(item.turn)
        if said(item.machine.text) == said(item.turn.text) and speakers[0] == speakers[1]:
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
            turn=place,
            speaker_before=speakers[0],
            speaker_after=speakers[1],
        )


def note_export(session: Session, user_id: int | None, *, door: str) -> int:
    """Write the export into the audit log, before it begins; how many calls it will speak of."""
    count = select(func.count(func.distinct(Correction.call_id))).where(Correction.kind.in_(_TAUGHT))
    calls = session.scalar(count) or 0
    record(session, user_id, "corrections.exported", "correction", "all", calls=calls, door=door)
    return int(calls)


def _writer(edits: list[Edit]) -> Edit | None:
    return next((edit for edit in reversed(edits) if edit.kind in _TAUGHT), None)
