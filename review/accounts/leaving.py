"""What a person has handed out and no longer may: their open links end with their roles, so that none outlives them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.accounts.granting import grantable
from review.models import Invitation, PasswordReset, utc_now
from review.services import audit


def end_links_of(session: Session, user_id: int, roles: Iterable[str], *, by: int | None) -> None:
    """Withdraw the person's open invitations to roles that somebody with `roles` may not give (none: all of them).

    Links for new passphrases which they made and nobody used end as well. Does not commit.
    """
    given, now = set(grantable(roles)), utc_now()
    waiting = session.scalars(
        select(Invitation)
        .where(
            Invitation.invited_by == user_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id)
        .with_for_update()
    )
    for row in waiting:
        if not set(row.roles) <= given:
            row.withdrawn_at = now
            audit.record(session, by, "invitation.withdrawn", "invitation", row.id, email=row.email)
    session.flush()
    session.execute(
        update(PasswordReset)
        .where(PasswordReset.made_by == user_id, PasswordReset.used_at.is_(None))
        .values(used_at=now)
    )
