"""CRM work beside the sweep, and the commands: read, sent and told against a fake CRM."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from review.crm.outbox import enqueue
from review.db import Database
from review.models import Client, CrmConnection, OutboxItem
from review.services.crm_secrets import SecretBox
from review.services.matching import find_client
from review.settings import Settings, read_settings
from tests.crm_fakes.amocrm import FakeAmo
from tests.workers.installation import Installation
from workers.cli.main import main
from workers.crm import CrmWork


@pytest.fixture
def command(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation as the one that commands in this process work with."""
    for name, value in installation.environment().items():
        if name.startswith("CALLCOACH_"):
            monkeypatch.setenv(name, value)
    return installation


@pytest.fixture
def amo() -> Iterator[FakeAmo]:
    with FakeAmo() as fake:
        fake.fill()
        yield fake


def connect(database: Database, settings: Settings, fake: FakeAmo) -> int:
    own, secrets = fake.connection()
    with database.session() as session:
        row = CrmConnection(kind="amocrm", name="amo", settings=own)
        session.add(row)
        session.flush()
        row.secrets = SecretBox(settings.secret_key()).close(row.id, secrets)
        return row.id


def test_the_commands_read_send_and_say_how_it_stands(
    command: Installation, amo: FakeAmo, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings()
    connect(command.database, settings, amo)
    assert main(["crm", "sync"]) == 0
    assert "amo: " in capsys.readouterr().out
    with command.database.session() as session:
        found = find_client(session, external_id="501", phone=None)  # as the CRM calls it
        assert found is not None
        assert enqueue(session, "crm.task", "t", {"client_id": found, "title": "Call back"}) is not None
        assert find_client(session, external_id="999", phone=None) is None
    assert main(["crm", "push"]) == 0
    assert "1 tried" in capsys.readouterr().out
    assert any("Call back" in words for words in amo.task_words())
    assert main(["crm", "status", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["outbox"] == {"waiting": 0, "sent": 1, "failed": 0, "skipped": 0}
    assert [(one["name"], one["state"]) for one in said["connections"]] == [("amo", "active")]
    assert main(["crm", "sync", "other"]) == 2
    amo.expire()
    amo.refresh_token = "taken back"
    assert main(["crm", "sync"]) == 3
    assert main(["crm", "status"]) == 0
    assert "broken" in capsys.readouterr().out


def test_a_folder_is_imported(command: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clients.csv").write_text("id,name,phones\nc1,Anna,nothing\n", encoding="utf-8")
    assert main(["crm", "import", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert "clients.csv: 1 new" in said.out
    assert "clients.csv, line 2" in said.err
    (tmp_path / "empty").mkdir()
    assert main(["crm", "import", str(tmp_path / "empty")]) == 2


def test_the_sweep_starts_what_is_due_and_only_that(installation: Installation, amo: FakeAmo) -> None:
    from tests.waiting import wait_until

    settings, database = installation.settings, installation.database
    work = CrmWork(database)
    try:
        assert work.tick(settings) == ()
        connect(database, settings, amo)
        work._checked = -1e9
        assert work.tick(settings) == ("sync",)

        def clients() -> int:
            with database.read() as session:
                return len(session.scalars(select(Client.id)).all())

        wait_until(lambda: clients() == 5, seconds=60, what="the CRM to be read")
        with database.session() as session:
            enqueue(session, "crm.task", "t", {"client_id": 1, "title": "Call back"})

        def state() -> str:
            work._checked = -1e9
            work.tick(settings)
            with database.read() as session:
                return session.scalars(select(OutboxItem.state)).one()

        wait_until(lambda: state() == "sent", seconds=60, every=0.2, what="the task to be sent")
        assert len([words for words in amo.task_words() if "Call back" in words]) == 1
    finally:
        work.stop()
