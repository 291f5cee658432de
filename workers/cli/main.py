"""The `callcoach` program: finds the subcommand's module, runs it, and turns errors into one sentence and a code."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from workers.cli.arguments import OneSentenceParser
from workers.cli.errors import BAD_INPUT, OUR_FAULT, sentence_for

# One line per subcommand. Each module has NAME, HELP, add_arguments(parser) and run(args) -> exit code,
# and imports what it works with inside run(), so that no command pays for another one's libraries.
COMMANDS: tuple[str, ...] = (
    "workers.cli.demo",
    "workers.cli.run",
    "workers.cli.serve",
    "workers.cli.worker",
    "workers.cli.watch",
    "workers.cli.source",
    "workers.cli.deliveries",
    "workers.cli.import_",
    "workers.cli.migrate",
    "workers.cli.user",
    "workers.cli.token",
    "workers.cli.transcribe",
    "workers.cli.retranscribe",
    "workers.cli.score",
    "workers.cli.standards",
    "workers.cli.packs",
    "workers.cli.rescore",
    "workers.cli.suggest",
    "workers.cli.corrections",
    "workers.cli.learn",
    "workers.cli.win_back",
    "workers.cli.crm",
    "workers.cli.audit",
    "workers.cli.outside",
    "workers.cli.mail",
    "workers.cli.status",
    "workers.cli.doctor",
    "workers.cli.models",
    "workers.cli.compile",
)

EPILOG = "exit codes: 0 done, 1 a fault of ours (logged with an id), 2 the input or the arguments, 3 done in part"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code. `argv` is without the program's name; None means the process's own."""
    args = build_parser(load_commands()).parse_args(argv)
    if not hasattr(args, "run"):
        print("callcoach: name a command; `callcoach --help` lists them.", file=sys.stderr)
        return BAD_INPUT
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may be in a character set this terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`callcoach ... | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost handler: everything becomes a sentence or a logged id
        return _report(error, getattr(args, "data", None))


def load_commands() -> list[ModuleType]:
    """The modules of all subcommands, in the order of the help page."""
    return [importlib.import_module(name) for name in COMMANDS]


def build_parser(commands: Sequence[ModuleType]) -> argparse.ArgumentParser:
    """The argument parser with one subparser for each command module."""
    parser = OneSentenceParser(
        prog="callcoach", description="Call-quality review and coaching for sales teams.", epilog=EPILOG
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for module in commands:
        sub = subparsers.add_parser(module.NAME, help=module.HELP, description=module.HELP)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def _report(error: Exception, data: Path | None) -> int:
    known = sentence_for(error)
    if known is not None:
        sentence, code = known
        print(f"callcoach: {sentence}", file=sys.stderr)
        return code
    error_id = secrets.token_hex(4)
    log = _fault_log(data)
    logging.getLogger("callcoach").error("fault %s", error_id, exc_info=error)
    print(
        f"callcoach: something went wrong on our side (fault {error_id}: {type(error).__name__}); "
        f"the details are in {log}.",
        file=sys.stderr,
    )
    return OUR_FAULT


def _fault_log(data: Path | None) -> str:
    """Send the details of a fault to a file in the data folder, or to standard error when there is none to write to."""
    from review.settings import BadSetting, make_private_folder, read_settings

    root = logging.getLogger("callcoach")
    root.propagate = False
    try:
        folder = data or read_settings().data
        make_private_folder(folder)
        path = folder / "logs" / "faults.log"
        path.parent.mkdir(exist_ok=True)
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8")
        where = str(path)
    except (BadSetting, OSError):
        handler, where = logging.StreamHandler(sys.stderr), "the lines above"
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    root.handlers = [handler]
    return where


if __name__ == "__main__":
    sys.exit(main())
