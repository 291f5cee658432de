"""`callcoach run`: the web server, the workers, the sweep and the watched folders of one machine under one parent."""

from __future__ import annotations

import argparse

NAME = "run"
HELP = "run everything on this machine: web, workers, sweep, watched folders"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--host", help="address to bind (CALLCOACH_HOST)")
    parser.add_argument("--port", type=int, help="port to bind (CALLCOACH_PORT)")


def run(args: argparse.Namespace) -> int:
    """Check, migrate, start, and keep running until Ctrl-C."""
    from review.db import open_database
    from review.migrations.run import upgrade
    from review.settings import read_settings
    from workers.checks import check_before_start, override
    from workers.first_run import first_address, tell_first
    from workers.processes import make_supervisor, say

    settings = override(read_settings(), host=args.host, port=args.port)
    check_before_start(settings)
    database = open_database(settings)
    lines: list[str] = []
    try:
        upgrade(database)
        tell_first(database, settings, first_address(settings), lines.append)
    finally:
        database.dispose()
    supervisor = make_supervisor(settings, say)
    supervisor.start()
    say(f"callcoach runs at http://{settings.host}:{settings.port}/ ; Ctrl-C ends it")
    for line in lines:
        say(line)
    supervisor.run()
    return 0
