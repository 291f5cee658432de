"""The first day in the terminal and at work: the set-up code while nobody can sign in, sample calls once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from sqlalchemy import select

from review.accounts.first_run import (
    SAMPLE_SOURCE,
    NotFirst,
    WrongSetupCode,
    ask_for_samples,
    make_first_admin,
    read_steps,
    setup_code,
)
from review.db import Database, open_database
from review.migrations.run import upgrade
from review.models import Call
from review.settings import Settings, read_settings
from review.storage import AudioStore
from workers.cli.main import main
from workers.first_run import SAMPLES, bring_asked_samples, tell_first

PASSPHRASE = "seven swans cross the fjord"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation in the test's folder."""
    return read_settings({"CALLCOACH_DATA": str(tmp_path / "data")})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Its database, with nobody in it."""
    made = open_database(settings)
    upgrade(made)
    yield made
    made.dispose()


def found(database: Database, key: str, code: str, email: str = "mara@example.com") -> int:
    with database.session() as db:
        return make_first_admin(
            db, key, code=code, email=email, name="Mara", password=PASSPHRASE, reviews=True, language="en"
        )


def test_the_code_is_said_until_somebody_can_sign_in(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, lines = settings.secret_key(), []
    assert tell_first(database, settings, "http://127.0.0.1:8000", lines.append)
    assert any(setup_code(key) in line for line in lines)
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data))
    said = io.StringIO()
    with redirect_stdout(said):
        assert main(["user", "first"]) == 0
    assert setup_code(key) in said.getvalue()
    with pytest.raises(WrongSetupCode):
        found(database, key, "AAAA-AAAA-AAAA")
    found(database, key, f" {setup_code(key).lower()} ")
    with pytest.raises(NotFirst):
        found(database, key, setup_code(key), "eve@example.com")
    assert not tell_first(database, settings, "http://127.0.0.1:8000", lines.append)
    assert setup_code(key) != setup_code(key + "x")


def test_sample_calls_come_when_asked_for_and_once(settings: Settings, database: Database) -> None:
    store = AudioStore(settings.data, floor=0, reserve=0)
    assert bring_asked_samples(database, store, settings) == 0
    with database.session() as db:
        assert ask_for_samples(db, by=None)
        assert not ask_for_samples(db, by=None)
    assert bring_asked_samples(database, store, settings) == SAMPLES
    assert bring_asked_samples(database, store, settings) == 0
    with database.read() as db:
        assert set(db.scalars(select(Call.source))) == {SAMPLE_SOURCE}
        steps = read_steps(db)
    assert (steps.calls, steps.own_scored, steps.connected, steps.done) == (1, 0, False, False)


def test_the_last_admin_stays_on_the_command_line_too(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found(database, settings.secret_key(), setup_code(settings.secret_key()))
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data))
    assert main(["user", "disable", "mara@example.com"]) == 2
    assert main(["user", "add", "mara@example.com", "--role", "rep"]) == 2
    assert "last admin" in capsys.readouterr().err
