"""Sealed originals of what redaction masked, and the named rights of persons beside their roles."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt

RIGHTS = ("see_originals",)


class SealedOriginal(Base):
    """What the masks of one transcript hide, encrypted (see review.services.sealed); `pieces` is how many masks."""

    __tablename__ = "sealed_original"

    transcript_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("transcript.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    pieces: Mapped[int]
    created_at: Mapped[CreatedAt]


class UserRight(Base):
    """A right given to one person by name, whatever their roles; RIGHTS lists the names."""

    __tablename__ = "user_right"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    granted_at: Mapped[CreatedAt]
