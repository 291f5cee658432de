"""The call page: facts, transcript, assessment, the standard's words, client card and neighbours of one call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.queries.call_rows import CallRow
from review.queries.crm_rows import ClientSummary, DealRow, TaskRow, TimelineItem


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail(CallRow):
    """Everything the call page shows: all of CallRow, and what follows.

    `transcript` and `assessment` are the contract's JSON objects (docs: contracts, schema 1); None until made.
    """

    attempts: int
    updated_at: datetime
    transcript: dict[str, Any] | None
    transcripts: tuple[TranscriptVersion, ...]  # newest first
    assessment: dict[str, Any] | None
    assessments: tuple[AssessmentVersion, ...]  # newest first
    standard: Any  # scoring.standards.StandardText in the viewer's language; None while there is no assessment
    legs: tuple[Leg, ...]
    deliveries: tuple[DeliveryRow, ...]
    audio_ready: bool  # the web copy and its peaks are made
    client: ClientSummary | None
    deal: DealRow | None  # the deal the call belongs to
    deals: tuple[DealRow, ...]  # all deals of the client, open first
    next_task: TaskRow | None
    timeline: tuple[TimelineItem, ...]  # the client's last moments, newest first, this call among them
    newer_id: int | None  # the next newer call the viewer may see
    older_id: int | None  # the next older one

    @property
    def has_audio(self) -> bool:
        """True when a recording was kept (an imported transcript may come without one)."""
        return bool(self.legs)

    @property
    def engine_reason(self) -> str | None:
        """Why the shown transcript's engine was chosen; while waiting for a model, why none could be."""
        if self.transcripts:
            return self.transcripts[0].reason
        return self.engine_wait.reason if self.engine_wait else None
