"""`callcoach migrate`: bring the database to this version's tables."""

from __future__ import annotations

import argparse

NAME = "migrate"
HELP = "bring the database to this version's tables"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the tables differ")


def run(args: argparse.Namespace) -> int:
    """Migrate, or only compare."""
    from review.db import open_database
    from review.migrations.run import check, current, upgrade
    from review.settings import read_settings
    from workers.checks import check_data_folder

    settings = read_settings()
    check_data_folder(settings.data)
    database = open_database(settings)
    try:
        if args.check:
            differences = check(database)
            for line in differences:
                print(line)
            print("the tables differ from the models" if differences else "the tables are as the models say")
            return 1 if differences else 0
        upgrade(database)
        print(f"database at revision {current(database)} ({database.dialect})")
    finally:
        database.dispose()
    return 0
