"""Disputes of a call that somebody is to judge blind: they are there, and say nothing of what was answered."""

from __future__ import annotations

import pytest

from review.db import Database
from review.disputes.listing import list_disputes
from review.disputes.types import NotDisputable, Ruling
from review.models import utc_now
from review.sampling.handing import put
from tests.db.disputing import Floor, floor, go_further, object_to, rule

__all__ = ["floor"]  # the fixture

ACCEPT = Ruling("greeting", "accept", "It is there at 0:01.")
REJECT = Ruling("greeting", "reject", "Only the company was named.")


def judge_blind(database: Database, floor: Floor, user_id: int) -> None:
    with database.session() as session:
        made = put(
            session,
            {
                "call_id": floor.call_id,
                "user_id": user_id,
                "part": "chosen",
                "why": [],
                "blind": True,
                "due_at": utc_now(),
            },
        )
        assert made is not None


def test_a_list_tells_nothing_of_a_call_to_be_judged_blind(database: Database, floor: Floor) -> None:
    object_to(database, floor, floor.rita)
    judge_blind(database, floor, floor.lena.user_id)
    with database.read() as session:
        (seen,) = list_disputes(session, floor.lars).rows
        (veiled,) = list_disputes(session, floor.lena).rows
        narrowed = list_disputes(session, floor.lena, criterion="greeting").rows
        assert len(list_disputes(session, floor.lars, criterion="greeting").rows) == 1
    assert (seen.criteria, seen.final is None) == (("greeting",), False)
    assert (veiled.id, veiled.due_at) == (seen.id, seen.due_at), "that it waits is no secret"
    assert (veiled.criteria, veiled.final, veiled.final_before, veiled.granted) == ((), None, None, 0)
    assert not veiled.may
    assert narrowed == (), "being found by its criterion would tell it"


def test_who_is_to_judge_blind_decides_nothing_before_nor_learns_by_trying(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    answered = rule(database, raised, floor.max, REJECT)
    escalated = go_further(database, answered, floor.rita)
    judge_blind(database, floor, floor.lena.user_id)
    with pytest.raises(NotDisputable) as refused:
        rule(database, raised, floor.lena, ACCEPT)  # on an old revision: what stands there would be the answer
    assert refused.value.why == "blind"
    assert rule(database, escalated, floor.lars, ACCEPT).state == "decided"
