"""Helpers of the state tests: make a call, claim it, look at its row, each in a transaction of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from review import states
from review.clock import database_now
from review.db import Database
from review.models import Call
from review.states import Claim, Step
from tests import factories


def new_call(database: Database, **columns: Any) -> int:
    with database.session() as session:
        return factories.make_call(session, legs=0, **columns).id


def claim(database: Database, call_id: int, step: Step = "transcribe", lease: float = 90.0) -> Claim | None:
    with database.session() as session:
        return states.claim_call(session, call_id, step, lease=lease)


def read_row(database: Database, call_id: int) -> Call:
    with database.read() as session:
        return session.scalars(select(Call).where(Call.id == call_id)).one()


def set_columns(database: Database, call_id: int, **columns: Any) -> None:
    with database.session() as session:
        session.execute(update(Call).where(Call.id == call_id).values(**columns))


def database_time(database: Database) -> float:
    with database.read() as session:
        return session.scalar(select(database_now())) or 0.0
