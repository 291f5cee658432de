"""Database tests run twice: on SQLite and on a private PostgreSQL, each migrated once, each test with empty tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.db import Database, open_url
from review.migrations import run
from review.models import Base
from review.storage import AudioStore
from tests import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PrivatePostgres]:
    """The private PostgreSQL of this test run."""
    if not postgres.is_available():
        pytest.skip(postgres.ABSENT)
    with postgres.PrivatePostgres.start() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite"
    database = open_url(f"sqlite:///{path}")
    run.upgrade(database)
    database.dispose()  # closing the last connection folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: postgres.PrivatePostgres) -> Iterator[Database]:
    """A migrated PostgreSQL database that tests empty when they are done."""
    database = open_url(postgres_server.make_database("migrated"))
    run.upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with every table and no row."""
    path = tmp_path / "test.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    database = open_url(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(migrated_postgres: Database) -> Iterator[Database]:
    """A PostgreSQL database with every table and no row."""
    yield migrated_postgres
    with migrated_postgres.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):  # far quicker than TRUNCATE for a few rows
            connection.execute(table.delete())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty, migrated database; the test runs once on each back end."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    opened: Database = request.getfixturevalue(name)
    return opened


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Iterator[Database]:
    """A database of the same kind as `database` that has never been migrated."""
    if database.dialect == "sqlite":
        fresh = open_url(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield fresh
        fresh.dispose()
        return
    server: postgres.PrivatePostgres = request.getfixturevalue("postgres_server")
    fresh = open_url(server.make_database("empty"))
    yield fresh
    fresh.dispose()
    server.drop_database("empty")


@pytest.fixture
def store(tmp_path: Path) -> AudioStore:
    """A store of recordings that does not mind a small disk."""
    return AudioStore(tmp_path / "store", floor=0, reserve=0)
