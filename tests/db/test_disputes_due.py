"""Deadlines of disputes: working days, reminders, up to the quality lead, the end; each once, with two sweeps too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from review.db import Database
from review.disputes.queries import read_figures
from review.disputes.rules import Rules, RulesRefused, deadline, read_rules, set_rules
from review.disputes.types import Point, Ruling, TooLate
from review.disputes.windows import read_windows
from review.evaluations import move
from review.models import (
    AuditEvent,
    Dispute,
    DisputeRule,
    DisputeWindow,
    Evaluation,
    Notification,
    User,
    utc_now,
)
from tests.db.disputing import Floor, floor, go_further, object_to, rule, see
from workers.disputes import Disputes, pass_deadlines

__all__ = ["floor"]  # the fixture

REJECT = Ruling("greeting", "reject", "No.")


def told(database: Database, kind: str) -> list[int]:
    with database.read() as session:
        people = select(Notification.user_id).where(Notification.kind == kind).order_by(Notification.user_id)
        return list(session.scalars(people))


def due(database: Database, dispute_id: int) -> datetime:
    with database.read() as session:
        found = session.get_one(Dispute, dispute_id).due_at
    assert found is not None
    return found


def test_deadlines_are_the_end_of_working_days(database: Database) -> None:
    friday = datetime.fromisoformat("2026-11-20T15:00:00+00:00")
    with database.session() as session:
        until, remind = deadline(session, friday, 1, Rules(), user_id=None)
        assert (until.date().isoformat(), remind and remind.date().isoformat()) == ("2026-11-23", "2026-11-20")
        assert deadline(session, friday, 1, Rules(remind_days=2), user_id=None)[1] is None
        assert deadline(session, friday, 3, Rules(remind_days=0), user_id=None)[1] is None


def test_rules_are_a_row_and_what_was_promised_stays(database: Database, floor: Floor) -> None:
    with database.session() as session:
        before = read_windows(session, [floor.evaluation_id])
        for wrong in ({"raise_days": 0}, {"raise_days": True}, {"lead_days": 91}, {"first_days": "3"}):
            with pytest.raises(RulesRefused):
                set_rules(session, floor.lena, wrong)
        assert set_rules(session, floor.lena, {"raise_days": 1, "unknown": 5}) == Rules(raise_days=1)
        set_rules(session, floor.lena, {"raise_days": 1})
        assert session.scalar(select(func.count()).select_from(DisputeRule)) == 1, "the same again is no change"
        assert read_rules(session).raise_days == 1
        assert read_windows(session, [floor.evaluation_id]) == before
        actions = select(AuditEvent.action).where(AuditEvent.action == "dispute.rules_set")
        assert len(session.scalars(actions).all()) == 1


def test_undecided_it_goes_up_by_itself_and_stays_open_as_overdue(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    end = due(database, raised.id)
    assert pass_deadlines(database, end - timedelta(hours=1)) == 1
    assert told(database, "dispute_soon") == [floor.max.user_id]
    assert pass_deadlines(database, end - timedelta(hours=1)) == 0, "reminded once"
    assert pass_deadlines(database, end) == 1
    lifted = see(database, raised, floor.lena)
    assert (lifted.state, lifted.lead_why, lifted.steps[-1].name) == ("lead", "undecided", "")
    assert told(database, "dispute_escalated") == sorted([floor.lena.user_id, floor.lars.user_id])
    assert pass_deadlines(database, end) == 0
    later = due(database, raised.id)
    assert later > end
    assert pass_deadlines(database, later + timedelta(days=30)) == 1
    assert pass_deadlines(database, later + timedelta(days=31)) == 0
    assert len(told(database, "dispute_overdue")) == 2
    assert rule(database, see(database, raised, floor.lena), floor.lena, REJECT).state == "decided"


def test_not_taken_further_in_time_is_final(database: Database, floor: Floor) -> None:
    answered = rule(database, object_to(database, floor, floor.rita), floor.max, REJECT)
    end = due(database, answered.id)
    with pytest.raises(TooLate):
        go_further(database, answered, floor.rita, now=end + timedelta(seconds=1))
    assert pass_deadlines(database, end - timedelta(hours=1)) == 1
    assert told(database, "dispute_further_soon") == [floor.rita.user_id]
    assert pass_deadlines(database, end + timedelta(seconds=1)) == 1
    assert pass_deadlines(database, end + timedelta(seconds=1)) == 0
    closed = see(database, answered, floor.rita)
    assert (closed.state, closed.steps[-1].event) == ("decided", "closed")
    with database.read() as session:
        assert session.get_one(Evaluation, floor.evaluation_id).state == "final"


def test_two_sweeps_at_once_take_a_step_once(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    end = due(database, raised.id)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _n: pass_deadlines(database, end), range(4)))
    assert sum(taken) == 1
    assert len(told(database, "dispute_escalated")) == 2


def test_the_last_manager_leaves_and_then_the_last_lead(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    with database.session() as session:
        session.execute(update(User).where(User.id == floor.max.user_id).values(disabled_at=utc_now()))
    assert pass_deadlines(database, utc_now()) == 1
    assert see(database, raised, floor.lena).lead_why == "no_manager"
    leads = (floor.lena.user_id, floor.lars.user_id)
    with database.session() as session:
        session.execute(update(User).where(User.id.in_(leads)).values(disabled_at=utc_now()))
    assert pass_deadlines(database, utc_now()) == 1
    assert told(database, "dispute_stranded") == [floor.hanna.user_id]
    assert see(database, raised, floor.hanna).stranded
    assert pass_deadlines(database, utc_now()) == 0
    with database.session() as session:
        session.execute(update(User).where(User.id.in_(leads)).values(disabled_at=None))
    assert pass_deadlines(database, utc_now()) == 1
    assert not see(database, raised, floor.hanna).stranded


def test_the_rep_is_reminded_once_while_there_is_time(database: Database, floor: Floor) -> None:
    with database.session() as session:
        window = session.get_one(DisputeWindow, floor.evaluation_id)
        remind, until = window.remind_at, window.until
    assert remind is not None
    assert pass_deadlines(database, remind - timedelta(minutes=1)) == 0
    assert pass_deadlines(database, remind) == 1
    assert pass_deadlines(database, until - timedelta(minutes=1)) == 0
    assert told(database, "dispute_window") == [floor.rita.user_id]


def test_evaluations_shown_before_windows_were_kept_get_one(database: Database, floor: Floor) -> None:
    with database.session() as session:
        before = session.get_one(DisputeWindow, floor.evaluation_id)
        until = before.until
        session.delete(before)
        assert read_windows(session, [floor.evaluation_id]) == {floor.evaluation_id: until}
    pass_deadlines(database, utc_now())
    with database.read() as session:
        assert session.get_one(DisputeWindow, floor.evaluation_id).until == until


def test_the_tick_looks_once_a_minute(database: Database, floor: Floor) -> None:
    raised = object_to(database, floor, floor.rita)
    work = Disputes(database)
    assert work.tick(due(database, raised.id)) == 1
    assert work.tick(due(database, raised.id) + timedelta(days=40)) == 0


def test_figures_by_criterion_and_reviewer(database: Database, floor: Floor) -> None:
    raised = object_to(
        database, floor, floor.rita, Point("greeting", "It is there.", "2"), Point("company", "It is there.", "yes")
    )
    answered = rule(database, raised, floor.max, Ruling("greeting", "accept"), Ruling("company", "reject", "No."))
    with database.read() as session:
        found = read_figures(session, floor.lena, since=None, until=utc_now() + timedelta(hours=1))
        assert (found.all.disputed, found.all.evaluations, found.all.decided, found.open) == (1, 1, 0, 1)
    go_further(database, answered, floor.rita)
    rule(database, see(database, raised, floor.lena), floor.lena, Ruling("company", "reject", "No."))
    with database.read() as session:
        since, until = utc_now() - timedelta(days=1), utc_now() + timedelta(hours=1)
        found = read_figures(session, floor.lena, since=since, until=until)
        assert (found.all.decided, found.all.accepted, found.open) == (2, 1, 0)
        assert {one.key: one.accepted for one in found.by_criterion} == {"greeting": 1, "company": 0}
        (vera,) = found.by_reviewer
        assert (vera.label, vera.key, vera.share) == ("Vera", str(floor.vera.user_id), 1.0)
        assert vera.accepted_interval is not None
        assert vera.time is not None
        assert vera.time >= 0
        assert read_figures(session, floor.mona, since=since, until=until).all.disputed == 0, "another team's manager"


def test_no_more_than_all_are_disputed(database: Database, floor: Floor) -> None:
    """Shown before the days that are looked at, disputed in them; decided, and made void since."""
    rule(database, object_to(database, floor, floor.rita), floor.max, Ruling("greeting", "accept"))
    with database.session() as session:
        row = session.get_one(Evaluation, floor.evaluation_id)
        row.shown_at = utc_now() - timedelta(days=40)
    for state in ("final", "void"):
        with database.session() as session:
            session.execute(update(Evaluation).values(state=state))
        with database.read() as session:
            since, until = utc_now() - timedelta(days=30), utc_now() + timedelta(hours=1)
            found = read_figures(session, floor.lena, since=since, until=until)
        for one in (found.all, *found.by_criterion, *found.by_reviewer):
            assert (one.disputed, one.evaluations, one.share) == (1, 1, 1.0), (state, one.key)


def test_shown_anew_it_can_be_disputed_anew(database: Database, floor: Floor) -> None:
    """Opened again and submitted long after: the time promised at first is not the one that holds."""
    old = utc_now() - timedelta(days=1)
    with database.session() as session:
        session.execute(update(DisputeWindow).values(until=old))
        move(session, floor.call_id, floor.evaluation_id, floor.vera, "reopen")
    with database.session() as session:  # its time has come, and no sweep has written it down yet
        session.execute(update(Evaluation).values(state="submitted", show_at=utc_now(), submitted_at=utc_now()))
    with database.read() as session:
        assert read_windows(session, [floor.evaluation_id])[floor.evaluation_id] > utc_now()
    assert object_to(database, floor, floor.rita).state == "first"
