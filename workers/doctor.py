"""What `callcoach doctor` looks at: Python, libraries, speech engines, Redis, database, disk, data folder, port."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from review.db import open_database
from review.queries.better_words import read_offer
from review.queries.installation import read_database, read_disk, read_engines, read_redis
from review.redis_address import connect, redis_url
from review.services.retranscribe import look_for_model
from review.settings import Settings
from review.storage import open_store
from workers.checks import check_data_folder, check_port, check_python
from workers.cli.errors import CommandRefused
from workers.cli.opening import check_installation
from workers.embedded_redis import RedisUnavailable, find_program, version_of

Verdict = Literal["ok", "warning", "fault"]
LIBRARIES = ("rq", "redis", "Flask", "SQLAlchemy", "faster-whisper", "ctranslate2", "pocketsphinx", "av", "gunicorn")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer; `fix` says what to do unless all is well."""

    what: str
    verdict: Verdict
    says: str
    fix: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; changes nothing but a probe file in the data folder that is removed again."""
    return [
        _python(),
        *_libraries(),
        _data_folder(settings),
        _disk(settings),
        _database(settings),
        *_redis(settings),
        *_engines(settings),
        *_better_words(settings),
        _port(settings),
    ]


def _python() -> Finding:
    says = f"{platform.python_version()} at {sys.executable}, {sysconfig.get_platform()}"
    try:
        check_python()
    except CommandRefused as error:
        return Finding("python", "fault", says, str(error))
    return Finding("python", "ok", says)


def _libraries() -> Iterator[Finding]:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    yield Finding("libraries", "ok", ", ".join(found))
    if missing:
        yield Finding("libraries", "fault", f"not installed: {', '.join(missing)}", "install callcoach again with pip")


def _data_folder(settings: Settings) -> Finding:
    if not settings.data.exists():  # looked for, not made: a mistyped one would stay behind
        fix = "correct CALLCOACH_DATA; `callcoach migrate` and `callcoach run` make the folder"
        return Finding("data folder", "warning", f"{settings.data} is not there", fix)
    try:
        check_data_folder(settings.data)
    except CommandRefused as error:
        return Finding("data folder", "fault", str(settings.data), str(error))
    return Finding("data folder", "ok", f"{settings.data} can be written")


def _disk(settings: Settings) -> Finding:
    disk = read_disk(open_store(settings))
    says = f"{disk.free / 1e9:.1f} GB free, {disk.floor / 1e9:.1f} GB must stay free"
    if disk.enough:
        return Finding("disk", "ok", says)
    return Finding("disk", "fault", says, "make room: until then no recording is taken in")


def _database(settings: Settings) -> Finding:
    try:
        check_installation(settings)
    except CommandRefused as error:
        says, _colon, fix = str(error).partition(": ")
        return Finding("database", "warning", says, fix)
    database = open_database(settings)
    try:
        state = read_database(database)
    finally:
        database.dispose()
    if not state.answers:
        return Finding(
            "database",
            "fault",
            f"{database.dialect} does not answer ({state.error})",
            "check CALLCOACH_DATABASE_URL and that the server runs",
        )
    if not state.current:
        return Finding(
            "database",
            "warning",
            f"{database.dialect} answers, its tables are not this version's",
            "run `callcoach migrate`",
        )
    return Finding("database", "ok", f"{database.dialect}, tables of this version")


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        try:
            program = find_program(settings)
        except RedisUnavailable as error:
            yield Finding("redis program", "fault", "none", str(error))
        else:
            yield Finding("redis program", "ok", f"{program.path} ({program.how}): {version_of(program)}")
    client = connect(settings)
    try:
        state = read_redis(client)
    finally:
        client.close()
    place = redis_url(settings).rpartition("@")[2]
    if state.answers:
        served = sorted({name for worker in state.workers for name in worker.queues})
        yield Finding(
            "redis", "ok", f"answers at {place}; {len(state.workers)} workers ({', '.join(served) or 'none'})"
        )
    elif settings.redis_url:
        yield Finding("redis", "fault", f"does not answer at {place}", "start it, or unset REDIS_URL to use our own")
    else:
        yield Finding("redis", "ok", f"not running now; callcoach starts its own at {place}")


def _engines(settings: Settings) -> Iterator[Finding]:
    rows = read_engines(settings)
    language = settings.language or "not known (CALLCOACH_LANGUAGE)"
    for row in rows:
        yield Finding(f"engine {row.name}", "ok" if row.available else "warning", f"{row.model} {row.why}".strip())
    runs = next((row for row in rows if row.available), None)
    if runs is None:
        yield Finding(
            "speech",
            "warning",
            f"no engine can run for calls whose language is {language}",
            "such calls wait as 'needs a speech model'; the lines above say what to provide",
        )
    else:
        yield Finding("speech", "ok", f"{runs.name} would run for calls whose language is {language}")


def _better_words(settings: Settings) -> Iterator[Finding]:
    """Drafts and waiting calls that a model there now would write down better; nothing said when there are none."""
    try:
        check_installation(settings)
    except CommandRefused:
        return
    database = open_database(settings)
    try:
        with database.read() as session:
            offer = read_offer(session, None, settings.engine, look_for_model(settings))
    except SQLAlchemyError:  # a database that is away or not of this version has a line of its own
        return
    finally:
        database.dispose()
    if offer is not None and offer.calls:
        more = "more than " if offer.many else ""
        yield Finding(
            "drafts",
            "warning",
            f"{more}{offer.calls} calls could be transcribed better with {offer.model}",
            "run `callcoach retranscribe --all`, or use the button in the inbox",
        )


def _port(settings: Settings) -> Finding:
    try:
        check_port(settings.host, settings.port)
    except CommandRefused as error:
        return Finding(
            "port",
            "warning",
            f"{settings.host}:{settings.port} is in use",
            f"fine when that is callcoach itself; else: {error}",
        )
    return Finding("port", "ok", f"{settings.host}:{settings.port} is free")
