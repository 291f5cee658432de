"""The lease and its fence, for any row with `lease_token` and `lease_until` (seconds since 1970, database clock).

Whoever takes a row works alone on it until the lease ends; a result is stored only while the token still matches.
`review.services.leased` builds on states of its own; here the state is nobody's business. Nothing commits.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from review.call_steps import new_token
from review.clock import database_now


def is_free(model: Any) -> ColumnElement[bool]:
    """Rows that nobody holds."""
    return or_(model.lease_until.is_(None), model.lease_until < database_now())


def take(session: Session, model: Any, row_id: int, *also: ColumnElement[bool], lease: float, **values: Any) -> str:
    """Take a free row that also fulfils these conditions: the token, or "" when somebody else was first."""
    token = new_token()
    taken = session.execute(
        update(model)
        .where(model.id == row_id, is_free(model), *also)
        .values(lease_token=token, lease_until=database_now() + lease, **values)
        .execution_options(synchronize_session=False)
    )
    return token if taken.rowcount == 1 else ""  # type: ignore[attr-defined]


def still_holds(session: Session, model: Any, row_id: int, token: str, **values: Any) -> bool:
    """The fence: change the row if it is still held with this token; False when it is not, and nothing was changed."""
    held = session.execute(
        update(model)
        .where(model.id == row_id, model.lease_token == token)
        .values(**{"lease_token": token, **values})
        .execution_options(synchronize_session=False)
    )
    return held.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def let_go(session: Session, model: Any, row_id: int, token: str, **values: Any) -> bool:
    """The fence, and the row is free for others at once."""
    return still_holds(session, model, row_id, token, lease_token=None, lease_until=None, **values)


def backoff(failures: int, first: float, longest: float) -> float:
    """Seconds to wait after this many failed tries (1 or more): doubling, up to a limit."""
    return min(longest, first * 2.0 ** min(failures - 1, 40))
