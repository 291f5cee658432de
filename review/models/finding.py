"""Finding calls again: filters kept under a name, and tags that people put on calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now

SHARED_WITH = ("nobody", "team", "everybody")
VIEW_PAGES = ("inbox", "objections")


class SavedView(Base):
    """Filters under a name; `query` is the page's query string, so that relative periods stay relative."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("user_id", "page", "name"),
        CheckConstraint("shared IN ('" + "', '".join(SHARED_WITH) + "')", name="shared"),
        Index("ix_saved_view_page_shared", "page", "shared"),
        Index("ix_saved_view_team_id", "team_id"),
    )

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    page: Mapped[str]  # one of VIEW_PAGES
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[str] = mapped_column(default="nobody")  # one of SHARED_WITH
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"))  # of shared = team
    position: Mapped[int] = mapped_column(default=0)  # among the owner's views of the page, lowest first
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class DefaultView(Base):
    """The view a person's page opens with; their own or one that is shared with them."""

    __tablename__ = "default_view"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True)
    view_id: Mapped[int] = mapped_column(BigId, ForeignKey("saved_view.id", ondelete="CASCADE"), index=True)


class Tag(Base):
    """A word people mark calls with; `folded` is the name as it is compared (NFKC, case folded)."""

    __tablename__ = "tag"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)
    folded: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]


class CallTag(Base):
    """A tag on a call, and who put it there."""

    __tablename__ = "call_tag"
    __table_args__ = (Index("ix_call_tag_tag_id_call_id", "tag_id", "call_id"),)

    call_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tag_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
