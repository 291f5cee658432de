"""Rows of `assignment`, made without a fault where one is there already; and telling people that calls came to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.models import Assignment, utc_now


def put(session: Session, values: Mapping[str, Any]) -> int | None:
    """The new assignment's number; None when the call was drawn before, or waits for the same person already.

    The database's unique indexes decide, so that two transactions at once never give a call out twice.
    """
    table = Assignment.__table__
    assert isinstance(table, Table)  # noqa: S101 (every model is mapped to one table)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made: int | None = session.execute(
        insert(table)
        .values(**{"reason": "", "created_at": utc_now(), "state": "open", **values})
        .on_conflict_do_nothing()
        .returning(table.c.id)
    ).scalar()
    return made


def tell_assigned(session: Session, counts: Mapping[int, int], *, by: int | None, rule: str | None = None) -> None:
    """One notice for each person, however many calls came."""
    for user_id, count in sorted(counts.items()):
        if count and user_id != by:
            notify(session, user_id, "assigned", body={"calls": count, "rule": rule})
