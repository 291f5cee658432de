"""E-mails: who wants which notification how, letters to be sent, addresses that refuse, and how sending goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

LETTER_STATES = ("waiting", "sending", "sent", "failed", "dropped")
NOTICE_WAYS = ("app", "mail", "digest", "off")


class NoticeChoice(Base):
    """How one person wants one kind of notification; without a row the kind's default for their roles holds."""

    __tablename__ = "notice_choice"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[str]  # one of NOTICE_WAYS
    chosen_at: Mapped[CreatedAt]


class NoticeHabit(Base):
    """When one person wants mail: the daily mail's time, and the hours in which mails wait. Minutes after midnight."""

    __tablename__ = "notice_habit"

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest_at: Mapped[int]
    quiet: Mapped[str]  # calendar: outside working hours; own: from quiet_from to quiet_to; none
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]
    zone: Mapped[str] = mapped_column(default="")  # empty: the calendar's


class Letter(Base):
    """One e-mail to send, at least once; `key` names it for good, `message_id` lets a server drop a repeat.

    `body` holds facts, never finished words: they are written in the reader's language when it is sent.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_state_next_at", "state", "next_at"),)

    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    address: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    body: Mapped[dict[str, Any]]
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")  # one of LETTER_STATES
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[float] = mapped_column(default=0.0)  # seconds since 1970, database clock
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]  # seconds since 1970, database clock
    error: Mapped[str] = mapped_column(default="")  # of the last try
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]  # after which it would tell nothing any more
    ended_at: Mapped[datetime | None] = mapped_column(index=True)  # sent, failed or dropped


class RefusedAddress(Base):
    """An address the mail server refuses for good: no mail goes there until somebody says to try again."""

    __tablename__ = "refused_address"

    address: Mapped[str] = mapped_column(primary_key=True)  # casefolded
    error: Mapped[str]
    since: Mapped[CreatedAt]


class MailState(Base):
    """How sending goes, one row: the last mail that went out, the server's last trouble, until when it is left."""

    __tablename__ = "mail_state"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)  # always 1
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")  # empty: the last try reached the server
    error_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)  # in a row that did not reach it
    pause_until: Mapped[float] = mapped_column(default=0.0)  # seconds since 1970, database clock
