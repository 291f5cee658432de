"""Two teams with scored calls over some weeks, for tests of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from review.db import Database
from review.models import CriterionResult, utc_now
from review.queries.viewer import Viewer, load_viewer
from tests import factories


@dataclass(frozen=True)
class Company:
    """North has a manager and five reps, the first of whom signs in; South has one."""

    north: int
    south: int
    reps: tuple[int, ...]  # of North
    other: int  # of South
    viewers: dict[str, Viewer]

    def see(self, role: str) -> Viewer:
        return self.viewers[role]


def add_result(
    session: Session,
    rep_id: int,
    at: datetime,
    *,
    fraction: float | None = 1.0,
    criterion: str = "greeting",
    **columns: Any,
) -> int:
    """A call with one answer that stands; the call's id."""
    call = factories.make_call(session, rep_id=rep_id, started_at=at, happened_at=at, legs=0, state="scored")
    more = {"standard": "cold-call", "version": 2, "section": "opening", "source": "machine", "stands": True}
    more |= {"answer": "2", "part": None, **columns}
    session.add(
        CriterionResult(call_id=call.id, rep_id=rep_id, happened_at=at, criterion=criterion, fraction=fraction, **more)
    )
    session.flush()
    return call.id


def add_machine_answer(session: Session, call_id: int, *, fraction: float | None = 1.0) -> None:
    """The machine's answer beside a person's: it is kept, and does not stand."""
    kept = {"standard": "cold-call", "version": 2, "section": "opening", "source": "machine", "stands": False}
    more = {"criterion": "greeting", "answer": "2", "happened_at": utc_now()}
    session.add(CriterionResult(call_id=call_id, fraction=fraction, **kept, **more))
    session.flush()


def add_results(session: Session, rep_id: int, days: Sequence[float], **columns: Any) -> list[int]:
    """One answer so many days ago, for each."""
    now = utc_now()
    return [add_result(session, rep_id, now - timedelta(days=ago), **columns) for ago in days]


@pytest.fixture
def company(database: Database) -> Company:
    """The people."""
    with database.session() as session:
        people = {role: factories.make_user(session, role, name=f"The {role}") for role in ("manager", "rep")}
        people |= {role: factories.make_user(session, role) for role in ("reviewer", "quality_lead", "admin")}
        north = factories.make_team(session, "North", managers=[people["manager"]])
        south = factories.make_team(session, "South")
        reps = [factories.make_rep(session, f"Rep {n}", team=north) for n in range(5)]
        reps[0].user_id = people["rep"].id
        other = factories.make_rep(session, "Somebody else", team=south)
        session.flush()
        viewers = {role: load_viewer(session, user.id) for role, user in people.items()}
        return Company(
            north.id, south.id, tuple(rep.id for rep in reps), other.id, {k: v for k, v in viewers.items() if v}
        )
