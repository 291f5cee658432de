"""`callcoach source`: try out what a telephone system gives, before calls are taken from it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import tzinfo

    from review.telephony.asterisk_cdr import CdrFile
    from review.telephony.pbx_call import PbxCall
    from review.telephony.recording_match import Matched

NAME = "source"
HELP = "try out what a telephone system gives: its call records and recordings"
SHOWN_LINES = 20
SHOWN_CALLS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    check = acts.add_parser(
        "check", help="read call records and say which calls and recordings they make; changes nothing"
    )
    check.add_argument("kind", choices=("asterisk",), help="the telephone system (FreePBX and Issabel are asterisk)")
    check.add_argument(
        "--cdr", type=Path, required=True, metavar="FILE", help="Master.csv, cdr_custom's file, or an export"
    )
    check.add_argument("--monitor", type=Path, metavar="DIR", help="the folder of recordings; it is only looked at")
    check.add_argument("--columns", metavar="NAMES", help="the columns in order, where they cannot be told")
    check.add_argument(
        "--timezone", metavar="ZONE", help="of the records' times, such as Europe/Berlin (default: told from their ids)"
    )
    check.add_argument("--json", action="store_true", help="every call as JSON")


def run(args: argparse.Namespace) -> int:
    """Read and report; 3 when lines were passed over."""
    from review.telephony.asterisk_cdr import read_cdr
    from review.telephony.asterisk_layouts import named_layout
    from review.telephony.recording_match import match_recordings
    from workers.bundles import audio_files
    from workers.cli.errors import BAD_INPUT, DONE, DONE_IN_PART, CommandRefused

    zone = _zone(args.timezone)
    try:
        layout = named_layout(args.columns) if args.columns else None
    except ValueError as error:
        raise CommandRefused(f"{error}.") from error
    text = args.cdr.read_bytes().decode("utf-8-sig", errors="replace")
    cdr = read_cdr(text, zone=zone, layout=layout)
    names: list[str] = []
    if args.monitor is not None:
        if not args.monitor.is_dir():
            raise CommandRefused(f"there is no folder {args.monitor}.")
        names = [str(path.relative_to(args.monitor)) for path in audio_files([args.monitor])]
    matched = match_recordings(cdr.calls, names, zone=zone) if args.monitor is not None else None
    if args.json:
        print(json.dumps(_as_json(cdr, matched), ensure_ascii=False))
    else:
        _print(cdr, matched)
    for line in cdr.broken[:SHOWN_LINES]:
        print(f"callcoach: {args.cdr.name} line {line.number} passed over: {line.why}", file=sys.stderr)
    if len(cdr.broken) > SHOWN_LINES:
        print(f"callcoach: and {len(cdr.broken) - SHOWN_LINES} more lines passed over", file=sys.stderr)
    if cdr.broken and not cdr.calls:
        return BAD_INPUT
    return DONE_IN_PART if cdr.broken else DONE


def _zone(name: str | None) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    from workers.cli.errors import CommandRefused

    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise CommandRefused(f"there is no time zone {name!r}: write it as Europe/Berlin or Asia/Seoul.") from error


def _print(cdr: CdrFile, matched: Matched | None) -> None:
    columns = len(cdr.layout.columns)
    print(f"records: {cdr.lines} lines, {cdr.layout.name} ({columns} columns), {len(cdr.broken)} passed over")
    counts = {
        "answered": sum(1 for call in cdr.calls if call.answered and call.direction != "internal"),
        "not answered": sum(1 for call in cdr.calls if not call.answered and call.direction != "internal"),
        "among colleagues": sum(1 for call in cdr.calls if call.direction == "internal"),
    }
    print(f"calls: {len(cdr.calls)} (" + ", ".join(f"{name} {count}" for name, count in counts.items()) + ")")
    for call in cdr.calls[:SHOWN_CALLS]:
        print(f"  {_one_call(call)}")
    if matched is not None:
        without = sum(1 for call, own in _pairs(cdr, matched) if call.answered and not own)
        belonging = sum(len(own) for own in matched.names)
        print(
            f"recordings: {belonging} belong to a call, {len(matched.left)} to none; "
            f"{without} answered calls with clients have none"
        )
        for name in matched.left[:SHOWN_CALLS]:
            print(f"  belongs to no call: {name}")


def _pairs(cdr: CdrFile, matched: Matched) -> list[tuple[PbxCall, tuple[str, ...]]]:
    pairs = zip(cdr.calls, matched.names, strict=True)
    return [(call, own) for call, own in pairs if call.direction != "internal"]


def _one_call(call: PbxCall) -> str:
    arrow = "←" if call.direction == "inbound" else "→"
    parties = f"{call.rep or 'rep unknown'} {arrow} {call.client_phone or 'number unknown'}"
    way = call.direction or "direction unknown"
    return f"{call.started_at.isoformat()}  {way}  {parties}  {call.result}  {call.talk_seconds} s"


def _as_json(cdr: CdrFile, matched: Matched | None) -> dict[str, Any]:
    calls = []
    for place, call in enumerate(cdr.calls):
        calls.append(
            {
                "external_id": call.external_id,
                "started_at": call.started_at.isoformat(),
                "direction": call.direction,
                "result": call.result,
                "talk_seconds": call.talk_seconds,
                "rep": call.rep,
                "other_reps": list(call.other_reps),
                "client_phone": call.client_phone,
                "queue": call.queue,
                "lines": list(call.lines),
                "recordings": list(matched.names[place]) if matched else list(call.recordings),
            }
        )
    return {
        "layout": cdr.layout.name,
        "columns": list(cdr.layout.columns),
        "lines": cdr.lines,
        "broken": [{"line": line.number, "why": line.why} for line in cdr.broken],
        "calls": calls,
        "recordings_of_no_call": list(matched.left) if matched else [],
    }
