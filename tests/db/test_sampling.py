"""Draws on both databases: each period once, each call once, whoever asks and however many at a time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from review.bodies import unpack_body
from review.db import Database
from review.models import Assignment, AuditEvent, Call, Evaluation, Notification, SamplingDraw
from review.sampling.conditions import Conditions
from review.sampling.draw import fall
from review.sampling.drawing import draw_due, draw_rule, is_due
from review.sampling.planning import plan_next
from review.sampling.rules import (
    BadRule,
    NoSuchRule,
    RuleChanged,
    RuleTerms,
    change_rule,
    get_rule,
    list_rules,
    make_rule,
    set_rule_state,
)
from tests import factories
from tests.db.sampled import MONDAY, NOW, open_department, scored_call, scored_calls, weekly_rule


def test_the_last_week_is_drawn_once_with_its_chances(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        of_anna = scored_calls(session, people.anna, 14)
        scored_calls(session, people.boris, 2)
        scored_calls(session, people.anna, 3, at=MONDAY + timedelta(days=7))  # this week: not over
        risky = scored_call(session, people.anna, MONDAY + timedelta(days=2), final=30, missed=(("price", 192.0),))
        rule = weekly_rule(session, people)
    with database.session() as session:
        assert is_due(session, NOW)
        (made,) = draw_due(session, NOW)
    with database.session() as session:
        assert not is_due(session, NOW)
        assert draw_due(session, NOW) == ()
        draw = session.get_one(SamplingDraw, made.draw_id)
        rows = session.scalars(select(Assignment).order_by(Assignment.id)).all()
    assert (draw.period_key, draw.population, draw.taken, draw.rule_id) == ("2026-W47", 17, 5, rule)
    assert Counter(row.user_id for row in rows) in ({people.vera: 3, people.wim: 2}, {people.vera: 2, people.wim: 3})
    lots = [row for row in rows if row.part == "random"]
    assert {row.probability for row in lots} == {2 / 15, 1.0}
    due = (NOW + timedelta(days=5)).replace(hour=23, minute=59, second=0, microsecond=0)
    assert all(row.due_at == due for row in rows)
    frame = unpack_body(draw.frame)
    assert sorted(frame[str(people.anna)]) == sorted([*of_anna, risky])
    # Anybody can draw it again from what was stored.
    by_lot = {item["rep_id"]: item["by_lot"] for item in draw.body["strata"]}
    again = {call for rep, ids in frame.items() for call in fall(ids, by_lot[int(rep)], draw.seed)}
    assert again == {row.call_id for row in lots}
    (found,) = [row for row in rows if row.call_id == risky]
    if found.part == "risk":
        assert [reason["kind"] for reason in found.why] == ["objection_missed", "low_score"]
        assert found.why[0] | {"weight": 0} == {
            "kind": "objection_missed", "type": "price", "outcome": "ignored", "at": 192.0, "weight": 0,
        }  # fmt: skip
    assert lots[0].why[0]["kind"] == "random"


def test_two_draws_at_once_give_every_call_out_once(database: Database) -> None:
    """Two rules over the same calls, each drawn by three at the same time."""
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 6, final=20)
        rules = [weekly_rule(session, people, per_rep=6, random_share=0.5) for _ in range(2)]

    def ask(rule_id: int) -> int:
        with database.session() as session:
            made = draw_rule(session, rule_id, by=people.lead, now=NOW, key="2026-W47")
            assert made is not None
            return made.taken if made.now else 0

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(ask, rules * 3))
    with database.read() as session:
        drawn = session.scalars(select(Assignment.call_id)).all()
        draws = session.scalars(select(SamplingDraw).order_by(SamplingDraw.id)).all()
    assert len(draws) == 2
    assert sorted(drawn) == sorted(set(drawn))
    assert sum(taken) == len(drawn) == 6
    # No risk was left for the second rule, so its lot fell on all six: somebody's already, they count there as well.
    assert len(draws[1].body["shared"]) == 6
    assert all(0 < item["probability"] <= 1 for item in draws[1].body["shared"])


def test_the_constraint_holds_where_no_check_was_made(database: Database) -> None:
    from review.sampling.handing import put

    with database.session() as session:
        people = open_department(session)
        (call,) = scored_calls(session, people.anna, 1)
        values = {"call_id": call, "part": "random", "probability": 0.5, "why": [], "blind": False}
        assert put(session, {**values, "user_id": people.vera}) is not None
        assert put(session, {**values, "user_id": people.wim, "part": "risk", "probability": None}) is None
        assert put(session, {**values, "user_id": people.wim, "part": "chosen", "probability": None}) is not None
        assert put(session, {**values, "user_id": people.wim, "part": "chosen", "probability": None}) is None


def test_while_the_week_runs_only_its_share_is_drawn_and_the_rest_later(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        rule = weekly_rule(session, people, per_rep=4)
        draw_rule(session, rule, by=None, now=NOW)  # the empty week before
        scored_calls(session, people.anna, 8, at=MONDAY + timedelta(days=7))
        half = MONDAY + timedelta(days=10, hours=12)  # Thursday noon: half of the week is gone
        first = draw_rule(session, rule, by=people.lead, now=half)
        assert first is not None
        assert first.taken == 2
        assert draw_rule(session, rule, by=people.lead, now=half, key="2026-W48/1") == replace(
            first, now=False, taken=0
        )
        assert draw_rule(session, rule, by=people.lead, now=half) is None  # nothing new to draw
        scored_calls(session, people.anna, 5, at=MONDAY + timedelta(days=12))
        (rest,) = draw_due(session, MONDAY + timedelta(days=14, hours=1))
        assert rest.taken == 2
        draws = session.scalars(select(SamplingDraw).order_by(SamplingDraw.id)).all()
        assert [draw.period_key for draw in draws] == ["2026-W47", "2026-W48/1", "2026-W48"]
        assert [draw.population for draw in draws] == [0, 8, 5]
        assert draws[2].body["strata"][0]["by_lot"] == 2  # nothing speaks against these calls: all by lot


def test_calls_scored_too_late_come_with_the_next_draw(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 4)
        late = scored_call(session, people.anna, MONDAY + timedelta(days=6))
        session.get_one(Call, late).state = "transcribing"
        rule = weekly_rule(session, people, per_rep=9, period="week")
        draw_rule(session, rule, by=None, now=NOW)
        session.get_one(Call, late).state = "scored"
        scored_calls(session, people.anna, 2, at=MONDAY + timedelta(days=8))
        (made,) = draw_due(session, NOW + timedelta(days=7))
        draw = session.get_one(SamplingDraw, made.draw_id)
        assert (draw.population, draw.body["late"]) == (3, 1)


def test_nobody_gets_their_own_calls_or_calls_they_may_not_see(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        other = factories.make_rep(session, "Olaf", team=factories.make_team(session, "South"), user_id=people.vera)
        boss = factories.make_user(session, "manager", name="Marta")
        managed = factories.make_team(session, "East", managers=[boss])
        eva = factories.make_rep(session, "Eva", team=managed)
        for rep in (other.id, eva.id, people.anna):
            scored_calls(session, rep, 4)
        rule = weekly_rule(session, people, reviewers=(people.vera, boss.id), per_rep=4)
        draw_rule(session, rule, by=None, now=NOW)
        by_rep: dict[int | None, set[int | None]] = {}
        for rep_id, user in session.execute(
            select(Call.rep_id, Assignment.user_id).join(Assignment, Assignment.call_id == Call.id)
        ):
            by_rep.setdefault(rep_id, set()).add(user)
        assert by_rep == {eva.id: {people.vera, boss.id}, people.anna: {people.vera}}
        draw = session.scalars(select(SamplingDraw)).one()
        assert (draw.population, draw.body["left_out"]) == (8, 4)


def test_what_a_person_scored_is_not_drawn_by_risk_again(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        calls = scored_calls(session, people.anna, 3, final=10)
        session.add(
            Evaluation(
                call_id=calls[0], standard="cold-call", version=1, user_id=people.wim, reviewer="Wim",
                saved_by="Wim", state="submitted",
            )
        )  # fmt: skip
        rule = weekly_rule(session, people, per_rep=3, random_share=0.2)
        draw_rule(session, rule, by=None, now=NOW)
        given = set(session.scalars(select(Assignment.call_id)))
        assert given == set(calls[1:])


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (Conditions(), 5),
        (Conditions(queues=("support",)), 1),
        (Conditions(languages=("ru",)), 1),
        (Conditions(dispositions=("closed_lost",)), 1),
        (Conditions(length_from=300.0), 1),
        (Conditions(score_to=40.0), 1),
        (Conditions(flags=("auto_fail",)), 1),
        (Conditions(flags=("objection_missed", "low_score")), 2),
        (Conditions(standards=("win-back",)), 1),
        (Conditions(standards=("cold-call",), languages=("ru",)), 1),
    ],
)
def test_conditions(database: Database, conditions: Conditions, expected: int) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_call(session, people.anna, MONDAY, queue="support", duration=400.0)
        scored_call(session, people.anna, MONDAY, language="ru")
        scored_call(session, people.anna, MONDAY, disposition="closed_lost", final=30.0)
        scored_call(session, people.anna, MONDAY, final=60.0, raw=90.0, missed=(("price", 1.0),))
        scored_call(session, people.anna, MONDAY, standard="win-back")
        terms = RuleTerms(name="x", percent=100.0, conditions=conditions, reviewers=(people.vera,))
        assert RuleTerms.from_json(terms.to_json()) == terms
        assert plan_next(session, terms, NOW).drawn.population == expected


def test_a_team_and_a_rep_can_be_asked_for(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        south = factories.make_team(session, "South")
        olaf = factories.make_rep(session, "Olaf", team=south)
        for rep in (people.anna, people.boris, olaf.id):
            scored_calls(session, rep, 2)
        terms = RuleTerms(name="x", percent=50.0, reviewers=(people.vera,))
        counts = [
            plan_next(session, replace(terms, conditions=conditions), NOW).drawn.population
            for conditions in (Conditions(teams=(south.id,)), Conditions(reps=(people.anna,)), Conditions())
        ]
        assert counts == [2, 2, 6]


def test_a_preview_stores_nothing_and_says_what_the_draw_does(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        scored_calls(session, people.anna, 14, final=30)
        rule = weekly_rule(session, people, per_rep=5)
        planned = plan_next(session, get_rule(session, rule).terms, NOW, rule)
        assert session.scalar(select(func.count(SamplingDraw.id))) == 0
        assert (planned.by_lot, planned.by_risk, planned.drawn.population) == (2, 3, 14)
        made = draw_rule(session, rule, by=people.lead, now=NOW, key=planned.key)
        assert made is not None
        assert made.taken == 5
        told = session.scalars(select(Notification).order_by(Notification.user_id)).all()
        assert {note.user_id for note in told} == {people.vera, people.wim}
        assert sum(note.body["calls"] for note in told) == 5


def test_rules_are_checked_audited_and_never_overwritten(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        rule = weekly_rule(session, people)
        terms = get_rule(session, rule).terms
        change_rule(session, rule, replace(terms, per_rep=5), by=people.lead, revision=1)
        with pytest.raises(RuleChanged):
            change_rule(session, rule, replace(terms, per_rep=9), by=people.wim, revision=1)
        assert get_rule(session, rule).terms.per_rep == 5
        for bad, field in (
            ({"name": "  "}, "name"),
            ({"per_rep": None}, "amount"),
            ({"percent": 3.0}, "amount"),
            ({"random_share": 0.0}, "random_share"),
            ({"random_share": 0.1}, "random_share"),
            ({"reviewers": ()}, "reviewers"),
            ({"reviewers": (people.vera + 999,)}, "reviewers"),
            ({"due_days": -1}, "due_days"),
            ({"conditions": Conditions(score_from=90.0, score_to=10.0)}, "conditions"),
            ({"risks": ("gossip",)}, "risks"),
        ):
            with pytest.raises(BadRule) as refused:
                make_rule(session, replace(terms, **bad), by=people.lead)
            assert refused.value.field == field
        set_rule_state(session, rule, "paused", by=people.lead)
        scored_calls(session, people.anna, 3)
        assert draw_due(session, NOW) == ()
        set_rule_state(session, rule, "removed", by=people.lead)
        assert list_rules(session) == ()
        with pytest.raises(NoSuchRule):
            get_rule(session, rule)
        acts = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_kind == "sampling_rule").order_by(AuditEvent.id)
        ).all()
        assert list(acts) == [f"sampling_rule.{act}" for act in ("created", "changed", "paused", "removed")]


def test_a_call_that_is_erased_takes_its_assignment_with_it(database: Database) -> None:
    with database.session() as session:
        people = open_department(session)
        calls = scored_calls(session, people.anna, 2)
        rule = weekly_rule(session, people)
        draw_rule(session, rule, by=None, now=NOW)
        session.execute(delete(Call).where(Call.id == calls[0]))
        assert session.scalars(select(Assignment.call_id)).all() == [calls[1]]
