"""`python -m review.migrations.new "what changes"`: a new revision from the difference between tables and models.

Read what it writes before it is committed: it sees columns and indexes, not full-text structures or moved data.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from review.db import open_url
from review.migrations import run


def main(arguments: list[str]) -> int:
    """0 when a revision was written; 2 without a message."""
    if len(arguments) != 1:
        print('Say what changes: python -m review.migrations.new "calls know their country"', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="callcoach-migrations-") as folder:
        database = open_url(f"sqlite:///{Path(folder) / 'new.sqlite'}")
        run.upgrade(database)
        number = f"{int(run.head()) + 1:04d}"
        with run.locked_connection(database) as connection:
            command.revision(run.configuration(connection), arguments[0], autogenerate=True, rev_id=number)
        database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
