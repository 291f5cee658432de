"""The provider's settings: one row, its secret sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.accounts.sealing import Seals
from review.errors import ReviewError
from review.models import ROLES, IdentityProvider, utc_now
from review.services import audit

ROW: Final = 1
LONGEST: Final = 500  # characters
MOST_DOMAINS: Final = 50
NEW_ROLES: Final = tuple(role for role in ROLES if role != "admin")
LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class BadProvider(ReviewError):
    """The settings cannot be kept; `field` names what is wrong, the text says how to mend it."""

    code = "bad_provider"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """The provider without its secret."""

    issuer: str
    client_id: str
    has_secret: bool
    label: str
    domains: tuple[str, ...]  # empty: every domain
    invited_only: bool
    new_roles: tuple[str, ...]
    enabled: bool


def read_provider(session: Session) -> ProviderRow | None:
    """The provider; None where none is set up."""
    row = session.scalar(select(IdentityProvider).where(IdentityProvider.id == ROW))
    if row is None:
        return None
    return ProviderRow(
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.secret is not None,
        label=row.label,
        domains=tuple(row.domains),
        invited_only=row.invited_only,
        new_roles=tuple(row.new_roles),
        enabled=row.enabled,
    )


def read_secret(session: Session, seals: Seals) -> str | None:
    """The client secret. Raises SecretLost."""
    return seals.open_provider(session.scalar(select(IdentityProvider.secret).where(IdentityProvider.id == ROW)))


def save_provider(
    session: Session,
    seals: Seals,
    *,
    issuer: str,
    client_id: str,
    secret: str | None,
    label: str,
    domains: Iterable[str],
    invited_only: bool,
    new_roles: Iterable[str],
    enabled: bool,
    by: int | None,
) -> None:
    """Keep the settings; `secret` None keeps the one that is there, empty forgets it. Raises BadProvider."""
    address = check_issuer(issuer)
    client, shown = client_id.strip(), " ".join(label.split())
    if not client or len(client) > LONGEST:
        raise BadProvider("client_id", "Copy the client id that the provider shows for this application.")
    if not shown or len(shown) > 60 or not shown.isprintable():
        raise BadProvider("label", "Write what the button says, at most 60 characters.")
    allowed = _domains(domains)
    roles = [role for role in NEW_ROLES if role in set(new_roles)]
    if not invited_only and not roles:
        raise BadProvider("new_roles", "Choose the roles of people who come without an invitation.")
    row = session.get(IdentityProvider, ROW)
    if row is None:
        row = IdentityProvider(id=ROW)
        session.add(row)
    elif row.issuer != address:
        row.secret = None  # another provider's secret is of no use, and not its business
    row.issuer, row.client_id, row.label = address, client, shown
    row.domains, row.invited_only, row.new_roles, row.enabled = allowed, invited_only, roles, enabled
    if secret is not None:
        row.secret = seals.close_provider(secret.strip()) if secret.strip() else None
    row.changed_at = utc_now()
    session.flush()
    audit.record(
        session,
        by,
        "provider.changed",
        "provider",
        ROW,
        issuer=address,
        client_id=client,
        domains=allowed,
        invited_only=invited_only,
        new_roles=roles,
        enabled=enabled,
        secret_given=bool(secret),
    )


def remove_provider(session: Session, *, by: int | None) -> None:
    """Forget the provider; people who came by it sign in with a passphrase, which a reset gives them."""
    gone = session.scalar(delete(IdentityProvider).where(IdentityProvider.id == ROW).returning(IdentityProvider.issuer))
    if gone is not None:
        audit.record(session, by, "provider.removed", "provider", ROW, issuer=gone)


def check_issuer(issuer: str) -> str:
    """The issuer's address as it is compared. Raises BadProvider."""
    address = issuer.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        raise BadProvider("issuer", "This is no address. Write it like https://login.example.com.") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if not secure or not parts.hostname or parts.username or parts.query or parts.fragment or len(address) > LONGEST:
        raise BadProvider("issuer", "Write the issuer's address, beginning with https://.")
    return address


def _domains(domains: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(d for part in domains if (d := part.strip().lstrip("@").casefold())))
    if len(kept) > MOST_DOMAINS or any(len(d) > 253 or "." not in d or not d.isprintable() or " " in d for d in kept):
        raise BadProvider("domains", f"At most {MOST_DOMAINS} domains like example.com, one a line.")
    return kept
