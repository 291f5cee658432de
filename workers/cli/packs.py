"""`callcoach packs`: list the rule packs, and check a pack as its author does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "packs"
HELP = "list the rule packs, and check a pack's files: structure, expressions, and every line of every entry"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    acts.add_parser("list", help="the packs that ship: version, entries, groups").set_defaults(act=_list)
    check = acts.add_parser("check", help="read a pack and try its lines; names file, line and fix")
    check.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="a pack's folder, or a file beside its pack.yaml"
    )
    check.set_defaults(act=_check)


def run(args: argparse.Namespace) -> int:
    """Do the act; 2 when a pack is wrong."""
    return int(args.act(args))


def _list(args: argparse.Namespace) -> int:
    from scoring.packs import languages_with_packs, load_pack

    for language in languages_with_packs():
        pack = load_pack(language)
        groups = len({entry.group for entry in pack.entries})
        print(f"{language:<4} version {pack.version:<4}{len(pack.entries):>5} entries in {groups} groups")
    return 0


def _check(args: argparse.Namespace) -> int:
    from scoring.pack_checks import check_pack
    from scoring.packs import PackInvalid
    from workers.cli.errors import CommandRefused

    folders = dict.fromkeys(file if file.is_dir() else file.parent for file in args.files)
    wrong = 0
    for folder in folders:
        if not (folder / "pack.yaml").is_file():
            raise CommandRefused(f"{folder} has no pack.yaml, which every rule pack begins with")
        try:
            pack, lines = check_pack(folder)
        except PackInvalid as error:
            wrong += 1
            print(f"callcoach: {error}", file=sys.stderr)
            continue
        for line in lines:
            what = "does not find its line" if line.must else "finds its near miss"
            print(f"callcoach: {folder}: the entry '{line.entry}' {what} '{line.line}'", file=sys.stderr)
        wrong += bool(lines)
        if not lines:
            count = sum(len(entry.match) + len(entry.miss) for entry in pack.entries)
            print(f"{folder}: version {pack.version} is right: {len(pack.entries)} entries, {count} lines tried")
    return 2 if wrong else 0
