"""Figures of "all calls" that nobody picked by how they went, and of the team a rep was in when the call was held."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts.team_history import note_change
from review.db import Database
from review.models import Rep, TeamMembership, utc_now
from review.performance.behind import calls_behind
from review.performance.criteria import NamedCriterion
from review.performance.estimate import Mean
from review.performance.feedback import read_waited
from review.performance.needs import find_needs
from review.performance.period import last_weeks
from review.performance.rep import lines_of
from review.performance.scores import read_by_people, read_scores
from review.performance.seeing import TeamCard, list_teams, mates_calls, members_of, own_rep
from review.performance.sums import read_buckets
from review.performance.team import heat_map, trend_of
from review.performance.whose import while_in_team
from tests.db.performing import Company, add_machine_answer, add_result, company
from tests.statements import counted_statements

__all__ = ["company"]

PERIOD = last_weeks(8)
GREETING = NamedCriterion(
    id="greeting", standard="cold-call", question="Greets", guidance="", section="opening", section_title="Opening"
)
ASK = {"standard": "cold-call", "criterion": "greeting"}


def team_named(session: Session, company: Company, name: str) -> TeamCard:
    return next(team for team in list_teams(session, company.see("quality_lead")) if team.name == name)


def mean(found: Mean | None) -> tuple[float, int] | None:
    return None if found is None else (round(found.mean, 3), found.calls)


def test_what_only_people_answer_counts_by_lot_alone(database: Database, company: Company) -> None:
    rep = company.reps[0]
    now = utc_now()
    with database.session() as session:
        for part, fraction, calls in (("random", 1.0, 6), ("risk", 0.0, 8), ("chosen", 0.0, 8), (None, 0.0, 1)):
            for _ in range(calls):
                add_result(session, rep, now - timedelta(hours=1), fraction=fraction, source="person", part=part)
    with database.read() as session:
        team = team_named(session, company, "North")
        buckets = read_buckets(session, team.rep_ids, PERIOD)
        behind = calls_behind(session, company.see("quality_lead"), rep, PERIOD, **ASK)
        risk = calls_behind(session, company.see("quality_lead"), rep, PERIOD, sample="risk", **ASK)
    for sample, cell in (("all", (1.0, 6)), ("random", (1.0, 6)), ("risk", (0.0, 8))):
        made = heat_map(team.reps, buckets, [GREETING], sample)
        assert [mean(row.cells[0]) for row in made.rows if row.rep.id == rep] == [cell]
        assert mean(made.team[0]) == cell
        assert made.by_lot == (sample == "all",)
    trend = trend_of(GREETING, buckets, PERIOD)
    assert [mean(line[-1]) for line in (trend.weeks, trend.random, trend.risk)] == [(1.0, 6), (1.0, 6), (0.0, 8)]
    (line,) = lines_of(rep, buckets, [GREETING], PERIOD)
    assert (mean(line.now), mean(line.risk[-1])) == ((1.0, 6), (0.0, 8))
    assert {row.part for row in behind.rows} == {"random"}
    assert len(risk.rows) == 8


def test_a_persons_answer_in_place_of_the_machines_counts_however_it_was_picked(
    database: Database, company: Company
) -> None:
    rep, at = company.reps[0], utc_now() - timedelta(hours=1)
    with database.session() as session:
        for _ in range(4):
            add_result(session, rep, at, fraction=1.0)
        add_machine_answer(session, add_result(session, rep, at, fraction=0.0, source="person", part="risk"))
        add_machine_answer(session, add_result(session, rep, at, fraction=0.0, source="person", part="chosen"))
        # The machine could not say: that there is an answer is because of the pick.
        add_machine_answer(
            session, add_result(session, rep, at, fraction=0.0, source="person", part="risk"), fraction=None
        )
    with database.read() as session:
        team = team_named(session, company, "North")
        made = heat_map(team.reps, read_buckets(session, [rep], PERIOD), [GREETING])
        behind = calls_behind(session, company.see("quality_lead"), rep, PERIOD, **ASK)
    assert mean(made.team[0]) == (round(4 / 6, 3), 6)
    assert made.by_lot == (False,)
    assert len(behind.rows) == 6


def test_nobody_is_behind_because_their_bad_calls_were_picked(database: Database, company: Company) -> None:
    at = utc_now() - timedelta(hours=1)
    with database.session() as session:
        for rep in company.reps:
            for number in range(8):
                add_result(session, rep, at, fraction=float(number % 2), source="person", part="random")
        for _ in range(40):
            add_result(session, company.reps[0], at, fraction=0.0, source="person", part="risk")
    with database.read() as session:
        team = team_named(session, company, "North")
        buckets = read_buckets(session, team.rep_ids, PERIOD)
    assert find_needs(team.reps, buckets, [GREETING], PERIOD).found == ()


@pytest.fixture
def moved(database: Database, company: Company) -> datetime:
    """The first rep of North went to South two weeks ago: bad calls before, good ones since. When that was."""
    when = utc_now() - timedelta(days=14)
    rep_id = company.reps[1]
    with database.session() as session:
        rep = session.get_one(Rep, rep_id)
        rep.team_id = company.south
        note_change(session, rep_id, company.north, company.south)
        for stay in session.scalars(select(TeamMembership).where(TeamMembership.rep_id == rep_id)):
            stay.since, stay.until = (when, None) if stay.team_id == company.south else (None, when)
        for number in range(6):
            add_result(session, rep_id, when - timedelta(days=2, hours=number), fraction=0.0)
        for number in range(4):
            add_result(session, rep_id, when + timedelta(hours=number), fraction=1.0)
    return when


def test_a_call_counts_for_the_team_its_rep_was_in(database: Database, company: Company, moved: datetime) -> None:
    rep, lead = company.reps[1], company.see("quality_lead")
    with database.read() as session:
        found = {}
        for name in ("North", "South"):
            team = team_named(session, company, name)
            members = members_of(session, lead, team, PERIOD)
            made = heat_map(members.reps, read_buckets(session, members.calls, PERIOD), [GREETING])
            row = next(row for row in made.rows if row.rep.id == rep)
            behind = calls_behind(session, lead, while_in_team(session, team.id, [rep]), PERIOD, **ASK)
            found[name] = (row.rep.here, row.rep.team_name, mean(row.cells[0]), mean(made.team[0]), len(behind.rows))
            assert len(read_scores(session, members.calls, PERIOD)) == 0
            assert read_by_people(session, members.calls, PERIOD) == ()
            assert read_waited(session, members.calls, PERIOD) == ()
    assert found["North"] == (False, "South", (0.0, 6), (0.0, 6), 6)
    assert found["South"] == (True, "South", (1.0, 4), (1.0, 4), 4)


def test_who_moved_is_compared_only_where_they_are_now(database: Database, company: Company, moved: datetime) -> None:
    lead = company.see("quality_lead")
    at = utc_now() - timedelta(days=20)
    with database.session() as session:
        for rep in (company.reps[2], company.other):
            for _ in range(12):
                add_result(session, rep, at, fraction=1.0)
    with database.read() as session:
        for name in ("North", "South"):
            members = members_of(session, lead, team_named(session, company, name), PERIOD)
            needs = find_needs(members.reps, read_buckets(session, members.calls, PERIOD), [GREETING], PERIOD)
            assert needs.found == ()  # the bad calls are North's past, and nobody's need in South


def test_who_left_for_another_managers_team_is_in_no_figure_of_the_old_manager(
    database: Database, company: Company, moved: datetime
) -> None:
    with database.read() as session:
        (team,) = list_teams(session, company.see("manager"))
        members = members_of(session, company.see("manager"), team, PERIOD)
    assert company.reps[1] not in {rep.id for rep in members.reps}
    assert company.reps[1] not in members.calls.rep_ids


def test_the_middle_is_of_what_mates_did_in_the_team_and_of_all_own_calls(
    database: Database, company: Company, moved: datetime
) -> None:
    with database.read() as session:
        rep = own_rep(session, company.see("rep"))
        assert rep is not None
        assert company.reps[1] not in mates_calls(session, rep).rep_ids
        south = next(team for team in list_teams(session, company.see("quality_lead")) if team.name == "South")
        mover = next(one for one in south.reps if one.id == company.reps[1])
        calls = mates_calls(session, mover)
        assert calls.only == {}  # the own calls are whole
        assert sum(one.sums.calls for one in read_buckets(session, calls, PERIOD)) == 10
        mate = next(one for one in south.reps if one.id == company.other)
        assert sum(one.sums.calls for one in read_buckets(session, mates_calls(session, mate), PERIOD)) == 4


def test_back_and_forth_between_teams(database: Database, company: Company) -> None:
    rep_id, now = company.reps[0], utc_now()
    with database.session() as session:
        for team, since, until in (
            (company.north, None, 30),
            (company.south, 30, 20),
            (company.north, 10, None),  # and nowhere in between
        ):
            session.add(
                TeamMembership(
                    team_id=team,
                    rep_id=rep_id,
                    since=None if since is None else now - timedelta(days=since),
                    until=None if until is None else now - timedelta(days=until),
                )
            )
        for days, fraction in ((40, 0.1), (25, 0.2), (15, 0.3), (5, 0.4)):
            add_result(session, rep_id, now - timedelta(days=days), fraction=fraction)
    with database.read() as session:
        found = {}
        for team in (company.north, company.south, None):
            calls = while_in_team(session, team, [rep_id])
            found[team] = sorted(round(one.sums.total, 3) for one in read_buckets(session, calls, PERIOD))
    assert found == {company.north: [0.1, 0.4], company.south: [0.2], None: [0.3]}


def test_members_are_read_in_the_same_statements_however_many_moved(
    database: Database, company: Company, moved: datetime
) -> None:
    counts = []
    for name in ("North", "South"):
        with database.read() as session:
            team = team_named(session, company, name)
            with counted_statements() as sent:
                members_of(session, company.see("quality_lead"), team, PERIOD)
            counts.append(len(sent))
    assert counts == [3, 3]
