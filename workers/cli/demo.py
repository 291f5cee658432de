"""`callcoach demo`: everything on this machine with sample calls, a small CRM and a sign-in for each role."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "demo"
HELP = "run everything here with sample calls and a sign-in for each role"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--host", help="address to bind (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to bind (default 8000)")
    parser.add_argument("--data", type=Path, help="data folder (default ./data)")
    parser.add_argument("--exit-when-done", action="store_true", help="end when every sample call is through")
    parser.add_argument("--no-exchange", action="store_true", help="no new calls: only the sample calls")
    parser.add_argument("--reload", action="store_true", help="start the web anew when its code changes")


def run(args: argparse.Namespace) -> int:
    """Run until Ctrl-C."""
    from review.settings import read_settings
    from workers.checks import check_before_start, check_data_folder, override
    from workers.demo_lock import address_of, demo_lock
    from workers.processes import say

    settings = override(read_settings(), host=args.host, port=args.port, data=args.data)
    check_data_folder(settings.data)
    with demo_lock(settings.data, address_of(settings)):  # first: the other demo is what holds the port, mostly
        check_before_start(settings)  # before anything heavy is imported: a taken port is told at once
        from workers.demo_run import run_demo

        return run_demo(
            settings, say, exit_when_done=args.exit_when_done, reload=args.reload, exchange=not args.no_exchange
        )
