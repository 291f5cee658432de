"""Assignments on both databases: the queue in its order, done, skipped, handed on, who leaves, and the score."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.db import Database
from review.models import Assignment, AuditEvent, Evaluation, Notification, User
from review.queries.viewer import Viewer, load_viewer
from review.sampling.assignments import (
    CannotTake,
    NoSuchAssignment,
    NotOpen,
    ReasonNeeded,
    assign,
    drawn_by,
    find,
    finish,
    get_assignment,
    hand_on,
    skip,
    withdraw,
)
from review.sampling.drawing import draw_rule
from review.sampling.leaving import hand_on_all, hand_on_of_left
from review.sampling.queue import (
    count_open,
    next_assignment,
    read_loads,
    read_progress,
    read_queue,
    read_team_queue,
)
from review.sampling.score import random_score
from tests import factories
from tests.db.sampled import MONDAY, NOW, Department, open_department, scored_call, scored_calls, weekly_rule


def viewer_of(session: Session, user_id: int) -> Viewer:
    found = load_viewer(session, user_id)
    assert found is not None
    return found


def evaluation(session: Session, call_id: int, user_id: int, final: float, assignment_id: int | None = None) -> int:
    """A submitted evaluation."""
    row = Evaluation(
        call_id=call_id,
        standard="cold-call",
        version=1,
        user_id=user_id,
        reviewer="x",
        saved_by="x",
        state="submitted",
        final=final,
        submitted_at=NOW,
        assignment_id=assignment_id,
    )
    session.add(row)
    session.flush()
    return row.id


def chosen(session: Session, people: Department, count: int = 3) -> list[Assignment]:
    """Calls given to Vera by hand, due a day apart."""
    calls = scored_calls(session, people.anna, count)
    for n, call in enumerate(calls):
        assert assign(session, [call], people.vera, due_at=NOW + timedelta(days=n), by=people.lead, why="look") == 1
    return list(session.scalars(select(Assignment).order_by(Assignment.due_at)))


def test_the_queue_is_in_order_of_due_and_goes_on(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        rows = chosen(session, people)
        vera = viewer_of(session, people.vera)
        now = NOW + timedelta(days=1, hours=1)
        assert [item.assignment.id for item in read_queue(session, vera, people.vera)] == [row.id for row in rows]
        assert read_queue(session, vera, people.vera)[0].call.rep_name == "Anna"
        first = next_assignment(session, vera)
        assert first is not None
        assert first.id == rows[0].id
        assert first.overdue(now)
        progress = read_progress(session, people.vera, now=now)
        assert (progress.open, progress.overdue, progress.due_today, progress.done_today) == (3, 2, 0, 0)
        made = evaluation(session, first.call_id, people.vera, 70)
        assert finish(session, first.id, made)
        assert not finish(session, first.id, made)
        assert not finish(session, None, made)
        following = next_assignment(session, vera)
        assert following is not None
        assert following.id == rows[1].id
        skipped_over = next_assignment(session, vera, after=rows[1].id)
        assert skipped_over is not None
        assert skipped_over.id == rows[2].id
        assert count_open(session, vera) == 2
        session.execute(update(Assignment).where(Assignment.id == first.id).values(finished_at=now))
        assert read_progress(session, people.vera, now=now).done_today == 1
        (load,) = read_loads(session, now=now)
        assert (load.name, load.able, load.open, load.overdue, load.done_week) == ("Vera", True, 2, 1, 1)


def test_given_by_hand_twice_is_given_once_and_never_ones_own(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        own = factories.make_rep(session, "Vera herself", user_id=people.vera)
        calls = [*scored_calls(session, people.anna, 2), *scored_calls(session, own.id, 1)]
        for expected in (2, 0):
            made = assign(session, [*calls, 999_999], people.vera, due_at=None, by=people.lead, why="objections")
            assert made == expected
        assert assign(session, calls[:1], people.wim, due_at=None, by=people.lead, why="a second opinion") == 1
        assert assign(session, calls, people.lead + 999, due_at=None, by=None, why="") == 0
        row = session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert row is not None
        assert (row.part, row.why, drawn_by(session, row.id)) == (
            "chosen", [{"kind": "chosen", "text": "objections"}], "chosen",
        )  # fmt: skip
        told = session.scalars(select(Notification).where(Notification.user_id == people.vera)).one()
        assert (told.kind, told.body["calls"]) == ("assigned", 2)


def test_only_its_person_and_leads_reach_an_assignment(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        row = chosen(session, people, 1)[0]
        wim, lead, vera = (viewer_of(session, user) for user in (people.wim, people.lead, people.vera))
        for act in (get_assignment, lambda s, v, i: skip(s, v, i, "not mine"), lambda s, v, i: hand_on(s, v, i, 1)):
            with pytest.raises(NoSuchAssignment):
                act(session, wim, row.id)
        with pytest.raises(NoSuchAssignment):
            withdraw(session, vera, row.id, "I do not want it")
        assert find(session, row.id, people.wim) is None
        assert find(session, row.id, people.vera) is not None
        assert get_assignment(session, lead, row.id).call_id == row.call_id
        with pytest.raises(ReasonNeeded):
            skip(session, vera, row.id, " . ")
        skip(session, vera, row.id, "a wrong number, nobody speaks")
        with pytest.raises(NotOpen):
            skip(session, vera, row.id, "again")
        assert (row.state, row.reason) == ("skipped", "a wrong number, nobody speaks")
        acts = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "assignment"))
        assert list(acts) == ["assignment.skipped"]


def test_handing_on_tells_the_other_and_refuses_who_cannot(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        row = chosen(session, people, 1)[0]
        lead = viewer_of(session, people.lead)
        anna = factories.make_user(session, "reviewer", name="Anna")
        session.execute(update(User).where(User.id == anna.id).values(name="Anna"))
        from review.models import Rep

        session.execute(update(Rep).where(Rep.id == people.anna).values(user_id=anna.id))
        outsider = factories.make_user(session, "admin")
        for nobody in (anna.id, outsider.id, outsider.id + 500):
            with pytest.raises(CannotTake):
                hand_on(session, lead, row.id, nobody)
        hand_on(session, lead, row.id, people.wim)
        assert row.user_id == people.wim
        assert row.why[-1] == {"kind": "handed_on", "from": "Vera", "because": "handed_on"}
        told = session.scalars(select(Notification).where(Notification.user_id == people.wim)).one()
        assert (told.kind, told.call_id) == ("handed_on", row.call_id)


@pytest.mark.parametrize("door", ["disabled", "role"])
def test_the_calls_of_somebody_who_leaves_go_on_and_say_why(database: Database, door: str) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 6)
        rule = weekly_rule(session, people, per_rep=6)
        draw_rule(session, rule, by=None, now=NOW)
        by_hand = scored_calls(session, people.boris, 1)
        assign(session, by_hand, people.vera, due_at=None, by=people.lead, why="x")
        assert hand_on_of_left(session) == 0
        if door == "disabled":
            session.execute(update(User).where(User.id == people.vera).values(disabled_at=NOW))
        else:
            session.get_one(User, people.vera).roles = []
        session.flush()
        assert hand_on_of_left(session) == 3
        assert hand_on_of_left(session) == 0
        drawn = session.scalars(select(Assignment).where(Assignment.rule_id == rule)).all()
        assert {row.user_id for row in drawn} == {people.wim}
        assert sum(row.why[-1] == {"kind": "handed_on", "from": "Vera", "because": "left"} for row in drawn) == 3
        # What only one person was asked for stays, and the lead sees it first.
        assert session.scalars(select(Assignment.user_id).where(Assignment.part == "chosen")).all() == [people.vera]
        loads = read_loads(session, now=NOW)
        assert (loads[0].name, loads[0].able) == ("Vera", False)
        assert hand_on_all(session, people.wim, by=people.lead) == 0  # nobody is left who could


def test_a_queue_never_shows_what_its_reader_may_not_see(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        chosen(session, people, 2)
        session.get_one(User, people.vera).roles = []
        session.flush()
        vera = viewer_of(session, people.vera)
        assert read_queue(session, vera, people.vera) == ()
        assert next_assignment(session, vera) is None
        assert count_open(session, vera) == 0
        assert len(read_team_queue(session, viewer_of(session, people.lead))) == 2


def test_the_lot_gives_the_score_and_risk_stands_beside_it(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        quality = {}
        for call in scored_calls(session, people.anna, 10, final=90):
            quality[call] = 90.0
        for call in scored_calls(session, people.boris, 30, final=40):
            quality[call] = 40.0
        draw_rule(session, weekly_rule(session, people, per_rep=6, random_share=0.5), by=None, now=NOW)
        for row in session.scalars(select(Assignment)).all():
            made = evaluation(session, row.call_id, row.user_id or 0, quality[row.call_id], row.id)
            assert finish(session, row.id, made)
            assert drawn_by(session, row.id) == row.part
        lead = viewer_of(session, people.lead)
        found = random_score(session, lead, MONDAY, MONDAY + timedelta(days=7))
        assert found.whole.by_lot is not None
        # Anna's calls are all plain and so all by lot; Boris's half: weights bring both back to their shares.
        assert found.whole.by_lot.mean == pytest.approx((10 * 90 + 30 * 40) / 40)
        assert (found.whole.population, found.covered, found.calls) == (40, 40, 40)
        assert found.whole.risk_mean == 40.0
        assert [line.name for line in found.teams] == ["North"]
        assert random_score(session, lead, MONDAY + timedelta(days=7), NOW).whole.by_lot is None


def test_rules_that_look_at_the_result_do_not_count_for_the_score(database: Database) -> None:
    from review.sampling.conditions import Conditions

    with database.session() as session:
        people = open_department(session)
        call = scored_call(session, people.anna, MONDAY, final=10)
        rule = weekly_rule(session, people, conditions=Conditions(score_to=50.0))
        draw_rule(session, rule, by=None, now=NOW)
        evaluation(session, call, people.vera, 10)
        found = random_score(session, viewer_of(session, people.lead), MONDAY, NOW)
        assert (found.covered, found.whole.by_lot) == (0, None)


def test_somebody_shut_out_hands_on_at_once(database: Database) -> None:
    from review.services.users import disable_user

    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 4)
        draw_rule(session, weekly_rule(session, people, per_rep=4), by=None, now=NOW)
        disable_user(session, people.vera, by=people.lead)
        assert set(session.scalars(select(Assignment.user_id))) == {people.wim}


def test_the_sweep_draws_what_is_due_once(database: Database) -> None:
    from workers.sampling import Draws, draw_now

    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 4)
        weekly_rule(session, people)
    assert Draws(database).tick(NOW) == 1
    assert draw_now(database, NOW) == 0
    assert draw_now(database, NOW + timedelta(days=7)) == 1
    with database.read() as session:
        assert len(session.scalars(select(Assignment)).all()) == 3
