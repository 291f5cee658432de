"""`callcoach win-back`: find closed leads that may have been closed wrongly, and say how far the work on them is."""

from __future__ import annotations

import argparse
from typing import Any

NAME = "win-back"
HELP = "find and judge closed leads, and say what became of those that were reopened"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True, dest="act")
    find = acts.add_parser("find", help="what runs every night and when a lead closes: find, judge, watch outcomes")
    find.add_argument(
        "--fresh", action="store_true", help="only leads closed, or with calls scored, since the last time"
    )
    find.add_argument("--again", action="store_true", help="judge all leads anew, also where nothing has changed")
    status = acts.add_parser("status", help="leads by state, the return rate and the lift over the untouched control")
    status.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Do the act."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    with opened(settings, reads_only=args.act == "status") as database:
        return {"find": _find, "status": _status}[args.act](args, settings, database)


def _find(args: argparse.Namespace, settings: Any, database: Any) -> int:
    import os

    from workers.win_back import find_leads

    os.nice(10)  # calls that come in go first
    done = find_leads(database, settings, again=args.again, fresh=args.fresh and not args.again)
    waiting = f", waiting for their calls: {done.waiting}" if done.waiting else ""
    print(f"leads found: {done.found}, judged again: {done.judged_again}{waiting}")
    return 0


def _status(args: argparse.Namespace, _settings: Any, database: Any) -> int:
    import json

    from review.win_back.figures import read_figures
    from review.win_back.states import count_states

    with database.read() as session:
        states = count_states(session)
        figures = read_figures(session)
    if args.json:
        print(json.dumps({"leads": states, **figures.to_json()}, indent=2))
        return 0
    if not any(states.values()):
        print("No closed leads yet. `callcoach win-back find` looks for them; it also runs every night by itself.")
        return 0
    print(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in states.items()))
    print(f"reopened and came back: {figures.worked.in_words()}")
    print(f"queue: {figures.queue.in_words()}; untouched control: {figures.control.in_words()}")
    print(f"lift: {figures.lift.in_words()}")
    return 0
