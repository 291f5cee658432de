"""`callcoach audit`: check the chain, see its end, take the log out, and say that a backup was put back."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.audit_chain.checking import Fault
    from review.db import Database
    from review.settings import Settings

NAME = "audit"
HELP = "check the audit log, see its end, take it out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(dest="act", title="acts", metavar="ACT", required=True)
    checking = acts.add_parser(
        "check", help="read the whole log and say what was done to it; code 1 when something was"
    )
    checking.add_argument("--keep", action="store_true", help="keep what was found for the log's page")
    checking.add_argument("--json", action="store_true", help="one JSON object")
    acts.add_parser("head", help="the log's end: its number and seal, to be written down elsewhere")
    acts.add_parser("export", help="every event with its seals, one JSON object for each line, the newest first")
    restored = acts.add_parser(
        "restored", help="a backup was put back: the log ends earlier than what was written down"
    )
    restored.add_argument("why", help="what happened, for those who read the log later")


def run(args: argparse.Namespace) -> int:
    """Check (1 when something was done to the log), print, or start anchors anew."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    writes = args.act == "restored" or (args.act == "check" and args.keep)
    with opened(settings, reads_only=not writes) as database:
        if args.act == "check":
            return _check(settings, database, args)
        if args.act == "head":
            return _head(database)
        if args.act == "export":
            return _export(database)
        return _restored(settings, database, args.why)


def _check(settings: Settings, database: Database, args: argparse.Namespace) -> int:
    from review.audit_chain.keeping import check_all, keep_check

    with database.read() as session:
        found = check_all(session, settings.secret_key(), settings.anchors)
    if args.keep:
        with database.session() as session:
            keep_check(session, found)
    if args.json:
        faults = [
            {"kind": item.kind, "from": item.number, "to": item.until, "event": item.event} for item in found.faults
        ]
        print(json.dumps({"whole": found.whole, "events": found.events, "earlier": found.earlier, "faults": faults}))
    else:
        print(f"{found.events} sealed events, {found.earlier} from before the chain")
        for fault in found.faults:
            print(_sentence(fault))
        print("the log is whole" if found.whole else "the log was changed behind Callcoach's back")
    return 0 if found.whole else 1


def _sentence(fault: Fault) -> str:
    place = "" if fault.number is None else f" {fault.number}"
    if fault.until is not None and fault.until != fault.number:
        place += f" to {fault.until}"
    row = "" if fault.event is None else f" (row {fault.event})"
    said = {
        "edited": f"event{place}{row} is not as it was sealed",
        "missing": f"event{place} is missing: deleted",
        "unlinked": f"event{place}{row} does not follow on the one before it",
        "unsealed": f"an event{row} was put in without a seal",
        "cut": f"event{place} is known of and not there: the end was cut off",
        "rewritten": f"event{place}{row} has another seal than was written down",
        "earlier": f"something from before the chain (rows{place}) is not as it was",
        "other_key": "no event has this installation's seal: secret.key, or the whole log, is another one",
        "anchors_unreadable": "the file of written-down ends cannot be read",
    }
    return said.get(fault.kind, fault.kind)


def _head(database: Database) -> int:
    from review.audit_chain.anchors import head_of

    with database.read() as session:
        head = head_of(session)
    print(f"{head.number} {head.seal}")
    return 0


def _export(database: Database) -> int:
    from review.queries.audit_log import LogFilter, all_rows

    with database.read() as session:
        for row in all_rows(session, LogFilter()):
            line = {
                "id": row.id, "number": row.number, "at": row.at.isoformat(), "actor": row.actor, "name": row.name,
                "action": row.action, "subject_kind": row.subject_kind, "subject_id": row.subject_id,
                "details": row.details, "previous": row.previous, "seal": row.seal,
            }  # fmt: skip
            print(json.dumps(line, ensure_ascii=False))
    return 0


def _restored(settings: Settings, database: Database, why: str) -> int:
    from dataclasses import replace

    from review.audit_chain.anchors import head_of, write_anchor
    from review.services.audit import record

    words = " ".join(why.split())
    if not words:
        print("callcoach audit: say what happened.", file=sys.stderr)
        return 2
    with database.session() as session:
        record(session, None, "audit.restored", "installation", "audit", why=words)
    with database.read() as session:
        head = head_of(session)
    write_anchor(settings.anchors, replace(head, reset=True, why=words))
    print(f"written down: from event {head.number} on")
    return 0
