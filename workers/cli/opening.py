"""Opening what a command works with, and closing it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from review.db import Database, open_database, sqlite_file
from review.migrations.run import is_current
from review.settings import Settings
from workers.checks import check_data_folder
from workers.cli.errors import CommandRefused


@contextmanager
def opened(settings: Settings, *, reads_only: bool = False) -> Iterator[Database]:
    """The database of this installation, refused in one sentence when its tables are not this version's.

    Makes no installation where there is none; `reads_only` leaves the data folder as it is, too.
    """
    check_installation(settings)
    if not reads_only:
        check_data_folder(settings.data)
    database = open_database(settings)
    try:
        if not is_current(database):
            raise CommandRefused("the database is not set up for this version: run `callcoach migrate` first.")
        yield database
    finally:
        database.dispose()


def check_installation(settings: Settings) -> None:
    """Refuse a place where nobody made an installation, which mostly is a mistyped one; makes nothing."""
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        raise CommandRefused(
            f"there is no installation in {file.parent}: correct CALLCOACH_DATA, "
            "or run `callcoach migrate` first to make one there."
        )
