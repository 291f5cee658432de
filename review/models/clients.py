"""Clients and what the CRM knows of them: phones, deals, loss reasons and tasks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.models.base import Base, BigId, CreatedAt, RowId

POTENTIALS = ("low", "middle", "high")
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
    __table_args__ = (Index("ix_deal_client_id_opened_at", "client_id", "opened_at"),)

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
