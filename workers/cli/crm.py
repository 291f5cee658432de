"""`callcoach crm`: read connected CRMs, send what waits for them, and see how both stand."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from typing import Any

NAME = "crm"
HELP = "read connected CRMs, send what waits for them, and see how both stand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True, dest="act")
    sync = acts.add_parser("sync", help="read what changed in the CRMs now")
    sync.add_argument("name", nargs="?", metavar="CONNECTION", help="only this one; all active ones otherwise")
    sync.add_argument("--due", action="store_true", help="only connections whose time has come")
    push = acts.add_parser("push", help="send what waits for the CRMs now")
    push.add_argument("--due", action="store_true", help="what is due (the default)")
    folder = acts.add_parser("import", help="clients, deals, reasons, tasks and reps from a folder of CSV files")
    folder.add_argument("folder", metavar="FOLDER")
    status = acts.add_parser("status", help="connections with their last sync, and the outbox")
    status.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Do the act."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    acts = {"sync": _sync, "push": _push, "import": _import, "status": _status}
    with opened(settings, reads_only=args.act == "status") as database:
        return acts[args.act](args, settings, database)


def _sync(args: argparse.Namespace, settings: Any, database: Any) -> int:
    from review.crm.sync import due_connections
    from review.services.crm_connections import list_connections
    from workers.cli.errors import BAD_INPUT, DONE_IN_PART
    from workers.crm import sync_connections

    with database.read() as session:
        rows = list_connections(session)
        due = due_connections(session) if args.due else [row.id for row in rows if row.state != "paused"]
    if args.name is not None:
        due = [row.id for row in rows if row.name == args.name]
        if not due:
            print(f"callcoach: there is no CRM connection '{args.name}'.", file=sys.stderr)
            return BAD_INPUT
    reports = sync_connections(database, settings, due, _stop_on_signal())
    for report in reports:
        counts = report.counts
        print(
            f"{report.name}: {counts.created} new, {counts.updated} changed, {counts.unchanged} unchanged, "
            f"{counts.conflicts} conflicts" + (f" - stopped: {report.error}" if report.error else "")
        )
    return DONE_IN_PART if any(report.error for report in reports) else 0


def _push(_args: argparse.Namespace, settings: Any, database: Any) -> int:
    from workers.outbox import send_outbox

    print(f"{send_outbox(database, settings, _stop_on_signal())} tried")
    return 0


def _import(args: argparse.Namespace, settings: Any, database: Any) -> int:
    from pathlib import Path

    from review.services.crm_import import import_crm
    from workers.cli.errors import DONE_IN_PART

    with database.session() as session:
        report = import_crm(session, Path(args.folder), region=settings.region)
    for file in report.files:
        print(f"{file.file}: {file.created} new, {file.updated} changed, {file.unchanged} unchanged")
    for problem in report.problems:
        print(f"{problem.file}, line {problem.line}: {problem.why}", file=sys.stderr)
    return DONE_IN_PART if report.problems else 0


def _status(args: argparse.Namespace, _settings: Any, database: Any) -> int:
    from review.services.crm_connections import count_outbox, list_connections

    with database.read() as session:
        rows, outbox = list_connections(session), count_outbox(session)
    if args.json:
        connections = [
            {
                "name": row.name,
                "kind": row.kind,
                "state": row.state,
                "last_sync": row.last_sync_at.isoformat() if row.last_sync_at else None,
                "error": row.error,
                "counts": row.counts,
            }
            for row in rows
        ]
        print(json.dumps({"connections": connections, "outbox": outbox}, ensure_ascii=False))
        return 0
    for row in rows:
        last = row.last_sync_at.isoformat(timespec="seconds") if row.last_sync_at else "never"
        print(f"{row.name} ({row.kind}): {row.state}, last sync {last}" + (f", {row.error}" if row.error else ""))
    if not rows:
        print("No CRM is connected.")
    print("Outbox: " + ", ".join(f"{outbox[state]} {state}" for state in sorted(outbox)))
    return 0


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda _signum, _frame: stop.set())
    return stop
