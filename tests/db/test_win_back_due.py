"""When a pass over closed leads is due, and the pass as the worker and the command run it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from review.db import Database, open_database
from review.migrations.run import upgrade
from review.models import Deal, StoredAssessment
from review.settings import Settings, read_settings
from tests.db.win_back_leads import CLOSED, NOW, SOFT_NO, closed_deal, lead_of, open_floor, talk
from workers.cli.main import main
from workers.win_back import WinBacks, find_leads


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(read_settings({"CALLCOACH_DATA": str(tmp_path)}), win_back_control=0.0)


def test_a_pass_is_due_when_something_changed_and_once_a_day(database: Database, settings: Settings) -> None:
    watcher = WinBacks(database)
    assert watcher.what_is_due(settings, NOW) is None
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO).id
    assert watcher.what_is_due(settings, NOW) == "fresh"
    assert find_leads(database, settings, fresh=True, now=NOW).found == 1
    with database.session() as session:
        session.execute(update(StoredAssessment).values(created_at=CLOSED))
    assert watcher.what_is_due(settings, NOW) is None
    assert watcher.what_is_due(settings, NOW + timedelta(days=1)) == "all"
    with database.session() as session:
        talk(session, session.get_one(Deal, deal), *SOFT_NO, at=NOW)
        session.execute(update(StoredAssessment).values(created_at=NOW + timedelta(minutes=1)))
    assert watcher.what_is_due(settings, NOW) == "fresh"
    assert find_leads(database, settings, fresh=True, now=NOW + timedelta(minutes=2)).judged_again == 1
    assert watcher.what_is_due(settings, NOW + timedelta(minutes=3)) is None
    with database.session() as session:
        session.get_one(Deal, deal).status = "open"
    assert watcher.what_is_due(settings, NOW + timedelta(minutes=3)) == "fresh"
    find_leads(database, settings, fresh=True, now=NOW + timedelta(minutes=4))
    with database.read() as session:
        assert lead_of(session, deal).ended == "came_back"
    assert watcher.what_is_due(settings, NOW + timedelta(minutes=5)) is None


def test_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path))
    monkeypatch.setenv("CALLCOACH_WIN_BACK_CONTROL", "0")
    monkeypatch.setenv("CALLCOACH_WIN_BACK_DAYS", "3650")
    monkeypatch.setattr("os.nice", lambda _by: 0)
    made = open_database(settings)
    upgrade(made)
    assert main(["win-back", "status"]) == 0
    assert "No closed leads yet" in capsys.readouterr().out
    with made.session() as session:
        closed_deal(session, open_floor(session), *SOFT_NO)
    assert main(["win-back", "find"]) == 0
    assert "leads found: 1, judged again: 0" in capsys.readouterr().out
    assert main(["win-back", "find", "--again"]) == 0
    assert "leads found: 0, judged again: 1" in capsys.readouterr().out
    assert main(["win-back", "status"]) == 0
    assert "too early to say" in capsys.readouterr().out
    assert main(["win-back", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["leads"]["found"] == 1
    assert told["queue"] == {"returned": 0, "leads": 1, "share": 0.0, "interval": [0.0, 0.793], "early": True}
    made.dispose()
