"""Work that lies in a row and is taken by one worker at a time: claimed for a while, fenced, given back, resumed.

The rows carry `state`, `lease_token` and `lease_until` (seconds since 1970 by the database's clock). Nothing commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from review.call_steps import new_token
from review.clock import database_now
from review.models import BulkRun, DataExport, RescoreRun, ScorecardPreview

LEASE_SECONDS: Final = 60.0
ACTIVE: Final = ("waiting", "running")

Leased: TypeAlias = type[BulkRun] | type[DataExport] | type[RescoreRun] | type[ScorecardPreview]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a row until its lease ends."""

    row_id: int
    token: str


def claim(session: Session, model: Leased, row_id: int, *, lease: float = LEASE_SECONDS, **values: Any) -> Claim | None:
    """Take a row that waits or whose worker went away; None when it has ended or is somebody else's."""
    token = new_token()
    taken = session.scalar(
        update(model)
        .where(model.id == row_id, _due(model))
        .values(state="running", lease_token=token, lease_until=database_now() + lease, **values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return None if taken is None else Claim(row_id, token)


def due(session: Session, model: Leased) -> list[int]:
    """The rows that wait for a worker, oldest first."""
    return list(session.scalars(select(model.id).where(_due(model)).order_by(model.id)))


def held(session: Session, model: Leased, by: Claim, **values: Any) -> bool:
    """The fence: change the row if the claim still holds."""
    found = session.scalar(
        update(model)
        .where(model.id == by.row_id, model.state == "running", model.lease_token == by.token)
        .values(**values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


def give_back(session: Session, model: Leased, by: Claim) -> bool:
    """Let another worker go on at once; False when the claim was lost."""
    return held(session, model, by, state="waiting", lease_token=None, lease_until=None)


def end(session: Session, model: Leased, by: Claim, *, why: str | None = None, **values: Any) -> bool:
    """The work is through, or cannot go on (`why`); False when the claim was lost."""
    state = "done" if why is None else "failed"
    return held(session, model, by, state=state, why=why, lease_token=None, lease_until=None, **values)


def cancel(session: Session, model: Leased, row_id: int, **values: Any) -> bool:
    """Stop work that waits or runs; False when it had ended. What was done by then stays done."""
    stopped = session.scalar(
        update(model)
        .where(model.id == row_id, model.state.in_(ACTIVE))
        .values(state="cancelled", lease_token=None, lease_until=None, **values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return stopped is not None


def _due(model: Leased) -> ColumnElement[bool]:
    lost = and_(model.state == "running", model.lease_until < database_now())
    return or_(model.state == "waiting", lost)
