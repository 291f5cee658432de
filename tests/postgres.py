"""A private PostgreSQL for the tests: made in a temporary folder, reached by a Unix socket only, gone afterwards.

PostgreSQL refuses to run as root: then it runs as the user `postgres`, else `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.waiting import wait_until

ABSENT = "PostgreSQL is not installed (Debian: apt-get install postgresql): its half of the database tests is skipped"
# Speed for throw-away data: nothing here must survive a crash.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=60")


def find_program(name: str) -> str | None:
    """A server program of PostgreSQL: the newest of Debian's, else what PATH has; None when it is absent."""
    installed = glob(f"/usr/lib/postgresql/*/bin/{name}")
    newest = max(installed, key=lambda path: float(path.split("/")[4]), default=None)
    return newest or shutil.which(name)


def is_available() -> bool:
    """Whether a private server can be started on this machine."""
    return find_program("initdb") is not None and find_program("postgres") is not None


@dataclass
class PrivatePostgres:
    """A running server; use it as a context manager."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls) -> PrivatePostgres:
        """Make a cluster and start it; takes about two seconds."""
        folder = Path(tempfile.mkdtemp(prefix="cc-pg-", dir="/tmp"))  # a socket's path must stay under 100 bytes
        server = cls(folder)
        try:
            server._start()
        except BaseException:
            server.stop()
            raise
        return server

    def make_database(self, name: str) -> str:
        """A new empty database; its SQLAlchemy URL."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://tester@/{name}?host={quote(str(self.folder), safe='')}"

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the server and remove everything it wrote."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PrivatePostgres:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def _start(self) -> None:
        account = _account()
        if account is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = self.folder / "data"
        made = subprocess.run(
            [_program("initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            capture_output=True,
            text=True,
            env=_environment(),
            cwd=self.folder,
            **_privileges(account),
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr[-800:]}")
        command = [_program("postgres"), "-D", str(data), "-k", str(self.folder), "-c", "listen_addresses="]
        for option in OPTIONS:
            command += ["-c", option]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env=_environment(), cwd=self.folder, **_privileges(account)
            )
        wait_until(self._answers, seconds=30, what="the private PostgreSQL to answer")

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended: {(self.folder / 'log').read_text()[-800:]}")
        try:
            psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _conninfo(self, database: str) -> str:
        return f"host={self.folder} user=tester dbname={database}"


def _program(name: str) -> str:
    found = find_program(name)
    if found is None:
        raise RuntimeError(ABSENT)
    return found


def _account() -> pwd.struct_passwd | None:
    """Whom to run as; None for the one we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody'")


def _privileges(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
