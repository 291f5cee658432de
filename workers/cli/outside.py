"""`callcoach outside`: the sound that external reviewers hear, silent where names and addresses are said."""

from __future__ import annotations

import argparse

NAME = "outside"
HELP = "make the sound of calls given to external reviewers, silent where names are said"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(dest="act", title="acts", metavar="ACT", required=True)
    acts.add_parser("sound", help="make what is missing now; otherwise it is made within seconds of giving a call")


def run(args: argparse.Namespace) -> int:
    """Make the sound; 3 when some could not be made."""
    from review.settings import read_settings
    from review.storage import open_store
    from workers.cli.opening import opened
    from workers.outside import make_sounds

    settings = read_settings()
    with opened(settings) as database:
        made, failed = make_sounds(database, open_store(settings), settings)
    print(f"{made} made" + (f", {failed} could not be made" if failed else ""))
    return 3 if failed else 0
