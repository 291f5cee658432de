"""`callcoach doctor`: what is installed, which engine would run and why, Redis, database, disk."""

from __future__ import annotations

import argparse

NAME = "doctor"
HELP = "what is installed, which speech engine would run and why, Redis, database, disk"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 when something keeps callcoach from working."""
    import dataclasses
    import json

    from review.settings import read_settings
    from workers.doctor import examine

    findings = examine(read_settings())
    faults = [finding for finding in findings if finding.verdict == "fault"]
    if args.json:
        print(json.dumps({"ok": not faults, "findings": [dataclasses.asdict(f) for f in findings]}, ensure_ascii=False))
        return 1 if faults else 0
    wide = max(len(finding.what) for finding in findings)
    for finding in findings:
        print(f"{finding.verdict:<8} {finding.what:<{wide}}  {finding.says}")
        if finding.fix and finding.verdict != "ok":
            print(f"{'':<8} {'':<{wide}}  -> {finding.fix}")
    print(f"{len(faults)} to mend before callcoach can work" if faults else "callcoach can work here")
    return 1 if faults else 0
