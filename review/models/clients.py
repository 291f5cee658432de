"""Clients and what the CRM knows of them: phones, deals, loss reasons and tasks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.models.base import Base, BigId, CreatedAt, RowId

POTENTIALS = ("low", "middle", "high")
DEAL_KINDS = ("deal", "lead")
DEAL_STATUSES = ("open", "won", "closed_lost", "unqualified")


class Client(Base):
    """A person or company we sell to; `external_id` is the CRM's id for it."""

    __tablename__ = "client"

    id: Mapped[RowId]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    company: Mapped[str | None]
    email: Mapped[str | None]
    potential: Mapped[str | None]  # one of POTENTIALS
    client_group: Mapped[str | None]
    product_group: Mapped[str | None]
    note: Mapped[str | None]
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the company's own fields, by their names
    hot: Mapped[bool] = mapped_column(default=False)
    hot_note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)  # goes up with every change by hand: no one overwrites another's
    created_at: Mapped[CreatedAt]

    phones: Mapped[list[ClientPhone]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class ClientPhone(Base):
    """One telephone number of a client, in E.164; two clients may share a number."""

    __tablename__ = "client_phone"

    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"), primary_key=True)
    e164: Mapped[str] = mapped_column(primary_key=True, index=True)


class Deal(Base):
    """An opportunity with a client; `amount` in `currency` (ISO 4217), `stage_since` counts days without movement."""

    __tablename__ = "deal"
    __table_args__ = (
        Index("ix_deal_client_id_opened_at", "client_id", "opened_at"),
        Index("ix_deal_status_closed_at", "status", "closed_at"),
    )

    id: Mapped[RowId]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"))
    title: Mapped[str]
    stage: Mapped[str | None]
    stage_since: Mapped[datetime | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    currency: Mapped[str | None]
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(default="open")  # one of DEAL_STATUSES
    loss_reason: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(default="deal")  # one of DEAL_KINDS
    closed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    url: Mapped[str | None]  # of its card in the CRM


class LossReason(Base):
    """The CRM's list of reasons a deal is lost."""

    __tablename__ = "loss_reason"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class CrmTask(Base):
    """Something a rep has to do for a client; `done_at` is empty until it is done."""

    __tablename__ = "crm_task"

    id: Mapped[RowId]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"), index=True)
    deal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal.id", ondelete="SET NULL"), index=True)
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    title: Mapped[str]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class DealStage(Base):
    """A stage a deal came into, and when; `status` is the deal's from then on."""

    __tablename__ = "deal_stage"
    __table_args__ = (UniqueConstraint("deal_id", "at", "stage"),)

    id: Mapped[RowId]
    deal_id: Mapped[int] = mapped_column(BigId, ForeignKey("deal.id", ondelete="CASCADE"))
    stage: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")  # one of DEAL_STATUSES
    at: Mapped[datetime]
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)


class CrmNote(Base):
    """A note on a client's card in the CRM."""

    __tablename__ = "crm_note"
    __table_args__ = (Index("ix_crm_note_client_id_at", "client_id", "at"),)

    id: Mapped[RowId]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"))
    deal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal.id", ondelete="SET NULL"), index=True)
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    body: Mapped[str]
    author: Mapped[str] = mapped_column(default="")


class CrmEmail(Base):
    """An e-mail of the CRM: its subject and time, never its words."""

    __tablename__ = "crm_email"
    __table_args__ = (Index("ix_crm_email_client_id_at", "client_id", "at"),)

    id: Mapped[RowId]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"))
    deal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal.id", ondelete="SET NULL"), index=True)
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    subject: Mapped[str]
    direction: Mapped[str] = mapped_column(default="outbound")  # one of the call's DIRECTIONS


class DoNotCall(Base):
    """A number nobody may be sent to call, whoever asks."""

    __tablename__ = "do_not_call"

    e164: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="person")  # person, crm or call: who said so
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[CreatedAt]
