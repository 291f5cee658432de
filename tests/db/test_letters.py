"""Letters put down and sent: once, whatever breaks; addresses that refuse; mails that cannot be written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select, update

from review.clock import database_now
from review.comments.notices import notify
from review.db import Database
from review.models import Letter, MailState, Notification, User, utc_now
from review.notices import leases, status
from review.notices.choices import Habit, choose
from review.notices.contents import Content
from review.notices.leases import Taken
from review.notices.letters import BadAddress, check_address, post, posted, put_down
from review.notices.message import Written, make_message
from review.notices.planning import forget_old_letters, plan_mail
from review.notices.sending import Sender
from review.notices.transport import TransportError
from review.working_time.calendar import MIDNIGHT
from review.working_time.editing import begin_calendar
from tests import factories
from tests.db import mailed
from tests.db.mailed import SERVER, Post, send, tell

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def put(database: Database, to: str = "ivy@example.com", key: str = "invitation:1", **body: object) -> int:
    with database.session() as session:
        facts = {"name": "Ivy", "url": "/invitations/x", "by": "Ann", "hours": 48, **body}
        return post(session, to, "invitation", facts, language="en", key=key)


def at_once(database: Database) -> None:
    """Let what waits for its next try be tried now."""
    with database.session() as session:
        status.try_now(session)


def kinds_told(database: Database, user_id: int) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Notification.kind).where(Notification.user_id == user_id)))


def test_a_letter_goes_out_once(database: Database) -> None:
    put(database)
    box = Post()
    assert send(database, box).sent == 1
    assert send(database, box).sent == 0
    ((to, message),) = box.got
    assert to == "ivy@example.com"
    assert message["Message-ID"].endswith("@example.com>")
    with database.read() as session:
        found = posted(session, "invitation:1")
        assert found
        assert (found.state, found.attempts) == ("sent", 1)
        assert session.scalar(select(Letter.body)) == {}  # the link that opened a door is gone
        assert posted(session, "another") is None


def test_the_same_key_is_one_letter(database: Database) -> None:
    assert put(database) == put(database, to="other@example.com")
    assert put(database, key="invitation:2") != put(database)


def test_what_is_no_address_or_kind_is_refused(database: Database) -> None:
    for text in ("", "ivy", "ivy@", "@example.com", "a b@c.de", "a@b@c.de", "x@y.\r\nBcc: z@y.de", "a@.de", "é" * 400):
        with pytest.raises(BadAddress):
            check_address(text)
    with database.session() as session, pytest.raises(ValueError, match="kind"):
        post(session, "a@b.de", "love", {}, language="en", key="x")
    assert check_address(" Ivy@Example.com ") == "Ivy@Example.com"


def test_a_server_that_is_away_for_a_day_loses_nothing_and_sends_once(database: Database) -> None:
    with database.session() as session:
        admin = factories.make_user(session, "admin").id
    put(database)
    box = Post()
    box.away = "Connection refused"
    for _try in range(20):  # paused between the tries, so let it be tried now
        send(database, box)
        with database.session() as session:
            session.execute(update(MailState).values(pause_until=0.0))
    with database.read() as session:
        found, state = posted(session, "invitation:1"), status.read_mail_status(session)
        assert found
        assert (found.state, found.attempts) == ("waiting", 0)
        assert (state.waiting, state.error) == (1, "Connection refused")
    assert kinds_told(database, admin) == ["mail_down"]  # once, not twenty times
    box.away = ""
    assert send(database, box).sent == 1
    assert len(box.got) == 1
    with database.read() as session:
        state = status.read_mail_status(session)
        assert state.error == ""
        assert state.sent_at is not None


def test_the_server_is_left_alone_for_a_while_after_a_failure(database: Database) -> None:
    put(database)
    box = Post()
    box.away = "no answer in time"
    send(database, box)
    send(database, box)
    assert box.checks == 1
    with database.read() as session:
        assert 0 < status.read_mail_status(session).paused_seconds <= leases.PAUSES[0]


def plan(database: Database) -> int:
    with database.session() as session:
        return plan_mail(session, NOON, can_send=True)


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_next(database: Database) -> None:
    for number in range(3):
        put(database, to=f"ivy{number}@example.com", key=f"invitation:{number}")

    def write(letter: Taken, content: Content) -> Written:
        if content.address == "ivy0@example.com":
            raise KeyError("a template that nobody tried")
        return mailed.write(letter, content)

    box = Post()
    done = Sender(database, SERVER, write, box.opened).send_due()  # type: ignore[arg-type]
    assert (done.sent, done.failed) == (2, 1)
    with database.read() as session:
        found = posted(session, "invitation:0")
        assert found
        assert (found.state, found.error) == ("failed", "it cannot be written: KeyError")


def test_any_fault_in_writing_is_the_letters_own(database: Database) -> None:
    for number in range(2):
        put(database, to=f"ivy{number}@example.com", key=f"invitation:{number}")

    def write(letter: Taken, content: Content) -> Written:
        if content.address == "ivy0@example.com":
            raise UndefinedError("'mail' is undefined")  # neither a ValueError nor a LookupError
        return mailed.write(letter, content)

    box = Post()
    done = Sender(database, SERVER, write, box.opened).send_due()  # type: ignore[arg-type]
    assert (done.sent, done.failed) == (1, 1)


@pytest.mark.parametrize(("kind", "hours"), [("mention", 1), ("comment", 3)])
def test_what_waited_for_the_server_into_the_quiet_hours_waits_for_their_end(
    database: Database, kind: str, hours: int
) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        reader = factories.make_user(session, "reviewer", email="mia@example.com").id
        now = utc_now()
        minutes = now.hour * 60 + now.minute
        quiet = Habit(
            quiet="own", quiet_from=(minutes - 30) % MIDNIGHT, quiet_to=(minutes + 120) % MIDNIGHT, digest_at=minutes
        )
        choose(session, reader, {kind: "mail" if hours == 1 else "digest"}, quiet)
        row = session.get_one(Notification, notify(session, reader, kind, body={"by": "Ann"}))
        letter = put_down(
            session,
            "mia@example.com",
            "notices" if hours == 1 else "digest",
            {},
            language="en",
            key="news",
            user_id=reader,
        )
        row.letter_id, row.mail, row.mail_at = letter, "", None
        session.execute(update(Letter).values(created_at=now - timedelta(hours=hours)))
    box = Post()
    assert (send(database, box).later, box.got) == (1, [])
    assert mailed.letters(database) == []
    with database.session() as session:
        assert plan_mail(session, utc_now(), can_send=True) == 0
    (waits,) = mailed.waiting(database)
    assert waits.mail_at is not None
    assert waits.mail_at > utc_now()
    with database.session() as session:  # at the end of the quiet hours it goes out, once
        assert plan_mail(session, waits.mail_at, can_send=True) == 1
    assert send(database, box).sent == 1
    assert send(database, box).sent == 0


def test_urgent_news_that_waited_goes_out_in_quiet_hours_all_the_same(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        reader = factories.make_user(session, "reviewer", email="mia@example.com").id
        minutes = utc_now().hour * 60 + utc_now().minute
        quiet = Habit(quiet="own", quiet_from=(minutes - 30) % MIDNIGHT, quiet_to=(minutes + 120) % MIDNIGHT)
        choose(session, reader, {}, quiet)
        notify(session, reader, "calibration_due", body={"name": "May"})
        assert plan_mail(session, utc_now(), can_send=True) == 1
        session.execute(update(Letter).values(created_at=utc_now() - timedelta(hours=5)))
    box = Post()
    send(database, box)
    with database.session() as session:
        plan_mail(session, utc_now(), can_send=True)
    send(database, box)
    assert len(box.got) == 1


def test_a_mail_the_server_chokes_on_goes_behind_the_others(database: Database) -> None:
    for number in range(3):
        put(database, to=f"ivy{number}@example.com", key=f"invitation:{number}")
    box = Post(lambda to: TransportError("the session broke off: closed", "letter") if to.startswith("ivy0") else None)
    done = send(database, box)
    assert (done.sent, done.later) == (2, 1)
    with database.read() as session:
        state = status.read_mail_status(session)
        assert (state.waiting, state.error, state.paused_seconds) == (1, "", 0.0)


def test_a_mail_refused_for_now_waits_longer_each_time_and_ends_after_days(database: Database) -> None:
    with database.session() as session:
        admin = factories.make_user(session, "admin").id
    put(database)
    box = Post(lambda _to: TransportError("451 greylisted", "letter"))
    waits = []
    for _try in range(4):
        at_once(database)
        assert send(database, box).later == 1
        with database.read() as session:
            waits.append(round(session.scalar(select(Letter.next_at - database_now())) or 0.0))
    assert waits == sorted(waits)
    assert [round(wait, -1) for wait in waits] == [60, 120, 300, 900]
    with database.session() as session:
        session.execute(update(Letter).values(expires_at=utc_now() - timedelta(seconds=1)))
    at_once(database)
    assert send(database, box).failed == 1
    assert box.got == []
    assert kinds_told(database, admin) == ["mail_failed"]


def test_two_senders_at_once_send_every_letter_once(database: Database) -> None:
    for number in range(12):
        put(database, to=f"ivy{number}@example.com", key=f"invitation:{number}")
    box = Post()
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _n: send(database, box), range(3)))
    assert sum(one.sent for one in done) == 12
    assert len({to for to, _message in box.got}) == len(box.got) == 12


def test_a_sender_that_died_leaves_its_letter_with_the_same_id(database: Database) -> None:
    letter_id = put(database)
    with database.session() as session:
        taken = leases.take(session, letter_id)
        assert taken
        assert leases.take(session, letter_id) is None
    assert send(database, Post()).sent == 0  # the lease holds
    with database.session() as session:
        session.execute(update(Letter).values(lease_until=database_now() - 1, next_at=0.0))
    box = Post()
    assert send(database, box).sent == 1
    assert box.got[0][1]["Message-ID"] == f"<{taken.message_id}@example.com>"
    with database.session() as session:
        assert not leases.end(session, taken, "failed", "too late")  # the dead one comes back: no effect
        found = posted(session, "invitation:1")
        assert found
        assert found.state == "sent"


def test_what_was_read_meanwhile_is_not_told(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        mia = factories.make_user(session, "reviewer").id
    tell(database, mia, "mention", by="Ann")
    tell(database, mia, "mention", by="Bob")
    plan(database)
    with database.session() as session:
        session.execute(update(Notification).values(read_at=utc_now()))
    box = Post()
    assert send(database, box).sent == 0
    assert box.got == []
    assert mailed.letters(database)[0].state == "dropped"


def test_a_person_who_was_shut_out_gets_nothing(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        mia = factories.make_user(session, "reviewer").id
    tell(database, mia, "mention", by="Ann")
    plan(database)
    with database.session() as session:
        session.execute(update(User).values(disabled_at=utc_now()))
    assert send(database, Post()).sent == 0


def test_a_mail_never_names_a_client(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        boss = factories.make_user(session, "manager").id
    tell(database, boss, "win_back_handed", by="Ann", client="Mr Secret")
    plan(database)
    seen: list[object] = []

    def write(letter: Taken, content: Content) -> Written:
        seen.extend(notice.body for notice in content.notices)
        return mailed.write(letter, content)

    Sender(database, SERVER, write, Post().opened).send_due()  # type: ignore[arg-type]
    assert seen == [{"by": "Ann"}]


def test_letters_that_ended_are_forgotten_after_a_month(database: Database) -> None:
    put(database)
    send(database, Post())
    with database.session() as session:
        forget_old_letters(session, utc_now())
        assert posted(session, "invitation:1")
        forget_old_letters(session, utc_now() + timedelta(days=31))
        assert posted(session, "invitation:1") is None


def test_letters_nobody_could_send_do_not_keep_their_links(database: Database) -> None:
    put(database)
    with database.session() as session:
        forget_old_letters(session, utc_now() + timedelta(days=2))
        assert session.scalar(select(Letter.state)) == "waiting"
        forget_old_letters(session, utc_now() + timedelta(days=4))
    (letter,) = mailed.letters(database)
    assert (letter.state, letter.body) == ("failed", {})


def test_names_and_subjects_cannot_add_headers() -> None:
    written = Written("Hello\r\nBcc: evil@example.com", "text", "<p>text</p>", "https://example.com/mail/stop/x")
    message = make_message(
        written, SERVER, to="ivy@example.com", name="Ivy\r\nBcc: evil@example.com", message_id="1", at=NOON
    )
    assert message["Bcc"] is None
    assert message["List-Unsubscribe"] == "<https://example.com/mail/stop/x>"
    assert message["Auto-Submitted"] == "auto-generated"
    with pytest.raises(ValueError, match=r".*"):
        make_message(written, SERVER, to="ivy@example.com\r\nBcc: x@y.de", name="Ivy", message_id="1", at=NOON)
