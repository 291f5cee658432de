"""All of one's own data as a file: asked for, made by whoever has time, taken away a few days later.

The bytes lie under `exports/` in the data folder under a name nobody can guess; only the person who asked gets them.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from review.db import Database
from review.errors import ReviewError
from review.models import Call, DataExport, User, utc_now
from review.performance.own_data_file import write_file
from review.performance.seeing import RepCard, own_rep
from review.queries.viewer import Viewer, load_viewer
from review.services.audit import record
from review.services.leased import Claim, claim, due, end
from review.settings import Settings

log = logging.getLogger("review")

AT_ONCE: Final = 40
"""Calls up to which the file is made while one waits; a call takes some hundredths of a second."""

KEPT: Final = timedelta(days=7)
FOLDER: Final = "exports"
LEASE: Final = 1800.0  # seconds; ten thousand calls take less


class NoSuchExport(ReviewError):
    """There is no such file, it is another person's, or it was taken away again."""

    code = "no_such_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One request. `until` is when the file is taken away."""

    id: int
    state: str
    requested_at: datetime
    finished_at: datetime | None
    calls: int
    size: int | None
    until: datetime | None


def request_export(session: Session, viewer: Viewer, rep: RepCard) -> tuple[int, bool]:
    """Ask for the file; (its number, whether it is small enough to be made at once). One that is being made is found.

    Audited in the same transaction. Does not commit.
    """
    calls = session.scalar(select(func.count()).select_from(Call).where(Call.rep_id == rep.id)) or 0
    under_way = select(DataExport.id).where(
        DataExport.user_id == viewer.user_id, DataExport.state.in_(("waiting", "running"))
    )
    known = session.scalar(under_way)
    if known is not None:
        return known, False
    row = DataExport(user_id=viewer.user_id, rep_id=rep.id, calls=calls)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # asked for in another window at the same moment
        return session.scalars(under_way).one(), False
    record(session, viewer.user_id, "own_data.requested", "rep", rep.id, export=row.id, calls=calls)
    return row.id, calls <= AT_ONCE


def list_exports(session: Session, viewer: Viewer) -> tuple[ExportRow, ...]:
    """The viewer's requests, newest first; those taken away are not among them. One statement."""
    rows = session.scalars(
        select(DataExport)
        .where(DataExport.user_id == viewer.user_id, DataExport.state != "gone")
        .order_by(DataExport.id.desc())
        .limit(10)
    )
    return tuple(_row(row) for row in rows)


def find_file(session: Session, viewer: Viewer, export_id: int, settings: Settings) -> Path:
    """The file of a request of the viewer; the taking away is audited. Raises NoSuchExport."""
    row = session.get(DataExport, export_id)
    if row is None or row.user_id != viewer.user_id or row.state != "done" or row.file is None:
        raise NoSuchExport(f"There is no file {export_id} here.")
    path = settings.data / row.file
    if not path.is_file():
        raise NoSuchExport(f"The file {export_id} is not there any more. Ask for it again.")
    record(session, viewer.user_id, "own_data.taken", "rep", row.rep_id, export=row.id)
    return path


def due_exports(session: Session) -> list[int]:
    """The requests nobody is working on."""
    return due(session, DataExport)


def make_export(database: Database, settings: Settings, export_id: int) -> bool:
    """Make the file of one request; False when somebody else does, or it could not be made (`failed` says so)."""
    with database.session() as session:
        mine = claim(session, DataExport, export_id, lease=LEASE)
    if mine is None:
        return False
    name = f"{FOLDER}/{secrets.token_urlsafe(24)}.zip"
    path = settings.data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with database.read() as session:
            row = session.get(DataExport, export_id)
            viewer = None if row is None else load_viewer(session, row.user_id)
            rep = None if viewer is None else own_rep(session, viewer)
            if viewer is None or rep is None or row is None or rep.id != row.rep_id:
                return _failed(database, mine, "nobody")
            calls = write_file(session, viewer, rep, path)
    except OSError as error:
        log.warning("the file of own data %d could not be written: %s", export_id, error)
        path.unlink(missing_ok=True)
        return _failed(database, mine, "disk")
    except SQLAlchemyError:  # the database is away: made again after its lease
        path.unlink(missing_ok=True)
        raise
    except Exception:  # or it would be begun again without end, and no other could be asked for
        log.exception("the file of own data %d could not be made", export_id)
        path.unlink(missing_ok=True)
        return _failed(database, mine, "fault")
    with database.session() as session:
        kept = end(session, DataExport, mine, file=name, size=path.stat().st_size, calls=calls, finished_at=utc_now())
    if not kept:
        path.unlink(missing_ok=True)
    return kept


def take_away(session: Session, settings: Settings, *, now: datetime | None = None) -> int:
    """Take away the files that are KEPT old, and those of people who left; how many.

    A file that no row knows (its maker died before it could say so) goes once nobody can be making it any more.
    """
    old = (now or utc_now()) - KEPT
    left = select(User.id).where(User.disabled_at.is_not(None))
    rows = session.scalars(
        select(DataExport).where(
            DataExport.state == "done", (DataExport.finished_at < old) | DataExport.user_id.in_(left)
        )
    ).all()
    for row in rows:
        if row.file is not None:
            (settings.data / row.file).unlink(missing_ok=True)
        row.state, row.file = "gone", None
    session.flush()
    known = set(session.scalars(select(DataExport.file).where(DataExport.file.is_not(None))))
    ended = (now or utc_now()).timestamp() - 2 * LEASE
    for path in sorted((settings.data / FOLDER).glob("*")):
        if f"{FOLDER}/{path.name}" not in known and path.stat().st_mtime < ended:
            path.unlink(missing_ok=True)
    return len(rows)


def _failed(database: Database, mine: Claim, why: str) -> bool:
    with database.session() as session:
        end(session, DataExport, mine, why=why, finished_at=utc_now())
    return False


def _row(row: DataExport) -> ExportRow:
    return ExportRow(
        id=row.id,
        state=row.state,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
        calls=row.calls,
        size=row.size,
        until=None if row.finished_at is None or row.state != "done" else row.finished_at + KEPT,
    )
