"""The database's clock in SQL: leases and due times compare only with it, whatever the machines' own clocks say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class database_now(FunctionElement[float]):
    """Seconds since 1970 when the statement began, by the database's clock (on SQLite to the millisecond)."""

    type = Double()
    inherit_cache = True
    name = "database_now"


@compiles(database_now, "sqlite")
def _on_sqlite(_element: database_now, _compiler: Any, **_more: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_now, "postgresql")
def _on_postgresql(_element: database_now, _compiler: Any, **_more: Any) -> str:
    return "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"
