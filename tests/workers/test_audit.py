"""The log's end is written down when it moved, a check runs once a day, and the command says what it found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from review.audit_chain.anchors import read_anchors
from review.audit_chain.keeping import last_check
from review.db import Database, open_database
from review.migrations import run
from review.models import AuditEvent, utc_now
from review.services.audit import record
from review.settings import Settings, read_settings
from tests.waiting import wait_until
from workers.audit import AuditWork
from workers.cli.main import main


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CALLCOACH_AUDIT_ANCHOR", str(tmp_path / "elsewhere"))
    return read_settings()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    run.upgrade(opened)
    yield opened
    opened.dispose()


def act(database: Database, count: int = 1) -> None:
    for number in range(count):
        with database.session() as session:
            record(session, None, "call.tagged", "call", number)


def test_the_end_is_written_down_elsewhere_when_it_moved(database: Database, settings: Settings) -> None:
    work = AuditWork(database)
    work._looked = float("inf")  # no check in this test
    work.tick(settings)
    assert not settings.anchors.exists(), "nothing happened yet"
    act(database, 3)
    work.tick(settings)
    work.tick(settings)
    act(database)
    work.tick(settings)
    assert [anchor.number for anchor in read_anchors(settings.anchors)] == [3, 4]


def test_a_day_after_the_last_check_the_next_one_runs_by_itself(database: Database, settings: Settings) -> None:
    act(database, 2)
    work = AuditWork(database)
    try:
        work.tick(settings)
        assert work.process.process is not None
        wait_until(lambda: not work.process.runs, seconds=60)
    finally:
        work.stop()
    with database.read() as session:
        check = last_check(session)
    assert check is not None
    assert (check.whole, check.found.events) == (True, 2)
    later = AuditWork(database)
    later.tick(settings, utc_now() + timedelta(hours=23))
    assert later.process.process is None


def test_the_command_finds_a_cut_tail_and_a_restore_is_said(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    act(database, 4)
    work = AuditWork(database)
    work._looked = float("inf")
    work.tick(settings)
    assert main(["audit", "check"]) == 0
    assert "the log is whole" in capsys.readouterr().out
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number > 2))
    assert main(["audit", "check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == [{"kind": "cut", "from": 3, "to": 4, "event": None}]


def test_after_a_backup_was_put_back_the_chain_counts_from_there(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    act(database, 2)
    work = AuditWork(database)
    work._looked = float("inf")
    settings.anchors.mkdir(parents=True)
    (settings.anchors / "audit-anchor.jsonl").write_text(
        json.dumps({"number": 40, "seal": "ab", "at": "2026-11-22T10:00:00+00:00"}) + "\n"
    )
    assert main(["audit", "check"]) == 1
    assert main(["audit", "restored", "  "]) == 2
    assert main(["audit", "restored", "the disk broke; the backup of Sunday"]) == 0
    assert main(["audit", "check"]) == 0
    capsys.readouterr()
    assert main(["audit", "head"]) == 0
    assert capsys.readouterr().out.startswith("3 ")
    assert main(["audit", "export"]) == 0
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [line["number"] for line in lines] == [3, 2, 1]
    assert lines[0]["details"] == {"why": "the disk broke; the backup of Sunday"}
