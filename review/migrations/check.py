"""`python -m review.migrations.check [DATABASE_URL...]`: do the migrations give exactly the tables of the models?

Always looks at a new SQLite file; every URL given is migrated to the newest revision and looked at as well.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from review.db import open_url
from review.migrations import run


def main(urls: list[str]) -> int:
    """0 when nothing differs; else 1, with the differences on standard output."""
    status = 0
    with tempfile.TemporaryDirectory(prefix="callcoach-migrations-") as folder:
        for url in [f"sqlite:///{Path(folder) / 'check.sqlite'}", *urls]:
            database = open_url(url)
            try:
                run.upgrade(database)
                differences = run.check(database)
            finally:
                database.dispose()
            if differences:
                status = 1
                print(f"{database.dialect}: the migrations and the models differ:")
                for difference in differences:
                    print(f"  {difference}")
            else:
                print(f"{database.dialect}: the migrations give the tables of the models")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
