"""`callcoach compile`: compile scoring to machine code, for machines that judge many calls."""

from __future__ import annotations

import argparse

NAME = "compile"
HELP = "compile scoring to machine code (needs a C compiler; the same answers in less time)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--check", action="store_true", help="only say whether compiled scoring fits this code")


def run(args: argparse.Namespace) -> int:
    """Compile, or say what stands; 2 when it cannot be done or does not fit."""
    from review.settings import process_environment, read_settings
    from workers.cli.errors import BAD_INPUT, DONE, CommandRefused
    from workers.compiled.building import CannotCompile, compile_scoring
    from workers.compiled.place import compiled_folder

    settings = read_settings()
    found = compiled_folder(settings.data)
    if args.check:
        print(f"compiled: {found}" if found else "not compiled for this code: plain Python runs")
        return DONE if found else BAD_INPUT
    if found:
        print(f"nothing to do, it fits this code: {found}")
        return DONE
    print("Compiling scoring (some minutes)...", flush=True)
    try:
        place = compile_scoring(settings.data, process_environment(settings))
    except CannotCompile as error:
        raise CommandRefused(str(error)) from error
    print(f"{place}\nThe workers use it from their next start on.")
    return DONE
