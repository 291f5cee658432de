"""A web application over a migrated SQLite file in a fresh folder, with Redis away unless a test asks for it."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from review.db import Database, open_database
from review.migrations.run import upgrade
from review.models import utc_now
from review.redis_address import connect
from review.services import sessions
from review.services.intake import CallFacts, IncomingFile, accept_recording
from review.services.people import add_rep, add_team, find_rep, set_team_member
from review.services.users import create_user
from review.settings import Settings, read_settings
from review.storage import AudioStore
from tests.factories import make_call, make_client, make_deal, store_score, store_words, wav_bytes
from tests.web.scores import assessment_of
from web.app import create_app

PASSWORD = "a long enough passphrase 7"


ROLE_NAMES = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin")


@dataclass(frozen=True)
class Crew:
    """One person for each role, two teams, and the ids that tests speak about."""

    users: dict[str, int]  # role -> user id
    teams: dict[str, int]  # own, other
    reps: dict[str, int]  # own (the signed-in rep), team (a colleague), other (another team)

    def email(self, role: str) -> str:
        """The address of the person with this role."""
        return f"{role}@example.com"


@dataclass(frozen=True)
class Installed:
    """A SQLite file with all tables and the crew, made once and copied for every test: hashing passwords takes time."""

    file: Path
    crew: Crew


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The file and who is in it."""
    folder = tmp_path_factory.mktemp("installed")
    database = open_database(read_settings({"CALLCOACH_DATA": str(folder)}))
    upgrade(database)
    crew = hire(database)
    database.dispose()  # closing the last connection folds the write-ahead log into the file
    assert not (folder / "callcoach.sqlite-wal").exists()
    return Installed(folder / "callcoach.sqlite", crew)


def hire(database: Database) -> Crew:
    """Make the people of the installation."""
    with database.session() as db:
        teams = {"own": add_team(db, "North"), "other": add_team(db, "South")}
        reps = {
            "own": add_rep(db, name="Rita Rep", extension="101", email="rep@example.com", team_id=teams["own"]),
            "team": add_rep(db, name="Tom Team", extension="102", team_id=teams["own"]),
            "other": add_rep(db, name="Olga Other", extension="103", team_id=teams["other"]),
        }
        users = {
            role: create_user(db, email=f"{role}@example.com", name=f"Person {role}", password=PASSWORD, roles=[role])
            for role in ROLE_NAMES
        }
        set_team_member(db, teams["own"], users["manager"], manages=True)
        set_team_member(db, teams["own"], users["rep"])
    return Crew(users, teams, reps)


@pytest.fixture
def crew(installed: Installed) -> Crew:
    """The people of the installation."""
    return installed.crew


@pytest.fixture
def settings(tmp_path: Path, installed: Installed) -> Settings:
    """Settings of an installation in the test's own folder; its Redis socket does not exist."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(installed.file, data / "callcoach.sqlite")
    shutil.copy(installed.file.with_name("secret.key"), data)  # what the crew did is sealed with it
    made = read_settings({"CALLCOACH_DATA": str(data), "CALLCOACH_ENGINE": "sphinx", "CALLCOACH_LANGUAGE": "en"})
    return dataclasses.replace(made, max_upload_bytes=256 * 1024)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The installation's database."""
    made = open_database(settings)
    yield made
    made.dispose()


@pytest.fixture
def store(settings: Settings) -> AudioStore:
    """The installation's recordings; no room is kept free, so that a small test disk is enough."""
    return AudioStore(settings.data, floor=0, reserve=0)


@pytest.fixture
def app(settings: Settings, database: Database, store: AudioStore) -> Flask:
    """The application."""
    made = create_app(settings, database=database, store=store, redis=connect(settings, timeout=0.2))
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has not signed in."""
    return app.test_client()


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in(app: Flask, crew: Crew, database: Database) -> SignIn:
    """A new browser with a running session of a role's person.

    The session is a real one, opened beside the form: checking a password takes 0.2 s, and test_sign_in does it often.
    """

    def enter(role: str = "quality_lead") -> FlaskClient:
        browser = app.test_client()
        with database.session() as db:
            opened = sessions._open(db, crew.users[role], "127.0.0.1", "tests", utc_now())
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = opened.token
        return browser

    return enter


def csrf_token(browser: FlaskClient, page: str = "/sign-in") -> str:
    """The token of the forms on a page."""
    text = browser.get(page).text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text) or re.search(r'X-CSRFToken": "([^"]+)"', text)
    assert found, f"no form token on {page}: {text[:500]}"
    return found.group(1)


def post(browser: FlaskClient, url: str, data: dict[str, Any] | None = None, *, page: str = "/", **more: Any) -> Any:
    """Post a form as the page would, with its token."""
    return browser.post(url, data={"csrf_token": csrf_token(browser, page), **(data or {})}, **more)


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """Every SQL statement run inside the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engines = {id(engine): engine for engine in (database.engine, database._read_engine)}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def add_call(
    database: Database,
    store: AudioStore,
    *,
    rep: str | None = None,
    external_id: str | None = None,
    **facts: Any,
) -> int:
    """Take a small recording in, as every door does; the call's id."""
    with database.session() as db:
        accepted = accept_recording(
            db,
            store,
            [IncomingFile("call.wav", io.BytesIO(wav_bytes(0.2)))],
            CallFacts(source="pbx", external_id=external_id, rep=rep, **facts),
            door="import",
        )
    return accepted.call_id


@pytest.fixture
def scored_client(database: Database) -> int:
    """A client with a deal and a phone number."""
    with database.session() as db:
        client = make_client(db, name="Marta Lindqvist", phones=["+46701234567"], company="Nordlys")
        make_deal(db, client, title="Forty seats")
        return int(client.id)


@pytest.fixture
def scored_call(database: Database, scored_client: int) -> int:
    """A transcribed and scored call of the client, held by the rep who signs in."""
    with database.session() as db:
        call = make_call(db, rep_id=find_rep(db, "101"), client_id=scored_client, direction="outbound")
        store_words(db, call, ("rep", "Good morning, Rita from Callcoach"), ("client", "The price is too high for us"))
        store_score(db, call, assessment_of("rep", quote="Good morning"))
        return int(call.id)
