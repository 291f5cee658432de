"""Calls: where they come from, their recordings, their facts, and the state that says what is to be done next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now

CALL_STATES = (
    "received",
    "transcribing",
    "transcribed",
    "scoring",
    "scored",
    "needs_model",
    "no_audio",
    "dead",
)
DIRECTIONS = ("inbound", "outbound")
DISPOSITIONS = ("open", "won", "closed_lost", "unqualified")
DOORS = ("upload", "import", "folder", "api", "webhook")


class Source(Base):
    """A place calls come from (an upload page, a PBX folder); made when it first delivers. Empty means the default."""

    __tablename__ = "source"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # the door it first came through, one of DOORS
    language: Mapped[str | None]
    queue_languages: Mapped[dict[str, Any]] = mapped_column(default=dict)  # a queue's own language, by its name
    rep_channel: Mapped[int] = mapped_column(default=0)  # which channel of a two-channel recording is the rep's
    standard: Mapped[str | None]
    queue_standards: Mapped[dict[str, Any]] = mapped_column(default=dict)  # a queue's own standard, by its name
    company_names: Mapped[list[str]] = mapped_column(default=list)
    products: Mapped[list[str]] = mapped_column(default=list)  # what is sold, as it is said: helps the engine spell it
    engine: Mapped[str | None]  # auto, whisper or sphinx
    accuracy: Mapped[str] = mapped_column(default="normal")  # or high: more time for fewer wrong words
    created_at: Mapped[CreatedAt]


class Recording(Base):
    """The bytes of one file as delivered, kept unchanged in the store under their SHA-256; `size` in bytes."""

    __tablename__ = "recording"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str]  # what the first bytes say it is: wav, mp3, ogg, ... or transcript
    first_name: Mapped[str]
    created_at: Mapped[CreatedAt]


class Call(Base):
    """One telephone conversation and its place in the work.

    `lease_until`, `next_at` and `hinted_at` are seconds since 1970 by the database's clock (see review.states).
    `happened_at` is `started_at` where it is known, else when the call arrived: the one time lists are sorted by.
    `assessment_id` points at the assessment shown; it has no foreign key because assessments point back here, and
    neither back end could then create the two tables in one way.
    """

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("state IN ('" + "', '".join(CALL_STATES) + "')", name="state"),
        Index("ix_call_happened_at_id", "happened_at", "id"),
        Index("ix_call_state_next_at", "state", "next_at"),
        Index("ix_call_state_happened_at_id", "state", "happened_at", "id"),
        Index("ix_call_rep_id_happened_at_id", "rep_id", "happened_at", "id"),
        Index("ix_call_client_id_happened_at_id", "client_id", "happened_at", "id"),
        # Filters whose values may be rare among a million calls: without these, a page of them reads every call.
        Index("ix_call_source_happened_at_id", "source", "happened_at", "id"),
        Index("ix_call_source_queue", "source", "queue"),
        Index("ix_call_language_happened_at_id", "language", "happened_at", "id"),
        Index("ix_call_wrongly_rejected_happened_at_id", "wrongly_rejected", "happened_at", "id"),
        Index("ix_call_client_phone_started_at", "client_phone", "started_at"),
        Index("ix_call_external_id", "external_id"),  # the same call from another source
        Index("ix_call_state_speech_rank", "state", "speech_rank"),  # drafts a better model could write down
    )

    id: Mapped[RowId]
    source: Mapped[str] = mapped_column(ForeignKey("source.name", onupdate="CASCADE"))
    external_id: Mapped[str]

    # facts, as delivered and as matched
    direction: Mapped[str | None]
    started_at: Mapped[datetime | None]
    happened_at: Mapped[CreatedAt]
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"))
    rep_name: Mapped[str | None]  # as delivered, whether or not a rep was found
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("client.id", ondelete="SET NULL"))
    deal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal.id", ondelete="SET NULL"), index=True)
    client_phone: Mapped[str | None]  # E.164 where it could be read as a number, else as delivered
    queue: Mapped[str | None]
    disposition: Mapped[str | None]
    loss_reason: Mapped[str | None]
    result: Mapped[str | None]  # one of telephony's CALL_RESULTS: whether somebody answered
    talk_seconds: Mapped[int | None]  # from the answer on, as the telephone system counts
    language: Mapped[str | None]
    transcript_sha256: Mapped[str | None] = mapped_column(ForeignKey("recording.sha256"))  # delivered with the call

    # the work: see review.states for the statements that change these
    state: Mapped[str] = mapped_column(default="received")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]
    next_at: Mapped[float] = mapped_column(default=0.0)
    hinted_at: Mapped[float] = mapped_column(default=0.0)
    progress: Mapped[float] = mapped_column(default=0.0)  # 0..1 of the running step
    failure: Mapped[dict[str, Any] | None]  # {step, code, message, kept, advice, at}
    engine_wait: Mapped[dict[str, Any] | None]  # why it waits for a speech model: {reason, advice, at}

    # what came out, copied here so that lists need no join
    duration: Mapped[float | None]  # seconds
    partial: Mapped[bool] = mapped_column(default=False)  # less audio decoded than declared
    score_partial: Mapped[bool] = mapped_column(default=False)  # a person said: score it although it is partial
    draft: Mapped[bool] = mapped_column(default=False)
    score_final: Mapped[float | None]
    score_state: Mapped[str | None]  # scored or not_scored
    coverage: Mapped[float | None]
    objections: Mapped[int] = mapped_column(default=0)  # episodes found; this and the next three by services.call_flags
    objections_missed: Mapped[int] = mapped_column(default=0)  # of those, mishandled or ignored
    wrongly_rejected: Mapped[str | None]  # band of "possibly closed wrongly": high, middle, low
    cannot_judge: Mapped[float | None]  # 0..1, share of the criteria
    assessment_id: Mapped[int | None] = mapped_column(BigId)
    speech_rank: Mapped[int | None]  # of the shown transcript's engine, see review.speech_rank; None: not compared
    again_at: Mapped[datetime | None] = mapped_column(index=True)  # when it was last sent to be transcribed again

    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    legs: Mapped[list[CallLeg]] = relationship(
        order_by="CallLeg.position", cascade="all, delete-orphan", passive_deletes=True
    )


class CallLeg(Base):
    """One recording of a call: position 0 alone, or 0 (rep) and 1 (client) when two mono files came."""

    __tablename__ = "call_leg"

    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("recording.sha256"), index=True)
    original_name: Mapped[str]


class Delivery(Base):
    """One arrival of a call through a door, with the facts it brought; a repeat and a join keep theirs too."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_source_external_id", "source", "external_id"),)

    id: Mapped[RowId]
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    source: Mapped[str]
    external_id: Mapped[str]
    door: Mapped[str]
    facts: Mapped[dict[str, Any]]
    received_at: Mapped[CreatedAt]
