"""People: who signs in, in which roles and teams, and the reps who talk on calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.models.base import Base, BigId, CreatedAt, RowId

ROLES = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin")


class User(Base):
    """Someone who can sign in. `email` is stored casefolded; `disabled_at` ends every session at once."""

    __tablename__ = "user"

    id: Mapped[RowId]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    created_at: Mapped[CreatedAt]
    disabled_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]  # the last time

    roles: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class UserRole(Base):
    """One role of one user; ROLES lists the names."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class Team(Base):
    """A group of people with one or more managers."""

    __tablename__ = "team"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)


class TeamMember(Base):
    """A user's place in a team; a manager sees the calls of the team's reps."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(BigId, ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    is_manager: Mapped[bool] = mapped_column(default=False)


class Rep(Base):
    """The person who talks on calls, found by extension, e-mail or name; may or may not have a sign-in."""

    __tablename__ = "rep"
    __table_args__ = (UniqueConstraint("extension"), UniqueConstraint("user_id"))

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(index=True)
    extension: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    active: Mapped[bool] = mapped_column(default=True)

    team: Mapped[Team | None] = relationship()
