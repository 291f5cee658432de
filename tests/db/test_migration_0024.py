"""Promises and facts of calls judged before the card existed are on it at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from review.db import Database
from review.migrations import run
from review.models import CallFact, CallPromise
from tests.db.carded import promise, said
from tests.factories import make_call, store_score
from tests.web.scores import assessment_of


def assessment(*promises: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """An assessment in the contract's JSON with these promises and facts."""
    return {**assessment_of(), "promises": list(promises), "facts_found": list(facts)}


def test_the_shown_assessments_are_read_again(empty_database: Database) -> None:
    run.upgrade(empty_database)
    day = date(2026, 11, 17)
    with empty_database.session() as session:
        call = make_call(session)
        store_score(session, call, assessment(promise("meeting")))  # no longer shown
        fact = said("ten thousand", id="budget", value="ten thousand")
        store_score(
            session, call, assessment(promise(due=day), promise(due=day, at=90.0), promise("call_back"), facts=(fact,))
        )
        make_call(session)  # never judged
    run.downgrade(empty_database, "0023")
    run.upgrade(empty_database)
    with empty_database.read() as session:
        promises = session.scalars(select(CallPromise).order_by(CallPromise.number)).all()
        assert [(row.number, row.what, row.due_on, row.start) for row in promises] == [
            (1, "send_offer", day, 10.0),
            (2, "call_back", None, 10.0),
        ]
        facts = session.scalars(select(CallFact)).all()
        assert [(row.name, row.value, row.quote, row.turn) for row in facts] == [
            ("budget", "ten thousand", "ten thousand", 3)
        ]
