"""Telling every administrator something, in the application."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.models import User, UserRole


def tell_admins(session: Session, kind: str, body: Mapping[str, str]) -> None:
    """A notification for every administrator who can sign in."""
    admins = session.scalars(
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == "admin", User.disabled_at.is_(None))
        .order_by(UserRole.user_id)
    ).all()
    for user_id in admins:
        notify(session, user_id, kind, body=dict(body))
