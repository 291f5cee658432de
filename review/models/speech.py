"""The speech model that could be had when the sweep last looked: pages compare calls with it and ask no hub."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, CreatedAt


class SpeechNow(Base):
    """One row for each engine that was looked for; `rank` (review.speech_rank) is empty while it cannot be had."""

    __tablename__ = "speech_now"

    engine: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str | None]
    rank: Mapped[int | None]
    reason: Mapped[str]  # why this model, or why none, in words for people
    checked_at: Mapped[CreatedAt]
