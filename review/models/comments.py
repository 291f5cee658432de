"""What people say about a call and to each other: comments, notifications, clips and playlists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId


class Comment(Base):
    """One person's remark on a call, at a second or on the whole of it, or an answer to one. Never taken out.

    `author` names the person after the account is gone. `token` is the browser's name for it: sent twice, stored once.
    """

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_call_id_id", "call_id", "id"),
        UniqueConstraint("user_id", "token"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    author: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    at: Mapped[float | None]  # seconds; None: about the whole call
    turn: Mapped[int | None]  # the turn's place when it was written; shown by `at` afterwards
    body: Mapped[str]  # plain text as typed
    reviewers_only: Mapped[bool] = mapped_column(default=False)
    mentions: Mapped[list[str]] = mapped_column(default=list)  # the ids of the users named in the body, as text
    token: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[str | None]  # a name


class Notification(Base):
    """Something one person should know; its sentence is built from `kind` and `body` in the reader's language.

    `mail` says how it goes out by mail: "new" (not decided), "mail" (at once), "digest", "" (not at all, or it has).
    """

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_user_id_read_at_id", "user_id", "read_at", "id"),)

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str]
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]
    hidden: Mapped[bool] = mapped_column(default=False)  # of a kind the person has switched off
    mail: Mapped[str] = mapped_column(default="")
    mail_at: Mapped[datetime | None] = mapped_column(index=True)  # when to look at it again; None: no mail to come
    letter_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("letter.id", ondelete="SET NULL"), index=True)


class Clip(Base):
    """A stretch of a call worth hearing again. It has no sound of its own: it plays `start` to `end` of the call."""

    __tablename__ = "clip"
    __table_args__ = (Index("ix_clip_topic", "topic"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    author: Mapped[str]
    start: Mapped[float]  # seconds
    end: Mapped[float]  # seconds, after `start`
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    objection: Mapped[str] = mapped_column(default="", server_default="", index=True)  # "": none
    stage: Mapped[str] = mapped_column(default="", server_default="", index=True)  # of the script; "": none
    created_at: Mapped[CreatedAt]


class Playlist(Base):
    """Clips in an order, for listening to one after the other."""

    __tablename__ = "playlist"

    id: Mapped[RowId]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    author: Mapped[str]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]


class PlaylistItem(Base):
    """One clip's place in one playlist."""

    __tablename__ = "playlist_item"
    __table_args__ = (UniqueConstraint("playlist_id", "clip_id"),)

    id: Mapped[RowId]
    playlist_id: Mapped[int] = mapped_column(BigId, ForeignKey("playlist.id", ondelete="CASCADE"))
    clip_id: Mapped[int] = mapped_column(BigId, ForeignKey("clip.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    added_at: Mapped[CreatedAt]
