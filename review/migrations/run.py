"""Bring a database to a revision: safe when several processes try at once, with foreign keys checked at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from review.db import Database, open_migration_engine
from review.migrations.compare import COMPARE
from review.models import Base

FOLDER = Path(__file__).parent
LOCK = 4_217_020_977  # any number, the same for every process: PostgreSQL's advisory lock for migrations


class BrokenReferences(Exception):
    """A migration left rows that point at nothing; it was rolled back. `rows` are (table, row id, parent table)."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        super().__init__(f"the migration was undone: {len(rows)} rows would point at nothing, the first is {rows[0]}")
        self.rows = rows


class NewerDatabase(Exception):
    """The database was made by a later version of the application; `revision` is what it says."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is at revision {revision}, which this version does not know: "
            "nothing was changed; install the newer version again or restore a backup made with this one"
        )
        self.revision = revision


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to `revision`. A second process waits for the first and then has nothing to do."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to `revision` ("base" for empty)."""
    _run(database, lambda config: command.downgrade(config, revision))


def current(database: Database) -> str | None:
    """The revision the database is at; None when it has never been migrated."""
    with database.engine.connect() as connection:
        return _revision(connection)


@cache
def head() -> str:
    """The newest revision that ships. Read once: probes ask every few seconds, and it takes reading every migration."""
    revision = ScriptDirectory.from_config(configuration(None)).get_current_head()
    assert revision is not None  # noqa: S101 (the package always ships the first revision)
    return revision


def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision."""
    return current(database) == head()


def check(database: Database) -> list[Any]:
    """The differences between the migrated tables and the models; empty when the migrations say it all."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(COMPARE))
        return list(compare_metadata(context, Base.metadata))


def _run(database: Database, act: Callable[[Config], None]) -> None:
    with locked_connection(database) as connection:
        revision = _revision(connection)
        if revision is not None and revision not in _known_revisions():
            raise NewerDatabase(revision)
        act(configuration(connection))
        if connection.dialect.name == "sqlite":
            broken = [tuple(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
            if broken:
                raise BrokenReferences(broken)


@contextmanager
def locked_connection(database: Database) -> Iterator[Connection]:
    """One transaction that no other migration can enter: BEGIN IMMEDIATE on SQLite, an advisory lock elsewhere."""
    engine = open_migration_engine(database.url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
    finally:
        engine.dispose()


def configuration(connection: Connection | None) -> Config:
    """Alembic's settings; commands that touch a database need its connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(configuration(None)).walk_revisions()}


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return MigrationContext.configure(connection).get_current_revision()
