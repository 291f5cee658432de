"""What stands on a client's card beside the CRM's rows: remarks of people, and what calls promised and told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

PROMISE_DECISIONS = ("kept", "not_kept", "taken_back")


class ClientComment(Base):
    """One person's remark on a client, never taken out; `token` is the browser's name for it: stored once."""

    __tablename__ = "client_comment"
    __table_args__ = (
        Index("ix_client_comment_client_id_created_at", "client_id", "created_at"),
        UniqueConstraint("user_id", "token"),
    )

    id: Mapped[RowId]
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    author: Mapped[str]  # names the person after the account is gone
    body: Mapped[str]  # plain text as typed
    mentions: Mapped[list[str]] = mapped_column(default=list)  # the ids of the users named in the body, as text
    token: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[str | None]  # a name


class CallPromise(Base):
    """One promise as `scoring` found it; replaced together with the call's shown assessment."""

    __tablename__ = "call_promise"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, ... in the order of the call
    said_by: Mapped[str]  # rep or client
    what: Mapped[str]  # send_offer, call_back, meeting, ...
    due_on: Mapped[date | None]  # the day named, if any
    turn: Mapped[int | None]
    start: Mapped[float | None]  # seconds
    end: Mapped[float | None]  # seconds
    quote: Mapped[str]  # masked as everywhere


class CallFact(Base):
    """One fact a client stated, as `scoring` found it; replaced together with the call's shown assessment."""

    __tablename__ = "call_fact"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str]  # budget, timing, decision_maker, competitor or next_contact
    value: Mapped[str]
    turn: Mapped[int | None]
    start: Mapped[float | None]  # seconds
    end: Mapped[float | None]  # seconds
    quote: Mapped[str]


class PromiseDecision(Base):
    """What a person said of a promise; appended, the newest stands.

    It names the promise by what it says and where: its row is made anew when the call is scored again.
    """

    __tablename__ = "promise_decision"

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    what: Mapped[str]
    due_on: Mapped[date | None]
    turn: Mapped[int | None]
    decision: Mapped[str]  # one of PROMISE_DECISIONS
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    author: Mapped[str]
    at: Mapped[CreatedAt]
