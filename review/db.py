"""The database: engines for SQLite and PostgreSQL, and the session scopes that own every transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, exc, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from review.audit_chain.sealing import seal_events
from review.settings import Settings, make_private_folder

BUSY_MILLISECONDS = 30_000  # how long a SQLite writer waits for another one before it gives up

COMPANY_NAMES = "company_names"
"""Where a session's `info` holds the names of the settings: no row has them, yet queries must hide them."""

CannotWrite = exc.OperationalError
"""What the database raises when it cannot write now: the disk is full, another writer holds it too long, it is away."""


class Database:
    """A write engine and a read-only engine over one database; make it once per process and dispose of it.

    On SQLite every write transaction starts with BEGIN IMMEDIATE: with the driver's default, eight writers lost
    most of their updates without an error, and with a plain BEGIN they met "database is locked".
    """

    def __init__(self, url: URL, secret: Callable[[], str] | None = None, company_names: tuple[str, ...] = ()) -> None:
        """`secret`: what audit events are sealed with; without one they stay unsealed, and a check says so.

        `company_names`: what the settings call the company; every session knows it as `info[COMPANY_NAMES]`.
        """
        self.url = url
        self.dialect = url.get_backend_name()
        self.engine, self._read_engine = _open_engines(url)
        info = {COMPANY_NAMES: company_names}
        self._write_sessions = sessionmaker(self.engine, expire_on_commit=False, info=info)
        self._read_sessions = sessionmaker(self._read_engine, expire_on_commit=False, info=info)
        if secret is not None:
            seal_events(self._write_sessions, secret)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that may write: commits at the end of the block, rolls back when it raises."""
        with self._write_sessions.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that cannot write (the database itself refuses); always rolled back."""
        with self._read_sessions() as session:
            yield session

    def dispose(self) -> None:
        """Close every connection of this process."""
        self.engine.dispose()
        self._read_engine.dispose()


def open_database(settings: Settings) -> Database:
    """The database the settings name; a SQLite file's folder is made. Nothing is connected until first use."""
    return open_url(settings.database_url, settings.secret_key, settings.company_names)


def open_url(url: str, secret: Callable[[], str] | None = None, company_names: tuple[str, ...] = ()) -> Database:
    """The database at an SQLAlchemy URL; `postgresql://` means the psycopg 3 driver."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        make_private_folder(Path(parsed.database).parent)
    return Database(parsed, secret, company_names)


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database, whether or not it is there; None for another kind of database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def open_migration_engine(url: URL) -> Engine:
    """A write engine for migrations: one connection, and on SQLite foreign keys off.

    A batch alter copies a table and drops the old one; with foreign keys on, the drop deletes every child row.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, writes=True, foreign_keys=False, poolclass=NullPool)
    return create_engine(url, poolclass=NullPool)


def _open_engines(url: URL) -> tuple[Engine, Engine]:
    if url.get_backend_name() == "sqlite":
        pool: dict[str, Any] = {"pool_size": 8, "max_overflow": 24}
        return _sqlite_engine(url, writes=True, **pool), _sqlite_engine(url, writes=False, **pool)
    engine = create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24)
    _refuse_after_fork(engine)
    # The same pool: only the transactions of the read engine are opened READ ONLY.
    return engine, engine.execution_options(postgresql_readonly=True)


def _sqlite_engine(url: URL, *, writes: bool, foreign_keys: bool = True, **more: Any) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000}, **more)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        if writes and cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        cursor.execute("PRAGMA secure_delete=ON")  # deleted words are overwritten, not only unlinked
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    _refuse_after_fork(engine)
    return engine


def _refuse_after_fork(engine: Engine) -> None:
    """A connection made before a fork belongs to the parent: the child gets a new one instead of sharing it."""

    @event.listens_for(engine, "connect")
    def remember(_connection: Any, record: Any) -> None:
        record.info["pid"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def compare(_connection: Any, record: Any, proxy: Any) -> None:
        if record.info["pid"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise exc.DisconnectionError("the connection belongs to the process before the fork")
