"""Who was in which team when: moves, what was before anybody wrote it down, and the stretches told from old logs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from review.accounts.team_history import history_of_team, note_rep, stretches_of, team_at, team_of
from review.db import Database
from review.migrations import run
from review.models import AuditEvent, TeamMembership
from review.services import audit
from review.services.people import add_rep, add_team, remove_team_member, set_rep_team, set_team_member
from tests import factories

DAY = timedelta(days=1)


def test_a_past_call_stays_with_the_team_of_then(database: Database) -> None:
    with database.session() as session:
        north, south = add_team(session, "North"), add_team(session, "South")
        rep = add_rep(session, name="Rita", team_id=north)
        start = datetime.now(UTC)
        assert team_of(session, rep, start - 400 * DAY) == north  # calls brought in from before
        set_rep_team(session, rep, south)
        assert team_of(session, rep, start - DAY) == north
        assert team_of(session, rep, start + DAY) == south
        set_rep_team(session, rep, None)
        assert team_of(session, rep, start + DAY) is None
        known = stretches_of(session, [rep])
        assert team_at(known, rep, start - DAY) == north
        told = [(row.team, row.since is None, row.until is None) for row in history_of_team(session, south)]
    assert told == [("South", False, False)]


def test_a_rep_who_had_no_team_at_first_had_none(database: Database) -> None:
    with database.session() as session:
        rep = add_rep(session, name="Rita")
        team = add_team(session, "North")
        set_rep_team(session, rep, team)
        now = datetime.now(UTC)
        assert team_of(session, rep, now - DAY) is None
        assert team_of(session, rep, now + DAY) == team


def test_a_rep_nobody_wrote_down_was_always_where_they_are(database: Database) -> None:
    with database.session() as session:
        team, other = factories.make_team(session), factories.make_team(session)
        rep = factories.make_rep(session, team=team)
        now = datetime.now(UTC)
        assert team_of(session, rep.id, now) == team.id
        set_rep_team(session, rep.id, other.id)
        assert team_of(session, rep.id, now - DAY) == team.id


def test_the_moment_of_a_move_belongs_to_the_new_team(database: Database) -> None:
    with database.session() as session:
        north, south = add_team(session, "North"), add_team(session, "South")
        rep = add_rep(session, name="Rita", team_id=north)
        at = datetime(2026, 11, 1, tzinfo=UTC)
        note_rep(session, rep, south, at=at)
        assert team_of(session, rep, at) == south
        assert team_of(session, rep, at - timedelta(microseconds=1)) == north


def test_members_come_manage_and_leave(database: Database) -> None:
    with database.session() as session:
        team = add_team(session, "North")
        user = factories.make_user(session, "manager")
        set_team_member(session, team, user.id)
        set_team_member(session, team, user.id, manages=True)
        remove_team_member(session, team, user.id)
        remove_team_member(session, team, user.id)
        rows = history_of_team(session, team)
    assert [(row.is_manager, row.until is None) for row in rows] == [(True, False), (False, False)]


def test_history_is_told_from_the_audit_log(empty_database: Database) -> None:
    run.upgrade(empty_database)
    moved = datetime(2026, 10, 5, 12, tzinfo=UTC)
    with empty_database.session() as session:
        north, south = factories.make_team(session), factories.make_team(session)
        rep = factories.make_rep(session, team=south)
        user = factories.make_user(session, "manager")
        rep_id, ids, user_id = rep.id, (north.id, south.id), user.id
        audit.record(session, None, "rep.team_changed", "rep", rep.id, before=north.id, after=south.id)
        audit.record(session, user_id, "user.signed_in", "user", user_id)
        session.flush()
        session.execute(update(AuditEvent).values(at=moved))
    run.downgrade(empty_database, "0030")
    run.upgrade(empty_database)
    with empty_database.read() as session:
        assert team_of(session, rep_id, moved - DAY) == ids[0]
        assert team_of(session, rep_id, moved) == ids[1]
        rows = session.execute(select(TeamMembership.since, TeamMembership.until).order_by(TeamMembership.id)).all()
        assert rows == [(None, moved), (moved, None)]
