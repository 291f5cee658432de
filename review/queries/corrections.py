"""The edits of a call's transcript as they are stored, and the layer they make: what is shown, searched and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Correction, StoredTranscript, User
from review.services.corrections_layer import Layer, lay
from review.services.corrections_types import Edit, Heard, Kind
from transcription.transcript import Transcript, Turn


def read_edits(session: Session, call_id: int) -> tuple[Edit, ...]:
    """All edits of a call's transcripts, oldest first. One statement."""
    rows = session.execute(
        select(Correction, User.name)
        .outerjoin(User, User.id == Correction.user_id)
        .where(Correction.call_id == call_id)
        .order_by(Correction.number)
    )
    return tuple(_edit(row, name) for row, name in rows)


def read_layer(session: Session, call_id: int) -> Layer | None:
    """The call's newest transcript with its edits; None before there is one. Two statements."""
    newest = session.execute(
        select(StoredTranscript.id, StoredTranscript.body)
        .where(StoredTranscript.call_id == call_id)
        .order_by(StoredTranscript.number.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return None
    return lay(Transcript.from_json(unpack_body(newest.body)), newest.id, read_edits(session, call_id))


def read_shown(session: Session, call_id: int, machine: Transcript, transcript_id: int) -> Transcript:
    """A transcript of the call as people see it: with their corrections laid over it. One statement."""
    edits = read_edits(session, call_id)
    return lay(machine, transcript_id, edits).transcript if edits else machine


def turns_to_json(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Turns as an edit keeps them: in the contract's form."""
    return cast("list[dict[str, Any]]", Transcript(turns=tuple(turns)).to_json()["turns"])


def turns_from_json(data: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The turns of one side of an edit; empty when it is about the whole call."""
    turns = data.get("turns")
    return Transcript.from_json({"turns": turns}).turns if turns else ()


def _edit(row: Correction, name: str | None) -> Edit:
    return Edit(
        id=row.id,
        transcript_id=row.transcript_id,
        kind=cast(Kind, row.kind),
        turn=row.turn,
        before=turns_from_json(row.before),
        after=turns_from_json(row.after),
        roles=dict(row.after.get("roles") or {}),
        heard=tuple(Heard(float(start), float(end), str(role)) for start, end, role in row.after.get("heard") or ()),
        undoes=row.undoes,
        hidden=bool(row.after.get("hidden")),
        user_id=row.user_id,
        user_name=name,
        at=row.at,
    )
