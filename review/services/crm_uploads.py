"""Tables that were uploaded and wait for their mapping: kept in the data folder for a day, named by a random token."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import CrmUpload, utc_now
from review.services.crm_files import LARGEST_FILE
from review.services.crm_sheets import BadSheet, Sheet, read_sheet
from review.settings import make_private_folder

KEPT: Final = timedelta(hours=24)
LONGEST_NAME: Final = 120


def keep_upload(session: Session, data: Path, stream: IO[bytes], name: str, *, by: int) -> str:
    """Keep a table until it is imported; its token. Older ones go. Raises BadSheet. Does not commit."""
    drop_old(session, data)
    folder = _folder(data)
    make_private_folder(folder)
    token = secrets.token_urlsafe(16)
    shown = Path(name.replace("\\", "/")).name.replace("\x00", "")[:LONGEST_NAME] or "table"
    path, size = folder / token, 0
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while piece := stream.read(1024 * 1024):
                size += len(piece)
                if size > LARGEST_FILE:
                    raise BadSheet(f"'{shown}' is larger than {LARGEST_FILE // 1024 // 1024} MB: split it.")
                file.write(piece)
        read_sheet(path, shown)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    session.add(CrmUpload(token=token, name=shown, user_id=by, created_at=utc_now()))
    session.flush()
    return token


def open_upload(session: Session, data: Path, token: str, *, by: int) -> Sheet | None:
    """The table; None when it is not there (any more) or somebody else's. Raises BadSheet."""
    row = session.get(CrmUpload, token)
    if row is None or row.user_id != by:
        return None
    return read_sheet(_folder(data) / row.token, row.name)


def drop_upload(session: Session, data: Path, token: str) -> None:
    """Forget a table: after its import nothing of it lies about. Does not commit."""
    row = session.get(CrmUpload, token)
    if row is not None:
        (_folder(data) / row.token).unlink(missing_ok=True)
        session.delete(row)


def drop_old(session: Session, data: Path) -> None:
    """Forget tables that nobody imported within a day. Does not commit."""
    for row in session.scalars(select(CrmUpload).where(CrmUpload.created_at < utc_now() - KEPT)):
        drop_upload(session, data, row.token)


def _folder(data: Path) -> Path:
    return data / "imports"
