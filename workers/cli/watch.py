"""`callcoach watch`: take recordings from folders as they arrive."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "watch"
HELP = "take recordings from folders as they arrive"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "folders", nargs="*", metavar="SOURCE=FOLDER", help="several may be given (default: CALLCOACH_WATCH)"
    )
    parser.add_argument("--leave", action="store_true", help="do not move files: remember what was taken")


def run(args: argparse.Namespace) -> int:
    """Watch until asked to stop."""
    from review.logs import set_up_logs
    from review.settings import read_settings
    from workers.cli.opening import opened
    from workers.watch import run_watch

    settings = read_settings()
    folders = [_folder(text) for text in args.folders] or list(settings.watch)
    check_folders(folders, leave=args.leave)
    with opened(settings):
        set_up_logs(settings, "watch")
    run_watch(settings, folders, leave=args.leave)
    return 0


def check_folders(folders: list[tuple[str, Path]], *, leave: bool) -> None:
    """Refuse no folder at all, one that is not there, and (unless left as it is) one we may not change."""
    import os

    from workers.cli.errors import CommandRefused

    if not folders:
        raise CommandRefused("name a folder to watch: callcoach watch SOURCE=FOLDER, or set CALLCOACH_WATCH.")
    for _name, path in folders:
        if not path.is_dir():
            raise CommandRefused(f"there is no folder {path} to watch: make it first.")
        if not leave and not os.access(path, os.W_OK | os.X_OK):
            raise CommandRefused(f"files cannot be moved out of {path}: allow it, or watch with --leave.")


def _folder(text: str) -> tuple[str, Path]:
    from workers.cli.errors import CommandRefused

    name, equals, folder = text.partition("=")
    if not equals or not name.strip() or not folder.strip():
        raise CommandRefused(f"{text!r} names no source: write SOURCE=FOLDER, for example pbx=/var/spool/recordings.")
    return name.strip(), Path(folder.strip()).expanduser().absolute()
