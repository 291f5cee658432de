"""Folders for decoded sound that are gone when the work is: at its end, or, after a kill, when the next process looks.

Whoever works in such a folder holds a lock on it, which the kernel lets go of however the process ends. So a folder
that can be locked belongs to nobody any more, and one that cannot is left alone; no process numbers are compared.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from transcription.errors import NO_ROOM, MachineLimit

PREFIX: Final = "callcoach-sound-"
"""How the folders begin that stand in a directory shared with other programs, such as /tmp."""

_TRIES: Final = 10


@contextlib.contextmanager
def work_folder(parent: Path | None = None, prefix: str = PREFIX) -> Iterator[Path]:
    """A new folder in `parent` (the system's place for temporary files where None), removed at the end.

    Only its owner can read it. Raises MachineLimit when there is no room for it.
    """
    parent = parent or _temporary()
    with naming_full_disk(parent):
        folder, lock = _locked_folder(parent, prefix)
    try:
        with naming_full_disk(parent):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextlib.contextmanager
def naming_full_disk(folder: Path) -> Iterator[None]:
    """Within, an error of the system that there is no room becomes MachineLimit, which names the folder."""
    try:
        yield
    except MachineLimit as error:
        if error.limit == "disk" and error.where is None:
            raise MachineLimit("disk", str(folder)) from None
        raise
    except OSError as error:
        if error.errno in NO_ROOM:
            raise MachineLimit("disk", str(folder)) from error
        raise


def remove_left_folders(parent: Path | None = None, prefix: str = PREFIX) -> int:
    """Remove the folders in `parent` that killed processes of this user left behind; how many.

    Never follows a link, never touches another user's folder, nor one whose owner is alive or where that cannot be
    told (a file system without locks).
    """
    parent = parent or _temporary()
    removed = 0
    try:
        names = [name for name in os.listdir(parent) if name.startswith(prefix)]
    except FileNotFoundError:
        return 0
    for name in names:
        with contextlib.suppress(OSError):
            removed += _remove_if_left(parent / name)
    return removed


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # none of the usual places can be written to
        raise MachineLimit("disk") from None


def _locked_folder(parent: Path, prefix: str) -> tuple[Path, int]:
    """A folder and the open lock on it. One that was taken for left behind before it was locked is made again."""
    for _ in range(_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        # Without locks on this file system nobody can tell that it is left, so nobody removes it: the same as before.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)
    raise OSError(errno.EEXIST, "every new folder was removed by somebody else", str(parent))


def _remove_if_left(folder: Path) -> bool:
    found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(found).st_uid != os.geteuid():
            return False
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its owner lives
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()
    finally:
        os.close(found)
