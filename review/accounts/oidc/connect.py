"""Whose account an identity opens: known by issuer and subject; connected first by invitation or passphrase only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.accounts.invitations import InvitationClosed, accept, open_invitation_for, read_invitation
from review.accounts.oidc.protocol import Identity
from review.accounts.oidc.provider import ProviderRow
from review.errors import ReviewError
from review.models import User, UserIdentity, utc_now
from review.services import audit
from review.services.users import create_user, read_email

Why = Literal["disabled", "unverified", "domain", "other_subject", "use_invitation", "not_invited", "already_connected"]


class NotLetIn(ReviewError):
    """The identity opens no account here; `why` says for what reason, `email` as the provider wrote it."""

    code = "not_let_in"

    def __init__(self, why: Why, email: str = "") -> None:
        super().__init__(f"This identity opens no account here: {why}.")
        self.why = why
        self.email = email


@dataclass(frozen=True, slots=True)
class Opened:
    """The account an identity opens. `said` is the provider's address for the person when it is not the account's."""

    user_id: int
    said: str | None = None


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """An account has the same verified address; its owner shows the passphrase once, then they are connected."""

    user_id: int
    email: str


def open_account(
    session: Session, identity: Identity, provider: ProviderRow, *, invitation: str | None = None
) -> Opened | ToConfirm:
    """Whose account it is. `invitation` is the token of a link this browser opened. Raises NotLetIn.

    Refusals are written down, so callers catch NotLetIn inside their session scope.
    """
    row = session.scalar(
        select(UserIdentity).where(UserIdentity.issuer == identity.issuer, UserIdentity.subject == identity.subject)
    )
    if row is not None:
        return _known(session, row, identity)
    if not identity.email or not identity.verified:
        raise _refused(session, "unverified", identity)
    if provider.domains and identity.email.rpartition("@")[2] not in provider.domains:
        raise _refused(session, "domain", identity)
    user = session.execute(select(User.id, User.disabled_at).where(User.email == identity.email)).one_or_none()
    if user is not None:
        if user.disabled_at is not None:
            raise _refused(session, "disabled", identity, user.id)
        if _connected(session, user.id, identity.issuer):
            # Addresses are given to others when people leave: the account stays with the subject it knows.
            raise _refused(session, "other_subject", identity, user.id)
        return ToConfirm(user.id, identity.email)
    return Opened(_new(session, identity, provider, invitation))


def connect(session: Session, user_id: int, identity: Identity) -> None:
    """Let the identity open this account from now on. Raises NotLetIn when either is connected already."""
    try:
        with session.begin_nested():
            session.add(
                UserIdentity(
                    user_id=user_id,
                    issuer=identity.issuer,
                    subject=identity.subject,
                    email=identity.email,
                    used_at=utc_now(),
                )
            )
    except IntegrityError as error:
        raise NotLetIn("already_connected", identity.email) from error
    audit.record(
        session, user_id, "identity.connected", "user", user_id, issuer=identity.issuer, subject=identity.subject
    )


def disconnect(session: Session, user_id: int) -> bool:
    """Let no identity open this account any more; False when none did."""
    rows = session.scalars(select(UserIdentity).where(UserIdentity.user_id == user_id)).all()
    for row in rows:
        session.delete(row)
        audit.record(session, user_id, "identity.disconnected", "user", user_id, issuer=row.issuer)
    session.flush()
    return bool(rows)


def identities_of(session: Session, user_id: int) -> tuple[tuple[str, str], ...]:
    """(issuer, address at that time) of everything that opens the account."""
    found = session.execute(
        select(UserIdentity.issuer, UserIdentity.email).where(UserIdentity.user_id == user_id).order_by(UserIdentity.id)
    )
    return tuple((row.issuer, row.email) for row in found)


def _known(session: Session, row: UserIdentity, identity: Identity) -> Opened:
    user = session.execute(select(User.id, User.email, User.disabled_at).where(User.id == row.user_id)).one()
    if user.disabled_at is not None:
        raise _refused(session, "disabled", identity, user.id)
    session.execute(update(UserIdentity).where(UserIdentity.id == row.id).values(used_at=utc_now()))
    if not identity.email or identity.email in (user.email, row.email):
        return Opened(user.id)
    # It is the same subject, so the same account; its address here is not the provider's to change.
    audit.record(
        session,
        user.id,
        "identity.address_differs",
        "user",
        user.id,
        issuer=identity.issuer,
        said=identity.email,
        kept=user.email,
    )
    return Opened(user.id, said=identity.email)


def _new(session: Session, identity: Identity, provider: ProviderRow, invitation: str | None) -> int:
    name = identity.name if any(c.isalnum() for c in identity.name) and identity.name.isprintable() else ""
    name = name or identity.email.partition("@")[0]
    if invitation is not None:
        try:
            found = read_invitation(session, invitation)
        except InvitationClosed:
            found = None
        if found is not None and found.email == identity.email:
            user_id = accept(session, invitation, name=found.name or name, password=None)
            connect(session, user_id, identity)
            return user_id
    if open_invitation_for(session, identity.email) is not None:
        raise _refused(session, "use_invitation", identity)
    if provider.invited_only:
        raise _refused(session, "not_invited", identity)
    read_email(identity.email)
    user_id = create_user(session, email=identity.email, name=name, password=None, roles=provider.new_roles)
    connect(session, user_id, identity)
    return user_id


def _connected(session: Session, user_id: int, issuer: str) -> bool:
    found = select(UserIdentity.id).where(UserIdentity.user_id == user_id, UserIdentity.issuer == issuer)
    return session.scalar(found) is not None


def _refused(session: Session, why: Why, identity: Identity, user_id: int | None = None) -> NotLetIn:
    """Written down with the subject, which names a person at the provider only."""
    subject = user_id if user_id is not None else identity.subject
    kind = "user" if user_id is not None else "identity"
    audit.record(session, None, "identity.refused", kind, subject, why=why, issuer=identity.issuer, said=identity.email)
    return NotLetIn(why, identity.email)
