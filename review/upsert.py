"""Insert-unless-there: the one way rows with a unique key are made, the same on both databases and safe under races."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from review.models import Base


def insert_new(session: Session, model: type[Base], key: Sequence[str], /, **values: Any) -> int | str | None:
    """The first primary key column of the new row; None when a row with the same `key` columns was there already.

    A row that another transaction is inserting at the same moment is waited for.
    """
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (every model is mapped to one table)
    identity = next(iter(table.primary_key.columns))
    if session.get_bind().dialect.name == "postgresql":
        made = session.execute(
            postgresql.insert(table).values(**values).on_conflict_do_nothing(index_elements=key).returning(identity)
        )
    else:
        made = session.execute(
            sqlite.insert(table).values(**values).on_conflict_do_nothing(index_elements=key).returning(identity)
        )
    found: int | str | None = made.scalar()
    return found
