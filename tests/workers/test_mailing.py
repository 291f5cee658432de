"""From a notification to a mail in the box: the sweep's part, the sender's own process, and the commands."""

from __future__ import annotations

import dataclasses
import email
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review.comments.notices import notify
from review.db import Database, open_database
from review.models import Letter, MailState, WorkingCalendar
from review.notices.choices import Habit, choose
from review.notices.server import MailServer
from review.settings import Settings
from tests.factories import make_user
from tests.waiting import wait_until
from tests.workers.mail_server import Box, smtp_server
from workers.cli.main import main
from workers.mailing import Mailing

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The installation's database, found by commands and by the sender's process."""
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data))
    monkeypatch.setenv("CALLCOACH_MAIL_FROM", "calls@example.com")
    made = open_database(settings)
    yield made
    made.dispose()


@pytest.fixture
def files(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The installation with mails as files."""
    monkeypatch.setenv("CALLCOACH_MAIL", "file")
    folder = settings.data / "mail"
    return dataclasses.replace(settings, mail=MailServer("Callcoach <calls@example.com>", folder=folder))


def tell(database: Database, *kinds: str, language: str = "en") -> int:
    """A reviewer who is told something at any hour."""
    with database.session() as session:
        user = make_user(session, "reviewer", name="Mia", email="mia@example.com", language=language)
        choose(session, user.id, {}, Habit(quiet="none"))
        for kind in kinds:
            notify(session, user.id, kind, body={"by": "Ann"})
        return user.id


def run_round(mailing: Mailing, settings: Settings) -> bool:
    """One look of the sweep, whenever the last one was; waits until the sender has ended."""
    mailing._checked = -1000.0
    started = mailing.tick(settings)
    if mailing.process is not None:
        process = mailing.process
        wait_until(lambda: process.poll() is not None, seconds=60)
    return started


def read_mails(folder: Path) -> list[str]:
    return [
        str(email.message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"])
        for path in sorted(folder.glob("*.eml"))
    ]


def test_a_notification_becomes_a_file_once(database: Database, files: Settings) -> None:
    tell(database, "mention", language="ru")
    mailing = Mailing(database)
    assert run_round(mailing, files)
    (path,) = (files.data / "mail").glob("*.eml")
    read = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert read["To"] == "Mia <mia@example.com>"
    assert "Ann" in read["Subject"]
    assert "List-Unsubscribe" in read
    assert not run_round(mailing, files)
    assert len(list((files.data / "mail").iterdir())) == 1


def test_the_first_look_makes_the_calendar_with_the_settings_zone(database: Database, settings: Settings) -> None:
    mailing = Mailing(database)
    assert not run_round(mailing, dataclasses.replace(settings, time_zone="Asia/Seoul"))
    assert not run_round(mailing, dataclasses.replace(settings, time_zone="Europe/Berlin"))
    with database.read() as session:
        assert session.scalars(select(WorkingCalendar.zone)).all() == ["Asia/Seoul"]


def test_without_a_server_no_process_is_started_and_nothing_waits(database: Database, settings: Settings) -> None:
    tell(database, "mention", "comment")
    mailing = Mailing(database)
    assert not run_round(mailing, settings)
    with database.read() as session:
        assert session.scalar(select(Letter.id)) is None


def test_a_server_down_then_up_sends_once_over_smtp(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(database, "mention")
    box = Box()
    with smtp_server(box) as port:
        held = port  # known before, away at first
    with_server = dataclasses.replace(
        settings, mail=MailServer("Callcoach <calls@example.com>", host="127.0.0.1", port=held, tls="none")
    )
    monkeypatch.setenv("CALLCOACH_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("CALLCOACH_SMTP_TLS", "none")
    monkeypatch.setenv("CALLCOACH_SMTP_PORT", str(held))
    mailing = Mailing(database)
    assert run_round(mailing, with_server)
    with database.session() as session:
        letter = session.scalars(select(Letter)).one()
        assert (letter.state, letter.attempts) == ("waiting", 0)
        assert session.scalars(select(MailState.tries)).one() == 1
        session.execute(update(MailState).values(pause_until=0.0))
    with smtp_server(box) as port:
        monkeypatch.setenv("CALLCOACH_SMTP_PORT", str(port))
        assert run_round(mailing, with_server)
        assert not run_round(mailing, with_server)
    assert [str(mail["Subject"]) for mail in box.mails] == ["Ann named you in a comment"]


def test_the_command_sends_a_test_and_says_what_came_of_it(
    database: Database, files: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mail", "test", "ivy@example.com"]) == 0
    assert "sent to ivy@example.com" in capsys.readouterr().out
    assert read_mails(files.data / "mail") == ["A test mail from Callcoach"]
    assert main(["mail", "status"]) == 0
    said = capsys.readouterr().out
    assert "to be sent: 0" in said
    assert "last mail: 20" in said
    assert main(["mail", "test", "nonsense"]) == 2


def test_the_commands_say_what_is_wrong(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["mail", "test", "ivy@example.com"]) == 2
    assert "mail is not set up" in capsys.readouterr().err
    monkeypatch.setenv("CALLCOACH_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("CALLCOACH_SMTP_TLS", "none")
    with smtp_server(Box()) as port:
        gone = port
    monkeypatch.setenv("CALLCOACH_SMTP_PORT", str(gone))
    assert main(["mail", "test", "ivy@example.com"]) == 3
    assert "refused" in capsys.readouterr().out
    assert main(["mail", "status"]) == 3
    assert "trouble: the mail server cannot be used" in capsys.readouterr().out
