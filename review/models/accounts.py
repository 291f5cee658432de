"""Accounts: invitations, resets, one-time codes, another provider's sign-in, who was in which team, the first steps.

Secrets that must be read again are sealed, all others are kept only as hashes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId


class Invitation(Base):
    """A person asked in by address. Open while neither accepted nor withdrawn and `expires_at` is to come."""

    __tablename__ = "invitation"

    id: Mapped[RowId]
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(default="en")
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"))
    manages: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[CreatedAt]
    sent: Mapped[int] = mapped_column(default=1)  # how many letters went out
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A link that lets its holder choose a new passphrase once. `made_by` is the admin who made it, if one did."""

    __tablename__ = "password_reset"

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """A person's one-time codes: the sealed secret, and the last time step a code was taken of (never twice)."""

    __tablename__ = "one_time_code"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigId, default=0)
    created_at: Mapped[CreatedAt]
    confirmed_at: Mapped[datetime | None]  # None: shown, but no code of it was typed yet


class RecoveryCode(Base):
    """One of a person's codes for the day the telephone is lost; works once."""

    __tablename__ = "recovery_code"

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class PendingSignIn(Base):
    """A sign-in after its first step. It opens nothing but the page for the code; `need` is code or set_up."""

    __tablename__ = "pending_sign_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    need: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")


class IdentityProvider(Base):
    """The OpenID Connect provider of the installation; one row, number 1."""

    __tablename__ = "identity_provider"

    id: Mapped[RowId]
    issuer: Mapped[str]
    client_id: Mapped[str]
    secret: Mapped[bytes | None]  # sealed; None for a client without one
    label: Mapped[str]
    domains: Mapped[list[str]] = mapped_column(default=list)  # empty: every domain
    invited_only: Mapped[bool] = mapped_column(default=True)
    new_roles: Mapped[list[str]] = mapped_column(default=list)  # of people who come uninvited, where they may
    enabled: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[CreatedAt]


class UserIdentity(Base):
    """Which person of a provider signs in as which user: the issuer's subject, never the address alone."""

    __tablename__ = "user_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str]  # as the provider wrote it when they were connected
    connected_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]


class TeamMembership(Base):
    """A stretch of time in a team: of a rep or of a sign-in. `since` None: before anybody wrote it down."""

    __tablename__ = "team_membership"
    __table_args__ = (
        Index("ix_team_membership_rep_id_since", "rep_id", "since"),
        Index("ix_team_membership_user_id_since", "user_id", "since"),
    )

    id: Mapped[RowId]
    team_id: Mapped[int] = mapped_column(BigId, ForeignKey("team.id", ondelete="CASCADE"), index=True)
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    is_manager: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]


class Installation(Base):
    """What the company said of itself on its first day, and rules of signing in; one row, number 1."""

    __tablename__ = "installation"

    id: Mapped[RowId]
    company: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    products: Mapped[list[str]] = mapped_column(default=list)
    competitors: Mapped[list[str]] = mapped_column(default=list)
    code_roles: Mapped[list[str]] = mapped_column(default=list)  # who must use one-time codes
    named_at: Mapped[datetime | None]  # when the company's page was filled in
    samples_at: Mapped[datetime | None]  # when sample calls were asked for
    samples_done_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]  # when the list of first steps was put away
