"""Objection episodes of the assessments shown, one row each: lists and counts need not open every assessment."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, RowId


class ObjectionEpisode(Base):
    """One episode as `scoring` found it; replaced together with the call's shown assessment.

    `judged` is what a person said of it (the newest verdict): it outranks `outcome`; "none" means it was no objection.
    `merit` ranks answers to one kind of objection, see review.services.episode_merit; None for what is no objection.
    """

    __tablename__ = "objection_episode"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index("ix_objection_episode_type_outcome", "type", "outcome"),
        Index("ix_objection_episode_type_merit", "type", "merit"),
        # Asked of each call of a list: without it SQLite reads every episode of the type for every call.
        Index("ix_objection_episode_call_id_type", "call_id", "type"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, ... in the order of the call
    type: Mapped[str]  # the first of `types`: what it is counted as
    types: Mapped[list[str]]
    outcome: Mapped[str]  # handled, partial, mishandled or ignored
    severity: Mapped[str | None]  # of the flag "mishandled objection": high, middle; None where nothing is flagged
    reaction: Mapped[str]
    start: Mapped[float | None]  # seconds, of the client's words
    quote: Mapped[str]  # the client's words, masked as everywhere
    answer: Mapped[str | None]  # the rep's
    moves: Mapped[list[str]]  # names of the handling moves found
    faults: Mapped[list[str]]  # names of the faults found
    turn: Mapped[int | None]  # of the client's words: by it a person's verdict names the episode
    end: Mapped[float | None]  # seconds, of the client's words
    answer_start: Mapped[float | None]  # seconds
    answer_end: Mapped[float | None]
    stage: Mapped[str | None]  # of the call, where the objection fell
    judged: Mapped[str | None]  # a person's verdict
    merit: Mapped[int | None]
