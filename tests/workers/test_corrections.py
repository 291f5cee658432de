"""`callcoach corrections export`: JSON Lines on standard output or in a file, and a line in the audit log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from review.db import Database, open_database
from review.migrations.run import upgrade
from review.models import AuditEvent
from review.queries.corrections import read_layer
from review.services.corrections import correct_turn
from review.settings import read_settings
from tests.factories import make_call, make_user, store_words
from workers.cli.main import main


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An installation with one corrected call."""
    data = tmp_path / "data"
    monkeypatch.setenv("CALLCOACH_DATA", str(data))
    made = open_database(read_settings({"CALLCOACH_DATA": str(data)}))
    upgrade(made)
    with made.session() as session:
        user, call = make_user(session, "reviewer"), make_call(session)
        store_words(session, call, ("rep", "доброе утра"), ("client", "hello"))
        layer = read_layer(session, call.id)
        assert layer is not None
        correct_turn(session, call.id, user.id, layer.items[0].key, text="доброе утро")
    return made


def test_the_export_is_one_object_a_line(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corrections", "export"]) == 0
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    pair = json.loads(line)
    assert (pair["before"], pair["after"]) == ("доброе утра", "доброе утро")
    assert "доброе" in line, "letters stay readable"
    assert "pairs: 1" in err
    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "corrections.exported")).one()
        assert (event.user_id, event.details["door"]) == (None, "command line")
    database.dispose()


def test_the_export_into_a_file(database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["corrections", "export", "--out", str(tmp_path / "pairs.jsonl")]) == 0
    assert capsys.readouterr().out == ""
    assert len((tmp_path / "pairs.jsonl").read_text("utf-8").splitlines()) == 1
    assert main(["corrections", "export", "--out", str(tmp_path / "nowhere" / "pairs.jsonl")]) == 2
    assert "pairs.jsonl" in capsys.readouterr().err
    database.dispose()
