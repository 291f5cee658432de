"""Figures read from the database: the same on both, from the index alone, and of nobody who is not to be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from review.db import Database
from review.models import (
    Assignment,
    Call,
    Dispute,
    DisputeItem,
    Evaluation,
    Playlist,
    PlaylistTask,
    Quiz,
    QuizTask,
    Rep,
    utc_now,
)
from review.performance.answers import answers_of
from review.performance.assigned import assigned_of, assigned_to
from review.performance.behind import calls_behind
from review.performance.criteria import name_standards
from review.performance.estimate import Sums
from review.performance.feedback import read_waited, summed_up
from review.performance.period import last_weeks
from review.performance.reviewers import read_reviewers
from review.performance.scores import read_by_people, read_scores
from review.performance.seeing import find_rep, list_teams, mates_of, own_rep
from review.performance.sums import read_buckets
from tests import factories
from tests.db.performing import Company, add_machine_answer, add_result, add_results, company
from tests.db.test_queries_plans import plan_of
from tests.statements import counted_statements

__all__ = ["company"]

PERIOD_WEEKS = 4


def test_answers_are_added_up_by_week_and_by_where_they_come_from(database: Database, company: Company) -> None:
    period = last_weeks(PERIOD_WEEKS)
    rep, mate = company.reps[:2]
    with database.session() as session:
        start = period.starts[1]
        add_result(session, rep, start, fraction=0.5)
        add_result(session, rep, start + timedelta(days=6, hours=23), fraction=1.0)
        add_result(session, rep, start + timedelta(days=7), fraction=0.25, source="person", part="random")
        add_result(session, rep, start, fraction=None)
        add_result(session, rep, start, stands=False)
        add_result(session, rep, period.since - timedelta(seconds=1))
        add_result(session, mate, period.since, source="person", part=None, criterion="company")
        add_result(session, company.other, start)
    with database.read() as session, counted_statements() as sent:
        found = read_buckets(session, [rep, mate], period)
    assert len(sent) == 1
    assert [(one.rep_id, one.criterion, one.week, one.kind, one.sums) for one in found] == [
        (rep, "greeting", 1, "machine", Sums(2, 1.5, 1.25)),
        (rep, "greeting", 2, "random", Sums(1, 0.25, 0.0625)),
        (mate, "company", 0, "chosen_alone", Sums(1, 1.0, 1.0)),
    ]
    with database.read() as session:
        assert read_buckets(session, [], period) == ()
        assert [one.criterion for one in read_buckets(session, [mate], period, criterion="greeting")] == []


@pytest.mark.parametrize("weeks", [1, 12, 104])
def test_a_count_reads_the_index_and_no_table(sqlite_database: Database, weeks: int) -> None:
    period = last_weeks(weeks)
    with sqlite_database.read() as session:
        for read in (
            lambda: read_buckets(session, [3, 4, 5], period),
            lambda: read_buckets(session, [3], period, criterion="greeting"),
            lambda: answers_of(session, rep_ids=[3, 4], since=period.since, until=period.until),
            lambda: answers_of(session, rep_ids=[3], since=period.since, until=period.until, criterion="greeting"),
        ):
            plan = plan_of(session, read)
            assert "SEARCH criterion_result USING COVERING INDEX ix_criterion_result_stands" in plan, plan
            assert "SCAN criterion_result" not in plan, plan


def test_calls_behind_and_scores_follow_an_index(sqlite_database: Database, viewer_of_all: object) -> None:
    period = last_weeks(12)
    with sqlite_database.read() as session:
        plan = plan_of(
            session,
            lambda: calls_behind(session, viewer_of_all, 3, period, standard="cold-call", criterion="greeting"),  # type: ignore[arg-type]
        )
        assert "ix_criterion_result_stands" in plan, plan
        assert "SCAN call\n" not in f"{plan}\n", plan
        plan = plan_of(session, lambda: read_scores(session, [3, 4], period))
        assert "ix_call_rep_id_happened_at_id" in plan, plan
        plan = plan_of(session, lambda: read_by_people(session, [3, 4], period))
        assert "SCAN call\n" not in f"{plan}\n", plan
        assert "SCAN evaluation\n" not in f"{plan}\n", plan
        plan = plan_of(session, lambda: read_waited(session, [3, 4], period))
        assert "SCAN call\n" not in f"{plan}\n", plan


@pytest.fixture
def viewer_of_all(sqlite_database: Database) -> object:
    """A quality lead."""
    from review.queries.viewer import load_viewer

    with sqlite_database.session() as session:
        return load_viewer(session, factories.make_user(session, "quality_lead").id)


def test_who_sees_whose_figures(database: Database, company: Company) -> None:
    with database.read() as session:
        seen = {
            role: {rep for rep in (*company.reps, company.other) if find_rep(session, company.see(role), rep)}
            for role in company.viewers
        }
        teams = {role: [team.name for team in list_teams(session, company.see(role))] for role in company.viewers}
        own = {role: own_rep(session, company.see(role)) for role in company.viewers}
        rep = own["rep"]
        assert rep is not None
        assert mates_of(session, rep) == company.reps
    everybody = {*company.reps, company.other}
    assert seen["rep"] == {company.reps[0]}
    assert seen["manager"] == set(company.reps)
    assert seen["quality_lead"] == everybody
    assert seen["admin"] == set()
    assert teams["rep"] == teams["admin"] == []
    assert teams["manager"] == ["North"]
    assert teams["quality_lead"] == ["North", "South"]
    assert {role for role, card in own.items() if card} == {"rep"}


def test_criteria_are_named_as_the_newest_scorecard_says(database: Database, company: Company) -> None:
    period = last_weeks(PERIOD_WEEKS)
    with database.session() as session:
        add_results(session, company.reps[0], [1, 2, 3], criterion="company")
        add_results(session, company.reps[0], [1], criterion="greeting")
        add_results(session, company.reps[0], [1], criterion="of_old")
        add_results(session, company.reps[0], [1], criterion="x", standard="gone")
    with database.read() as session:
        buckets = read_buckets(session, [company.reps[0]], period)
        first, second = name_standards(session, buckets, "ru")
    assert (first.name, first.answers) == ("cold-call", 5)
    assert [one.id for one in first.criteria] == ["greeting", "company", "of_old"]
    assert first.criteria[0].question == "Поздоровался и назвал своё имя"
    assert (first.criteria[2].question, second.title) == ("of_old", "gone")


def test_the_calls_behind_a_figure_are_those_the_viewer_may_see(database: Database, company: Company) -> None:
    period = last_weeks(PERIOD_WEEKS)
    rep = company.reps[0]
    with database.session() as session:
        good, bad = add_results(session, rep, [3, 2], fraction=1.0)
        session.execute(update(Call).where(Call.id == bad).values(duration=60.0))
        worst = add_result(session, rep, utc_now() - timedelta(days=5), fraction=0.0, source="person", part="risk")
        add_machine_answer(session, worst)
    ask = {"standard": "cold-call", "criterion": "greeting"}
    with database.read() as session:
        lead = company.see("quality_lead")
        newest = calls_behind(session, lead, rep, period, **ask)
        assert [row.call_id for row in newest.rows] == [bad, good, worst]
        assert [row.plays for row in newest.rows] == [True, False, False]
        assert calls_behind(session, lead, rep, period, order="worst", **ask).rows[0].call_id == worst
        assert [row.part for row in calls_behind(session, lead, rep, period, sample="risk", **ask).rows] == ["risk"]
        assert calls_behind(session, lead, rep, period, sample="random", **ask).rows == ()
        assert calls_behind(session, company.see("admin"), rep, period, **ask).rows == ()


def test_the_time_to_feedback_counts_the_first_scorecard_of_a_call(database: Database, company: Company) -> None:
    period, now = last_weeks(PERIOD_WEEKS), utc_now()
    with database.session() as session:
        calls = add_results(session, company.reps[0], [2, 2, 2, 2])
        reviewer = company.see("reviewer").user_id
        for call_id, hours, more in (
            (calls[0], 10, {}),
            (calls[0], 30, {}),  # a second one is no second feedback
            (calls[1], 20, {}),
            (calls[2], 5, {"state": "void"}),
            (calls[3], 5, {"state": "draft", "shown_at": None, "show_at": None}),
        ):
            shown = now - timedelta(days=2) + timedelta(hours=hours)
            values = {"state": "shown", "shown_at": shown, "show_at": shown, **more}
            session.add(
                Evaluation(
                    call_id=call_id,
                    standard="cold-call",
                    version=2,
                    user_id=reviewer,
                    reviewer="R",
                    saved_by="R",
                    **values,
                )
            )
    with database.read() as session:
        waited = read_waited(session, company.reps, period)
        everybody = read_waited(session, None, period)
        nobody = read_waited(session, [company.other], period)
    assert waited == everybody
    assert nobody == ()
    found = summed_up(waited, 15.0)
    assert (found.calls, found.within) == (2, 0.5)
    assert found.median == pytest.approx(15.0, abs=0.01)
    assert summed_up((), 15.0).median is None


def test_reviewers_load_speed_and_what_did_not_stand(database: Database, company: Company) -> None:
    period, now = last_weeks(PERIOD_WEEKS), utc_now()
    reviewer = company.see("reviewer").user_id
    with database.session() as session:
        calls = add_results(session, company.reps[0], [3, 3, 3, 3])
        day = timedelta(days=1)
        for call_id, state, due, finished in (
            (calls[0], "open", now - day, None),
            (calls[1], "open", now + day, None),
            (calls[2], "done", now - day, now - 0.5 * day),
            (calls[3], "done", now + day, now - 2 * day),
        ):
            session.add(
                Assignment(
                    call_id=call_id,
                    user_id=reviewer,
                    part="chosen",
                    state=state,
                    due_at=due,
                    created_at=now - 3 * day,
                    finished_at=finished,
                )
            )
        done = Evaluation(
            call_id=calls[2],
            standard="cold-call",
            version=2,
            user_id=reviewer,
            reviewer="R",
            saved_by="R",
            state="shown",
            first_submitted_at=now - 0.1 * day if now.weekday() or now.hour > 3 else now,
        )
        session.add(done)
        session.flush()
        dispute = Dispute(
            evaluation_id=done.id,
            call_id=calls[2],
            scorer_id=reviewer,
            raised_name="x",
            raised_as="rep",
            state="decided",
        )
        session.add(dispute)
        session.flush()
        for name, decision in (("greeting", "accepted"), ("company", "rejected"), ("price", "")):
            session.add(
                DisputeItem(dispute_id=dispute.id, criterion=name, comment="x", decision=decision, decided_at=now)
            )
    with database.read() as session, counted_statements() as sent:
        found = read_reviewers(session, period, 72.0)
    assert len(sent) == 7
    line = found.lines[0]
    assert (line.id, line.open, line.overdue, line.done, line.late) == (reviewer, 2, 1, 1, 1)
    assert line.hours == pytest.approx((60 + 24) / 2, abs=0.1)
    assert (line.disputed, line.changed) == (2, 1)
    assert line.changed_interval is not None
    assert sum(line.weeks) == 1
    assert {one.name for one in found.lines[1:]} >= {"The manager"}


def test_everything_that_waits_is_one_list(database: Database, company: Company) -> None:
    with database.session() as session:
        (call_id,) = add_results(session, company.reps[0], [1])
        (other,) = add_results(session, company.other, [1])
        for where in (call_id, other):
            session.add(
                Evaluation(
                    call_id=where, standard="cold-call", version=2, reviewer="Vera", saved_by="Vera", state="shown"
                )
            )
    with database.read() as session, counted_statements() as sent:
        (item,) = assigned_of(session, company.see("rep"))
        assert len(sent) == 5
        assert (item.kind, item.call_id, item.by, item.overdue) == ("evaluation", call_id, "Vera", False)
        assert assigned_of(session, company.see("quality_lead")) == ()


def test_what_was_taken_back_or_is_nobodys_does_not_wait(database: Database, company: Company) -> None:
    user_id = company.see("rep").user_id
    with database.session() as session:
        playlist, quiz = Playlist(title="Prices", author="Mia"), Quiz(title="Prices?", author="Mia")
        session.add_all([playlist, quiz])
        (call_id,) = add_results(session, company.other, [1])
        evaluation = Evaluation(
            call_id=call_id, standard="cold-call", version=2, reviewer="Vera", saved_by="Vera", state="disputed"
        )
        session.add(evaluation)
        session.flush()
        tasks = (
            PlaylistTask(playlist_id=playlist.id, user_id=user_id, by_name="Mia"),
            QuizTask(quiz_id=quiz.id, user_id=user_id, by_name="Mia"),
        )
        session.add_all(tasks)
    with database.read() as session:
        assert [item.kind for item in assigned_of(session, company.see("rep"))] == ["playlist", "quiz"]
    with database.session() as session:
        session.execute(update(PlaylistTask).values(withdrawn_at=utc_now()))
        session.execute(update(QuizTask).values(withdrawn_at=utc_now()))
        session.add(
            Dispute(evaluation_id=evaluation.id, call_id=call_id, raised_name="Gone", raised_as="rep", state="answered")
        )
    with database.read() as session:
        assert assigned_of(session, company.see("rep")) == ()
        assert assigned_to(session, None, company.reps[1]) == (), "a rep without a sign-in has nobody else's"


def test_a_rep_without_a_team_is_their_own_mate_only(database: Database, company: Company) -> None:
    with database.session() as session:
        session.execute(update(Rep).where(Rep.id == company.reps[0]).values(team_id=None))
    with database.read() as session:
        rep = own_rep(session, company.see("rep"))
        assert rep is not None
        assert mates_of(session, rep) == (rep.id,)
        teams = list_teams(session, company.see("quality_lead"))
        assert [(team.name, len(team.reps)) for team in teams] == [("North", 4), ("South", 1), (None, 1)]
