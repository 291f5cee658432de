"""`callcoach rescore`: score calls again, by newer rules or another standard; what they had is kept beside it."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.db import Database
    from review.services.rescore import RunRow
    from review.settings import Settings

NAME = "rescore"
HELP = "score calls again; the assessments they have are kept beside the new ones"

REFRESH_SECONDS = 0.5
FAILED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every scored call")
    which.add_argument("--call", metavar="ID", type=int, help="one call")
    which.add_argument("--source", metavar="NAME", help="the calls of one source")
    which.add_argument("--resume", metavar="RUN", type=int, help="go on with a run that was interrupted")
    which.add_argument("--cancel", metavar="RUN", type=int, help="end a run; calls judged by then keep the new scores")
    parser.add_argument("--standard", metavar="NAME", help="judge all by this one (default: each call by its source's)")
    parser.add_argument("--version", metavar="N", type=int, help="with --standard: this version of it")
    parser.add_argument("--compare", action="store_true", help="only to compare: calls go on showing what they have")
    parser.add_argument("--background", action="store_true", help="leave the work to the workers")


def run(args: argparse.Namespace) -> int:
    """Start a run and work on it with a progress line; without arguments list the runs."""
    from review.settings import read_settings
    from workers.cli.errors import CommandRefused
    from workers.cli.opening import opened

    if args.version is not None and args.standard is None:
        raise CommandRefused("--version says which version of --standard; name that too.")
    settings = read_settings()
    with opened(settings) as database:
        if args.cancel is not None:
            return _cancel(database, args.cancel)
        if args.resume is not None:
            return _work(database, settings, args.resume)
        if not (args.all or args.call is not None or args.source is not None):
            return _list(database)
        return _start(database, settings, args)


def _start(database: Database, settings: Settings, args: argparse.Namespace) -> int:
    from review.doorbell import ring_rescore
    from review.services.rescore import get_run, start_run

    with database.session() as session:
        run_id = start_run(
            session,
            standard=args.standard,
            version=args.version,
            source=args.source,
            call_id=args.call,
            show=not args.compare,
        )
        total = get_run(session, run_id).total
    if args.background:
        ring_rescore(settings, [run_id])
        print(
            f"run {run_id}: {_calls(total)} will be scored again in the background; `callcoach rescore` shows how far"
        )
        return 0
    return _work(database, settings, run_id)


def _work(database: Database, settings: Settings, run_id: int) -> int:
    from review.services.leased import ACTIVE
    from review.services.rescore import get_run
    from workers.rescoring import work_on_run

    line = _ProgressLine()
    try:
        while work_on_run(database, settings, run_id, stop=lambda: False, progress=line.show) in ACTIVE:
            time.sleep(REFRESH_SECONDS)  # a worker has it: show how far it is, and go on if it dies
            with database.read() as session:
                line.show(get_run(session, run_id))
    except KeyboardInterrupt:
        line.end()
        print(f"stopped; `callcoach rescore --resume {run_id}` goes on where it was", file=sys.stderr)
        raise
    line.end()
    with database.read() as session:
        row = get_run(session, run_id)
    print(_sentence(row))
    return FAILED if row.failed or row.state == "failed" else 0


def _cancel(database: Database, run_id: int) -> int:
    from review.services.rescore import cancel_run

    with database.session() as session:
        stopped = cancel_run(session, run_id)
    print(f"run {run_id} is cancelled" if stopped else f"run {run_id} had ended already")
    return 0


def _list(database: Database) -> int:
    from review.queries.rescore_runs import list_runs

    with database.read() as session:
        rows = list_runs(session)
    if not rows:
        print("no call was scored again yet: `callcoach rescore --all` scores every call again")
    for row in rows:
        print(_sentence(row))
    return 0


def _sentence(row: RunRow) -> str:
    failed = f", {row.failed} could not be judged" if row.failed else ""
    by = f" by {row.standard} version {row.pins[row.standard]}" if row.standard else ""
    compared = "" if row.show else ", only to compare"
    why = f" ({row.why})" if row.why else ""
    return (
        f"run {row.id}{by}: {row.state}{why}, {row.done} of {_calls(row.total)} scored again, "
        f"{row.changed} changed{failed}{compared}"
    )


class _ProgressLine:
    """One line on a terminal's standard error that is written over; nothing where there is no terminal."""

    def __init__(self) -> None:
        self.shown = 0.0
        self.begun = time.monotonic()

    def show(self, row: RunRow) -> None:
        """Write how far the run is, at most twice a second."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self.shown < REFRESH_SECONDS:
            return
        self.shown = now
        speed = row.done / max(0.001, now - self.begun)
        sys.stderr.write(f"\r{row.share:4.0%}  {row.done} of {row.total}, {row.changed} changed, {speed:.0f} a second ")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self.shown:
            sys.stderr.write("\n")


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
