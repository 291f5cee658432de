"""Which notifications become mails and when: choices, working hours, quiet hours, daily mails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from review.comments.notices import count_unread, list_notices, mark_read, notify
from review.db import Database
from review.models import Notification, RefusedAddress, User, utc_now
from review.notices.choices import BadChoice, Habit, choose, read_choices, stop_mail
from review.notices.kinds import KINDS
from review.notices.planning import plan_mail
from review.queries.viewer import load_viewer
from review.working_time.due import calendar_of, due_after
from review.working_time.editing import Day, add_days, begin_calendar, save_hours
from tests import factories
from tests.db.mailed import letters, tell, waiting
from tests.statements import counted_statements

MONDAY_NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)  # 12:00 in Berlin; after the moment the rows are made
WEEK = ["09:00-18:00"] * 5 + ["", ""]


def berlin(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.fixture
def reader(database: Database) -> int:
    """A reviewer in Berlin."""
    with database.session() as session:
        begin_calendar(session, "Europe/Berlin")
        return factories.make_user(session, "reviewer", email="mia@example.com", name="Mia").id


def plan(database: Database, now: datetime, *, can_send: bool = True) -> int:
    with database.session() as session:
        return plan_mail(session, now, can_send=can_send)


def test_a_kind_sent_at_once_is_one_letter_within_working_hours(database: Database, reader: int) -> None:
    tell(database, reader, "mention", by="Ann")
    assert plan(database, MONDAY_NOON) == 1
    assert [(letter.kind, letter.address) for letter in letters(database)] == [("notices", "mia@example.com")]
    assert waiting(database) == []
    assert plan(database, MONDAY_NOON) == 0


def test_at_night_mails_wait_and_come_as_one_in_the_morning(database: Database, reader: int) -> None:
    for by in ("Ann", "Bob", "Cem"):
        tell(database, reader, "mention", by=by)
        assert plan(database, berlin("2027-03-05", "22:00")) == 0  # a Friday evening
    assert {row.mail_at for row in waiting(database)} == {berlin("2027-03-08", "09:00")}
    assert plan(database, berlin("2027-03-07", "12:00")) == 0  # Sunday
    assert plan(database, berlin("2027-03-08", "09:00")) == 1
    assert len(letters(database)) == 1


def test_in_the_application_nothing_waits(database: Database, reader: int) -> None:
    tell(database, reader, "mention", by="Ann")
    plan(database, berlin("2027-03-05", "22:00"))
    with database.read() as session:
        viewer = load_viewer(session, reader)
        assert viewer
        assert count_unread(session, viewer) == 1


def test_urgent_kinds_do_not_wait(database: Database, reader: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from review.notices import kinds

    monkeypatch.setattr(kinds, "KINDS", {**KINDS, "mention": replace(KINDS["mention"], urgent=True)})
    tell(database, reader, "mention", by="Ann")
    assert plan(database, berlin("2027-03-07", "03:00")) == 1


def test_own_quiet_hours_run_through_midnight(database: Database, reader: int) -> None:
    with database.session() as session:
        choose(session, reader, {}, Habit(quiet="own", quiet_from=22 * 60, quiet_to=7 * 60, zone="Asia/Seoul"))
    tell(database, reader, "mention", by="Ann")
    seoul = ZoneInfo("Asia/Seoul")
    assert plan(database, datetime(2027, 3, 6, 23, 30, tzinfo=seoul)) == 0
    assert waiting(database)[0].mail_at == datetime(2027, 3, 7, 7, 0, tzinfo=seoul)
    with database.session() as session:
        choose(session, reader, {}, Habit(quiet="none"))
    assert plan(database, datetime(2027, 3, 6, 23, 31, tzinfo=seoul)) == 1


def test_the_daily_mail_comes_at_its_hour_on_working_days_and_only_with_news(database: Database, reader: int) -> None:
    assert plan(database, berlin("2027-03-01", "09:00")) == 0
    for count in range(3):
        tell(database, reader, "comment", by=f"Ann {count}")
    assert plan(database, berlin("2027-03-05", "10:00")) == 0  # Friday after nine
    assert {row.mail_at for row in waiting(database)} == {berlin("2027-03-08", "09:00")}
    assert plan(database, berlin("2027-03-08", "09:00")) == 1
    assert [letter.kind for letter in letters(database)] == ["digest"]
    assert plan(database, berlin("2027-03-09", "09:00")) == 0


def test_a_holiday_put_in_later_moves_the_daily_mail(database: Database, reader: int) -> None:
    tell(database, reader, "comment", by="Ann")
    plan(database, berlin("2027-03-05", "10:00"))
    with database.session() as session:
        lead = load_viewer(session, factories.make_user(session, "quality_lead").id)
        assert lead
        add_days(session, lead, None, [Day(datetime(2027, 3, 8).date(), "Women’s Day")])
        # What waits is decided about anew: the clock of this test is ahead of the machine's.
        session.execute(update(Notification).values(mail="digest", mail_at=berlin("2027-03-08", "09:00")))
    assert plan(database, berlin("2027-03-08", "09:00")) == 0
    assert waiting(database)[0].mail_at == berlin("2027-03-09", "09:00")


def test_a_daily_mail_missed_by_hours_does_not_come_at_night(database: Database, reader: int) -> None:
    tell(database, reader, "comment", by="Ann")
    plan(database, berlin("2027-03-05", "10:00"))
    assert plan(database, berlin("2027-03-08", "23:00")) == 0  # the installation was down all day
    assert plan(database, berlin("2027-03-09", "09:00")) == 1


def test_a_new_zone_holds_for_mails_that_wait_and_leaves_deadlines(database: Database, reader: int) -> None:
    tell(database, reader, "mention", by="Ann")
    plan(database, berlin("2027-03-05", "22:00"))
    with database.session() as session:
        before = due_after(session, MONDAY_NOON, 1, user_id=reader)
        lead = load_viewer(session, factories.make_user(session, "admin").id)
        assert lead
        save_hours(session, lead, None, zone="America/New_York", week=WEEK)
        after = due_after(session, MONDAY_NOON, 1, user_id=reader)
    assert before == datetime(2027, 3, 2, 17, 0, tzinfo=UTC)
    assert after == datetime(2027, 3, 2, 23, 0, tzinfo=UTC)
    assert waiting(database)[0].mail == "new"
    assert plan(database, datetime(2027, 3, 5, 22, 30, tzinfo=UTC)) == 1  # half past five in New York


def test_switching_off_a_kind_switches_off_those_that_follow_it(database: Database, reader: int) -> None:
    with database.session() as session:
        choose(session, reader, {"library_praise": "off"})
    for kind in ("clip_praised", "clip_good", "playlist_given"):
        tell(database, reader, kind, by="Ann", title="Price")
    with database.read() as session:
        viewer = load_viewer(session, reader)
        assert viewer
        assert [row.kind for row in list_notices(session, viewer).rows] == ["playlist_given"]
        assert count_unread(session, viewer) == 1


def test_what_was_read_or_switched_off_is_never_mailed(database: Database, reader: int) -> None:
    with database.session() as session:
        choose(session, reader, {"reply": "off"})
    seen, off = tell(database, reader, "mention", by="Ann"), tell(database, reader, "reply", by="Bob")
    assert off > 0
    with database.session() as session:
        viewer = load_viewer(session, reader)
        assert viewer
        assert [row.id for row in list_notices(session, viewer).rows] == [seen]
        mark_read(session, viewer)
    assert plan(database, MONDAY_NOON) == 0
    assert waiting(database) == []


def test_nothing_is_mailed_about_a_call_that_is_no_longer_visible(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        rep = factories.make_user(session, "rep")
        call = factories.make_call(session)  # nobody's: a rep does not see it
        notify(session, rep.id, "mention", call_id=call.id, body={"by": "Ann"})
    assert plan(database, MONDAY_NOON) == 0
    assert waiting(database) == []


def test_without_a_server_nothing_is_kept_for_later(database: Database, reader: int) -> None:
    tell(database, reader, "mention", by="Ann")
    tell(database, reader, "comment", by="Ann")
    assert plan(database, MONDAY_NOON, can_send=False) == 0
    assert waiting(database) == []
    assert plan(database, MONDAY_NOON) == 0


def test_people_who_are_gone_or_refuse_mail_get_none(database: Database, reader: int) -> None:
    tell(database, reader, "mention", by="Ann")
    with database.session() as session:
        session.add(RefusedAddress(address="mia@example.com", error="550 no such user", since=utc_now()))
    assert plan(database, MONDAY_NOON) == 0
    with database.session() as session:
        gone = factories.make_user(session, "reviewer", disabled_at=utc_now())
    tell(database, gone.id, "mention", by="Ann")
    assert plan(database, MONDAY_NOON) == 0
    assert waiting(database) == []


def test_two_that_plan_at_once_put_down_one_letter(database: Database, reader: int) -> None:
    for count in range(20):
        tell(database, reader, "mention", by=f"Ann {count}")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: plan(database, MONDAY_NOON), range(4)))
    with database.read() as session:
        told = session.scalars(select(Notification.letter_id)).all()
    assert None not in told
    assert len(told) == 20
    assert len(letters(database)) == len(set(told))


def test_choices_have_defaults_by_role_and_are_kept(database: Database, reader: int) -> None:
    with database.session() as session:
        outside = factories.make_user(session, "external_reviewer").id
        assert read_choices(session, reader).way("assigned") == "digest"
        assert read_choices(session, outside).way("assigned") == "mail"
        kept = choose(session, reader, {"assigned": "off", "mention": "mail"})
        assert kept.way("assigned") == "off"
        assert set(kept.chosen) == {"assigned"}  # what is the default stays the default
        assert read_choices(session, reader).way("a kind of tomorrow") == "digest"


def test_choices_that_are_none_are_refused(database: Database, reader: int) -> None:
    with database.session() as session:
        for ways, habit in (
            ({"mention": "pigeon"}, None),
            ({"nothing": "app"}, None),
            ({"mail_refused": "mail"}, None),
            ({"mail_refused": "off"}, None),
            ({}, Habit(digest_at=1440)),
            ({}, Habit(quiet="always")),
            ({}, Habit(zone="Mars/Olympus")),
        ):
            with pytest.raises(BadChoice):
                choose(session, reader, ways, habit)
        assert read_choices(session, reader).chosen == {}


def test_stopping_mails_leaves_the_application(database: Database, reader: int) -> None:
    with database.session() as session:
        stop_mail(session, reader, "mention")
        assert read_choices(session, reader).way("mention") == "app"
        stop_mail(session, reader, "digest")
        choices = read_choices(session, reader)
        assert not [kind for kind in KINDS if choices.way(kind) == "digest"]
        stop_mail(session, reader, "no such kind")


def test_the_calendar_of_the_own_team_comes_first(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "Europe/Berlin")
        lead = load_viewer(session, factories.make_user(session, "admin").id)
        assert lead
        boss = factories.make_user(session, "manager")
        seoul = factories.make_team(session, managers=[boss])
        seller = factories.make_user(session, "rep")
        factories.make_rep(session, team=seoul, user_id=seller.id)
        save_hours(session, lead, seoul.id, zone="Asia/Seoul", week=WEEK)
        assert calendar_of(session, seller.id).zone == "Asia/Seoul"
        assert calendar_of(session, boss.id).zone == "Asia/Seoul"
        assert calendar_of(session, lead.user_id).zone == "Europe/Berlin"
        assert calendar_of(session).zone == "Europe/Berlin"
        assert due_after(session, MONDAY_NOON, 0, user_id=seller.id) == datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


def test_choices_of_many_cost_what_those_of_one_cost(database: Database, reader: int) -> None:

    with database.session() as session:
        many = [factories.make_user(session, "reviewer").id for _n in range(12)]
    tell(database, reader, "mention", by="Ann")
    with counted_statements() as one:
        plan(database, MONDAY_NOON)
    for user_id in many:
        tell(database, user_id, "mention", by="Ann")
    with counted_statements() as all_of_them:
        plan(database, MONDAY_NOON)
    assert len(all_of_them) <= len(one) + 4 * len(many)  # a letter for each, nothing read anew for each
    assert {letter.user_id for letter in letters(database)} == {reader, *many}


def test_an_hour_is_an_hour_when_the_clocks_change(database: Database, reader: int) -> None:
    tell(database, reader, "comment", by="Ann")
    plan(database, berlin("2027-03-26", "12:00"))  # the Friday before summer time
    at = waiting(database)[0].mail_at
    assert at == datetime(2027, 3, 29, 7, 0, tzinfo=UTC)
    assert at is not None
    assert at.astimezone(ZoneInfo("Europe/Berlin")).hour == 9
    assert at - berlin("2027-03-26", "09:00") == timedelta(days=3) - timedelta(hours=1)


def test_the_address_of_a_person_is_that_of_the_moment(database: Database, reader: int) -> None:
    tell(database, reader, "mention", by="Ann")
    with database.session() as session:
        session.execute(update(User).where(User.id == reader).values(email="new@example.com"))
    plan(database, MONDAY_NOON)
    assert letters(database)[0].address == "new@example.com"
