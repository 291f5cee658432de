"""One demo for a data folder: the first holds a lock file that says where it is, a second is refused."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from review.settings import Settings
from workers.cli.errors import CommandRefused

LOCK_FILE = "demo.lock"


def address_of(settings: Settings) -> str:
    """Where people open the web server of these settings, without a slash at the end."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return settings.public_url or f"http://{host}:{settings.port}"


@contextmanager
def demo_lock(data: Path, address: str) -> Iterator[None]:
    """Hold the data folder for the demo at `address`. Raises CommandRefused, naming the address of the other demo.

    The kernel lets go of the lock when the process ends, however it ends.
    """
    descriptor = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            there = file.read().strip()
            raise CommandRefused(
                f"a demo runs on {data} already{f', at {there}/' if there else ''}: "
                "open that one or end it, or give this one another folder with DATA=..."
            ) from None
        file.truncate(0)
        file.write(address)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
