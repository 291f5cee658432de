"""`callcoach import PATH...`: bring recordings in from files and folders."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.settings import Settings
    from workers.import_files import Planned

NAME = "import"
HELP = "bring recordings in from files and folders"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="audio files, or folders searched for them")
    parser.add_argument("--facts", type=Path, metavar="CSV", help="table: file, second_leg, transcript and call facts")
    parser.add_argument("--source", help="name of the source (default: import)")
    parser.add_argument("--language", metavar="xx", help="language spoken in these calls, e.g. en")


def run(args: argparse.Namespace) -> int:
    """Bring each call in, one line each, and say how it went."""
    from review.doorbell import ring
    from review.errors import ReviewError
    from review.settings import read_settings
    from review.storage import open_store
    from workers.bringing import bring_in, outcome
    from workers.cli.errors import BAD_INPUT, DONE, DONE_IN_PART, one_line
    from workers.cli.opening import opened
    from workers.embedded_redis import answers
    from workers.import_files import plan_import

    settings = read_settings()
    created = repeated = refused = differing = 0
    with opened(settings) as database:
        store = open_store(settings)
        bell = answers(settings)  # without it nobody is rung for: the sweep finds the calls
        for planned in plan_import(args.paths, args.facts):
            problem = planned.problem
            if problem is None:
                try:
                    facts = _facts(planned, args)
                    accepted = bring_in(database, store, settings, planned.bundle, facts, door="import")
                except (ReviewError, OSError) as error:
                    problem = one_line(str(error))
            if problem is not None:
                refused += 1
                print(f"refused      {planned.label}: {problem}", file=sys.stderr)
                continue
            if accepted.created:
                created += 1
            else:
                repeated += 1
            if bell:
                ring(settings, accepted.ring)
            differing += accepted.differs
            print(f"call {accepted.call_id:<7} {outcome(accepted)}  {planned.label}")
            sys.stdout.flush()
    print(closing_sentence(created, repeated, refused, settings, differing=differing))
    if created and not bell:
        print("nobody is at work here now: the calls wait until `callcoach run` or its workers are started")
    if not refused:
        return DONE if created or repeated else BAD_INPUT
    return DONE_IN_PART if created or repeated else BAD_INPUT


def closing_sentence(created: int, repeated: int, refused: int, settings: Settings, *, differing: int = 0) -> str:
    """How the import went, in one sentence. `differing` of the repeated calls came with a different recording."""
    parts = [f"{created} {'call' if created == 1 else 'calls'} taken in"]
    if repeated:
        others = f" ({differing} of them with a different recording, named above)" if differing else ""
        parts.append(f"{repeated} {'was' if repeated == 1 else 'were'} here already{others}")
    if refused:
        parts.append(f"{refused} refused (named above with the reason)")
    if not (created or repeated or refused):
        return "no recordings were found there"
    return ", ".join(parts) + f"; recordings are kept in {settings.audio}"


def _facts(planned: Planned, args: argparse.Namespace) -> dict[str, str]:
    """The call's own facts, with what the command line says for all of them where they are silent."""
    facts = dict(planned.facts)
    facts.setdefault("source", args.source or "import")
    if args.language:
        facts.setdefault("language", args.language)
    return facts
