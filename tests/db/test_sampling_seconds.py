"""A second reviewer for a share of the calls drawn by lot: both blind, another person, and nobody's twice."""

from __future__ import annotations

from collections import defaultdict

import pytest
from sqlalchemy import select

from review.db import Database
from review.models import Assignment
from review.queries.viewer import load_viewer
from review.sampling.assignments import CannotTake, assign, drawn_by, find_mine, hand_on
from review.sampling.drawing import draw_rule
from review.sampling.leaving import hand_on_all
from review.sampling.rules import BadRule
from tests.db.sampled import NOW, open_department, scored_calls, weekly_rule


def test_every_call_drawn_by_lot_goes_to_two_who_do_not_see_each_other(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 8)
        rule = weekly_rule(session, people, per_rep=6, random_share=0.5, second_percent=100.0)
        made = draw_rule(session, rule, by=None, now=NOW)
        assert made is not None
        rows = session.scalars(select(Assignment).order_by(Assignment.id)).all()
        of_call = defaultdict(list)
        for row in rows:
            of_call[row.call_id].append(row)
        doubled = [two for two in of_call.values() if len(two) == 2]
        by_lot = [row for row in rows if row.part == "random"]
        assert len(doubled) == len(by_lot) >= 3
        for first, second in doubled:
            assert {first.user_id, second.user_id} == {people.vera, people.wim}
            assert (first.part, second.part, first.blind, second.blind) == ("random", "calibration", True, True)
            assert second.probability is None, "the lot fell on the call once"
            assert {"kind": "second"} in first.why
            assert drawn_by(session, second.id) == "random"
        assert made.taken == len(rows)
        again = draw_rule(session, rule, by=None, now=NOW, key="2026-W47")
        assert again is not None
        assert not again.now
        assert len(session.scalars(select(Assignment)).all()) == len(rows)


def test_a_call_never_goes_on_to_the_person_who_scored_it_already(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 3)
        rule = weekly_rule(session, people, per_rep=1, random_share=1.0, second_percent=100.0)
        draw_rule(session, rule, by=None, now=NOW)
        mine = session.scalars(select(Assignment).where(Assignment.user_id == people.vera)).one()
        theirs = session.scalars(select(Assignment).where(Assignment.user_id == people.wim)).one()
        mine.state = "done"
        session.flush()
        assert hand_on_all(session, people.wim, by=None) == 0
        lead = load_viewer(session, people.lead)
        assert lead is not None
        with pytest.raises(CannotTake):
            hand_on(session, lead, theirs.id, people.vera)
        found = find_mine(session, mine.call_id, people.vera)
        assert found is not None
        assert found.id == mine.id


def test_about_the_share_that_was_asked_for(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 100)
        rule = weekly_rule(session, people, per_rep=100, random_share=1.0, second_percent=30.0)
        draw_rule(session, rule, by=None, now=NOW, seed="a")
        found = session.scalars(select(Assignment.call_id).where(Assignment.part == "calibration")).all()
        assert 18 <= len(found) <= 42


@pytest.mark.parametrize(("share", "alone"), [(-1.0, False), (101.0, False), (10.0, True)])
def test_a_share_that_cannot_be_is_refused(database: Database, share: float, alone: bool) -> None:
    with database.session() as session:
        people = open_department(session)
        reviewers = (people.vera,) if alone else (people.vera, people.wim)
        with pytest.raises(BadRule) as refused:
            weekly_rule(session, people, second_percent=share, reviewers=reviewers)
        assert refused.value.field == "second_percent"


def test_calls_can_be_given_to_several_by_hand_for_calibration(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        calls = scored_calls(session, people.anna, 2)
        for user in (people.vera, people.wim):
            assert assign(session, calls, user, due_at=None, by=people.lead, part="calibration", blind=True) == 2
        assert {row.part for row in session.scalars(select(Assignment))} == {"calibration"}
