"""Learning from reviewers: verdicts, models made of them, what to ask next, answers in the shadow, drift."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now

VERDICT_KINDS = ("criterion", "objection", "rejection")
DRAWN_BY = ("random", "risk", "chosen")
MODEL_STATES = ("candidate", "shadow", "promoted", "retired")


class Verdict(Base):
    """One person's decision on one answer of the machine. Never changed, never deleted: a new one outranks it.

    `reviewer` names the person among all labels even after the account is gone, or when the label was imported.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        Index("ix_verdict_call_id_kind_target", "call_id", "kind", "target"),
        Index("ix_verdict_kind_target_id", "kind", "target", "id"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    assessment_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("assessment.id", ondelete="CASCADE"), index=True
    )
    transcript_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("transcript.id", ondelete="CASCADE"), index=True
    )
    standard: Mapped[str]
    version: Mapped[int]
    kind: Mapped[str]  # one of VERDICT_KINDS
    target: Mapped[str]  # the criterion's id; the objection's client turn; "rejection"
    machine: Mapped[str | None]  # the machine's answer when the person decided; None: it had none
    answer: Mapped[str]
    confirmed: Mapped[bool]
    span: Mapped[dict[str, Any] | None]  # {turn, start, end, quote}
    reason: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    reviewer: Mapped[str]
    drawn_by: Mapped[str] = mapped_column(default="chosen")  # one of DRAWN_BY
    packs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    models: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evaluation_id: Mapped[int | None] = mapped_column(BigId, index=True)  # the evaluation it came with, if any
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class LearnedModel(Base):
    """One version of a criterion's model in one language. Its file is written before the row and never changed."""

    __tablename__ = "learned_model"
    __table_args__ = (
        UniqueConstraint("criterion", "language", "version"),
        # Two promotions at once: the second one fails instead of leaving two models in charge.
        Index(
            "ix_learned_model_in_charge",
            "criterion",
            "language",
            unique=True,
            sqlite_where=text("state = 'promoted'"),
            postgresql_where=text("state = 'promoted'"),
        ),
    )

    id: Mapped[RowId]
    criterion: Mapped[str]
    language: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="candidate")  # one of MODEL_STATES
    data_sha256: Mapped[str]  # of the labels it was trained on
    file: Mapped[str]  # relative to the data folder
    file_sha256: Mapped[str]
    figures: Mapped[dict[str, Any]]  # over held-out folds of the training labels
    test: Mapped[dict[str, Any]] = mapped_column(default=dict)  # on the frozen test set
    usual: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it met when it was made: drift is measured by it
    created_at: Mapped[CreatedAt]


class ModelEvent(Base):
    """Something that happened to a model: trained, evaluated, shadow, promoted, retired, rolled_back."""

    __tablename__ = "model_event"

    id: Mapped[RowId]
    model_id: Mapped[int] = mapped_column(BigId, ForeignKey("learned_model.id", ondelete="CASCADE"), index=True)
    at: Mapped[CreatedAt]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    event: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class FrozenTest(Base):
    """The labelled calls a criterion's models are promoted by; chosen once, never trained on."""

    __tablename__ = "frozen_test"

    criterion: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    frozen_at: Mapped[CreatedAt]


class LabelRequest(Base):
    """A call picked to be answered by a person, and why; a verdict given on it says by it how the call was drawn."""

    __tablename__ = "label_request"
    __table_args__ = (UniqueConstraint("call_id", "target"), Index("ix_label_request_target_id", "target", "id"))

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    target: Mapped[str]
    why: Mapped[str]  # margin, disagreement or random
    worth: Mapped[float]
    drawn_at: Mapped[CreatedAt]


class ShadowAnswer(Base):
    """What a model in the shadow would have answered; nobody sees it on the call."""

    __tablename__ = "shadow_answer"

    model_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("learned_model.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    call_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    answer: Mapped[str]
    shown: Mapped[str]  # what the assessment says
    probability: Mapped[float | None]
    at: Mapped[CreatedAt]


class DriftReading(Base):
    """One night's comparison of the calls of now with those a criterion's judge was measured on."""

    __tablename__ = "drift_reading"
    __table_args__ = (UniqueConstraint("criterion", "language", "day"),)

    id: Mapped[RowId]
    criterion: Mapped[str]
    language: Mapped[str]
    day: Mapped[str]  # ISO date, UTC
    judge: Mapped[str]  # "rules", or the model's version
    calls: Mapped[int]
    psi: Mapped[float | None]
    unknown: Mapped[float | None]  # share of words the judge never met, 0..1
    speech: Mapped[float | None]  # the speech engine's mean confidence, 0..1
    kappa: Mapped[float | None]  # smoothed agreement with people
    alarms: Mapped[list[str]]
