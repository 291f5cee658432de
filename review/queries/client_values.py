"""Values that cards already use for groups and own fields: a form offers them, so that one thing has one name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Client

MOST: Final = 100
LOOKED_AT: Final = 300  # cards, the newest, whose own fields are read


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownValues:
    """What a form offers, each once, in order."""

    client_groups: tuple[str, ...]
    product_groups: tuple[str, ...]
    own_names: tuple[str, ...]


def known_values(session: Session) -> KnownValues:
    """Groups and field names in use. They name kinds of business, not people, so they are the same for everybody."""
    rows = session.execute(
        select(Client.client_group, Client.product_group, Client.custom).order_by(Client.id.desc()).limit(LOOKED_AT)
    ).all()
    return KnownValues(
        client_groups=_sorted({row.client_group for row in rows}),
        product_groups=_sorted({row.product_group for row in rows}),
        own_names=_sorted({name for row in rows for name in (row.custom or {})}),
    )


def _sorted(values: set[str | None]) -> tuple[str, ...]:
    return tuple(sorted((value for value in values if value), key=str.casefold)[:MOST])
