"""Opening what a command works with, and closing it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from review.db import Database, open_database
from review.migrations.run import is_current
from review.settings import Settings
from workers.checks import check_data_folder
from workers.cli.errors import CommandRefused


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of this installation, refused in one sentence when its tables are not this version's."""
    check_data_folder(settings.data)
    database = open_database(settings)
    try:
        if not is_current(database):
            raise CommandRefused("the database is not set up for this version: run `callcoach migrate` first.")
        yield database
    finally:
        database.dispose()
