"""`callcoach corrections`: what people corrected in transcripts, for training speech engines on it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "corrections"
HELP = "export what people corrected in transcripts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    export = acts.add_parser("export", help="training pairs as JSON Lines: words and speakers before and after")
    export.add_argument("--out", type=Path, metavar="FILE", help="write there instead of to standard output")


def run(args: argparse.Namespace) -> int:
    """Write one line for each turn whose words people changed."""
    import json

    from review.services.corrections_export import corrected_calls, note_export, read_pairs
    from review.settings import read_settings
    from workers.cli.opening import opened

    written = 0
    with opened(read_settings()) as database:
        with database.session() as session:
            note_export(session, None, door="command line")
            calls = corrected_calls(session)
        out = args.out.open("w", encoding="utf-8") if args.out else sys.stdout
        try:
            for call_id in calls:
                with database.read() as session:
                    for pair in read_pairs(session, call_id):
                        out.write(json.dumps(pair.to_json(), ensure_ascii=False) + "\n")
                        written += 1
        finally:
            if args.out:
                out.close()
    print(f"pairs: {written}, calls looked through: {len(calls)}", file=sys.stderr)
    return 0
