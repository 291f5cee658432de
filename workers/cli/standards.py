"""`callcoach standards`: list, show, check, export and import what calls are judged by."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from review.services.standards import StandardChoice
    from scoring.standards import Standard, StandardText

NAME = "standards"
HELP = "list, show, check, export and import the standards calls are judged by"

LARGEST_FILE = 4 * 1024 * 1024  # bytes; a standard in four languages has about 40 kB


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    listing = acts.add_parser("list", help="every standard: the version in use, its languages, whose it is")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(act=_list)
    show = acts.add_parser("show", help="script and scorecard in words")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(act=_show)
    check = acts.add_parser("check", help="read files as strictly as an import does; names line and fix")
    check.add_argument("files", metavar="FILE", nargs="+", type=Path)
    check.set_defaults(act=_check)
    export = acts.add_parser("export", help="write a standard as YAML, with its comments")
    export.add_argument("name", metavar="NAME")
    export.set_defaults(act=_export)
    for act in (show, export):
        act.add_argument("--language", metavar="CODE", help="only this language (English stays beside it in an export)")
        act.add_argument("--version", type=int, metavar="N", help="an earlier version this installation has used")
    import_ = acts.add_parser("import", help="store a file as this installation's own standard")
    import_.add_argument("file", metavar="FILE", type=Path)
    import_.set_defaults(act=_import)


def run(args: argparse.Namespace) -> int:
    """Do the act; 2 when a file or a name cannot be used."""
    return int(args.act(args))


def _list(args: argparse.Namespace) -> int:
    from review.services.standards import list_choices
    from scoring.standards import list_standards

    with _installation() as session:
        rows = [_row(c) for c in list_choices(session)] if session is not None else None
    if rows is None:
        rows = [
            {
                "name": i.name,
                "version": i.version,
                "title": i.title["en"],
                "languages": list(i.languages),
                "criteria": i.criteria,
                "origin": "ships",
            }
            for i in list_standards()
        ]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        own = "  (own)" if row["origin"] == "own" else ""
        languages = " ".join(row["languages"])  # type: ignore[arg-type]
        print(f"{row['name']:<22} v{row['version']:<4}{languages:<14}{row['title']}{own}")
    return 0


def _row(choice: StandardChoice) -> dict[str, object]:
    return {
        "name": choice.name,
        "version": choice.version,
        "title": choice.title["en"],
        "languages": list(choice.languages),
        "criteria": choice.criteria,
        "origin": choice.origin,
    }


def _show(args: argparse.Namespace) -> int:
    standard = _find(args)
    print("\n".join(_lines(standard.describe(args.language or "en"))))
    return 0


def _check(args: argparse.Namespace) -> int:
    from scoring.pack_checks import known_groups
    from scoring.standards import StandardInvalid, read_standard

    wrong = 0
    for file in args.files:
        try:
            standard = read_standard(_read(file), str(file), groups=known_groups())
        except StandardInvalid as error:
            wrong += 1
            print(f"callcoach: {error}", file=sys.stderr)
            continue
        criteria = sum(len(section.criteria) for section in standard.sections)
        print(
            f"{file}: '{standard.name}' version {standard.version} is right: "
            f"{len(standard.stages)} stages, {criteria} criteria"
        )
    return 2 if wrong else 0


def _export(args: argparse.Namespace) -> int:
    from scoring.standard_writing import only_languages, write_standard

    standard = _find(args)
    text = standard.source_text
    if args.language is not None:
        text = write_standard(only_languages(standard, [args.language.replace("_", "-").split("-")[0]]))
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))  # UTF-8 whatever the terminal's locale, as the file is read
    return 0


def _import(args: argparse.Namespace) -> int:
    from review.services.standards import import_standard
    from review.settings import read_settings
    from workers.cli.opening import opened

    text = _read(args.file)
    with opened(read_settings()) as database, database.session() as session:
        done = import_standard(session, text, args.file.name)
    name, version = done.standard.name, done.standard.version
    what = "is stored" if done.new else "was stored before, unchanged"
    then = (
        "calls of sources that name it are judged by it from now on"
        if done.in_use == version
        else f"version {done.in_use} stays in use, because it is higher"
    )
    print(f"'{name}' version {version} {what}; {then}. Scored calls keep their scores until `callcoach rescore`.")
    return 0


def _find(args: argparse.Namespace) -> Standard:
    from review.services.standards import find_standard
    from scoring.standards import load_standard
    from workers.cli.errors import CommandRefused

    with _installation() as session:
        if session is not None:
            return find_standard(session, args.name, args.version)
    standard = load_standard(args.name)
    if args.version not in (None, standard.version):
        raise CommandRefused(f"version {args.version} of '{args.name}' does not ship, and there is no installation")
    return standard


@contextmanager
def _installation() -> Iterator[Session | None]:
    """A session of this machine's installation; None where there is none, when only what ships is known."""
    from review.db import sqlite_file
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        yield None
        return
    with opened(settings, reads_only=True) as database, database.read() as session:
        yield session


def _read(file: Path) -> str:
    from workers.cli.errors import CommandRefused

    with file.open("rb") as opened_file:
        data = opened_file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise CommandRefused(f"{file} is larger than {LARGEST_FILE // 1024**2} MB, which no standard is")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{file} is not UTF-8 text (byte {error.start})") from error


def _lines(text: StandardText) -> Iterator[str]:
    yield f"{text.title} ({text.name}, version {text.version})"
    if text.description:
        yield text.description
    for stage in text.stages:
        yield ""
        yield f"{stage.title.upper()}{' (when it comes up)' if stage.optional else ''}: {stage.aim}"
        for move in stage.required:
            yield f"  + {move.label}" + (f": “{move.lines[0]}”" if move.lines else "")
        for move in stage.forbidden:
            yield f"  - {move.label}"
    for section in text.sections:
        yield ""
        yield f"{section.title.upper()} ({section.weight:g})"
        for criterion in section.criteria:
            marks = " critical" * criterion.critical + " bonus" * criterion.bonus + " person" * (not criterion.machine)
            marks += f" {criterion.mode}" * (criterion.mode == "suggest") + " mandatory" * criterion.mandatory
            marks += "" if criterion.when is None else f" after {criterion.when.criterion}"
            yield f"  {criterion.weight:>4g}  {criterion.question}{marks}"
            if criterion.range is not None:
                yield f"          {criterion.range.least:g} to {criterion.range.most:g}, a number"
            elif criterion.kind == "text":
                yield "          text, no points"
            for option in criterion.options:
                fail = f", fails the {option.auto_fail}" if option.auto_fail else ""
                yield f"          {option.points:g}  {option.label}{fail}"
