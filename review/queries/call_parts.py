"""The parts of the call page that are read by the call's id alone, once the viewer's right to it is established."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import CallLeg, Delivery, Recording, StandardVersion, StoredAssessment, StoredTranscript
from scoring.standards import Standard, StandardNotFound, StandardText, load_standard
from scoring.standards import read_standard as read_standard_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One recording of the call, as it was delivered."""

    position: int
    name: str  # the sender's file name, without folders
    kind: str  # container by its magic bytes, e.g. wav
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One time the call was delivered, through which door."""

    door: str  # upload, import, folder, api or webhook
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptVersion:
    """One transcript of the call; the newest is the one shown."""

    id: int
    number: int  # 1..
    engine: str | None
    model: str | None
    reason: str | None  # why this engine and model were chosen
    language: str | None
    draft: bool
    created_at: datetime
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentVersion:
    """One assessment of the call; re-scoring makes a new one beside the old."""

    id: int
    standard: str
    version: int
    final: float | None
    coverage: float | None
    state: str
    created_at: datetime
    current: bool


def read_transcripts(session: Session, call_id: int) -> tuple[tuple[TranscriptVersion, ...], dict[str, Any] | None]:
    """All transcripts, newest first, and the newest as the machine made it, in the contract's JSON. Two statements."""
    stored = session.execute(
        select(
            StoredTranscript.id,
            StoredTranscript.number,
            StoredTranscript.engine,
            StoredTranscript.model,
            StoredTranscript.reason,
            StoredTranscript.language,
            StoredTranscript.draft,
            StoredTranscript.created_at,
        )
        .where(StoredTranscript.call_id == call_id)
        .order_by(StoredTranscript.number.desc())
    ).all()
    newest = stored[0].id if stored else 0
    body = session.scalar(select(StoredTranscript.body).where(StoredTranscript.id == newest))
    versions = tuple(
        TranscriptVersion(
            id=row.id,
            number=row.number,
            engine=row.engine,
            model=row.model,
            reason=row.reason,
            language=row.language,
            draft=row.draft,
            created_at=row.created_at,
            current=row.id == newest,
        )
        for row in stored
    )
    return versions, _unpack(body)


def read_assessments(
    session: Session, call_id: int, current_id: int | None
) -> tuple[tuple[AssessmentVersion, ...], dict[str, Any] | None]:
    """All assessments, newest first, and the current one as the contract's JSON. Two statements."""
    stored = session.execute(
        select(
            StoredAssessment.id,
            StoredAssessment.standard,
            StoredAssessment.version,
            StoredAssessment.final,
            StoredAssessment.coverage,
            StoredAssessment.state,
            StoredAssessment.created_at,
        )
        .where(StoredAssessment.call_id == call_id)
        .order_by(StoredAssessment.id.desc())
    ).all()
    body = session.scalar(
        select(StoredAssessment.body).where(
            StoredAssessment.id == (current_id or 0), StoredAssessment.call_id == call_id
        )
    )
    versions = tuple(AssessmentVersion(**row._mapping, current=row.id == current_id) for row in stored)
    return versions, _unpack(body)


def read_standard(session: Session, assessment: Mapping[str, Any] | None, language: str) -> StandardText | None:
    """The words of the standard an assessment was made with, as they were then; None without an assessment.

    The text stored beside the scores comes first: the shipped file may be a later version. One statement.
    """
    if assessment is None:
        return None
    name, version = str(assessment.get("standard") or ""), int(assessment.get("version") or 0)
    text = session.scalar(
        select(StandardVersion.text).where(StandardVersion.name == name, StandardVersion.version == version)
    )
    if text:
        return _parse_standard(text, f"{name}.yaml").describe(language)
    try:
        shipped = load_standard(name)
    except StandardNotFound:
        return None
    return shipped.describe(language) if shipped.version == version else None


def read_legs(session: Session, call_id: int) -> tuple[Leg, ...]:
    """The call's recordings in order. One statement."""
    rows = session.execute(
        select(CallLeg.position, CallLeg.original_name, Recording.kind, Recording.size, CallLeg.sha256)
        .join(Recording, Recording.sha256 == CallLeg.sha256)
        .where(CallLeg.call_id == call_id)
        .order_by(CallLeg.position)
    )
    return tuple(
        Leg(position=row.position, name=row.original_name, kind=row.kind, size=row.size, sha256=row.sha256)
        for row in rows
    )


def read_deliveries(session: Session, call_id: int) -> tuple[DeliveryRow, ...]:
    """The times the call was delivered, first to last. One statement."""
    rows = session.execute(
        select(Delivery.door, Delivery.received_at).where(Delivery.call_id == call_id).order_by(Delivery.id)
    )
    return tuple(DeliveryRow(door=row.door, received_at=row.received_at) for row in rows)


@lru_cache(maxsize=64)
def _parse_standard(text: str, file: str) -> Standard:
    return read_standard_text(text, file)


def _unpack(body: bytes | None) -> dict[str, Any] | None:
    return None if body is None else unpack_body(body)
