"""`callcoach serve`: the web server, as its own program so that nothing here imports the web."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.settings import Settings

NAME = "serve"
HELP = "run the web server"
APPLICATION = "web.app:create_app()"
WORKER = "web.server.PatientWorker"  # gunicorn's threaded worker that ends clients who stall
STOP_SECONDS = 8
CONNECTIONS = 500  # at once in each process: well under the 1,024 open files a process usually may have


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--host", help="address to bind (CALLCOACH_HOST)")
    parser.add_argument("--port", type=int, help="port to bind (CALLCOACH_PORT)")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="web processes (default 1)")
    parser.add_argument("--threads", type=int, default=64, metavar="N", help="threads in each (default 64)")
    parser.add_argument("--told", action="store_true", help=argparse.SUPPRESS)  # who started us says the set-up code
    parser.add_argument("--reload", action="store_true", help="start anew when the code changes (for developers)")


def run(args: argparse.Namespace) -> int:
    """Check the port, then become gunicorn."""
    from review.settings import BadSetting, process_environment, read_settings
    from workers.checks import check_port, override

    settings = override(read_settings(), host=args.host, port=args.port)
    for name, count, most in (("--processes", args.processes, 64), ("--threads", args.threads, CONNECTIONS // 2)):
        if not 1 <= count <= most:
            raise BadSetting(name, str(count), f"give a number from 1 to {most}")
    check_port(settings.host, settings.port)
    if not args.told:
        _tell_first(settings)
    command = [sys.executable, *gunicorn(settings.host, settings.port, args.processes, args.threads)]
    command += ["--reload"] if args.reload else []
    os.execve(sys.executable, command, process_environment(settings))  # noqa: S606 - a fixed argument list


def _tell_first(settings: Settings) -> None:
    """Say how the first account is made while there is none; nothing where the database is not there yet."""
    from sqlalchemy.exc import SQLAlchemyError

    from review.db import open_database, sqlite_file
    from review.migrations.run import is_current
    from workers.first_run import first_address, tell_first
    from workers.processes import say

    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return
    database = open_database(settings)
    try:
        if is_current(database):
            tell_first(database, settings, first_address(settings), say)
    except SQLAlchemyError as error:  # the server itself says on its health page what is wrong
        say(f"the database could not be asked: {type(error).__name__}")
    finally:
        database.dispose()


def gunicorn(host: str, port: int, processes: int, threads: int) -> list[str]:
    """gunicorn's arguments: threads for slow readers of audio, an end within ten seconds.

    A stalled client costs a thread for seconds, an idle one costs none: see `web/server.py`.
    """
    return [
        *("-m", "gunicorn", APPLICATION, "--worker-class", WORKER),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
        *("--workers", str(processes), "--threads", str(threads), "--worker-connections", str(CONNECTIONS)),
        *("--timeout", "60", "--graceful-timeout", str(STOP_SECONDS), "--keep-alive", "5"),
        *("--log-level", "warning", "--no-control-socket"),
    ]
