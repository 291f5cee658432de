"""`callcoach score`: judge a transcript against a standard and print the assessment."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.learning.in_use import InUse
    from scoring.standards import Standard

NAME = "score"
HELP = "judge a transcript against a standard: every point with its evidence"

# A transcript of a ten-hour call with word times is about 40 MB; more is a mistake or an attack.
LARGEST_INPUT = 256 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("transcript", metavar="TRANSCRIPT", help="transcript JSON (`-` reads standard input)")
    parser.add_argument("--standard", metavar="NAME", help="the standard to judge by (default: cold-call)")
    parser.add_argument("--facts", metavar="FACTS.json", help="call facts as JSON (direction, names, disposition...)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="an installation's folder: judge by its own standards and models"
    )
    parser.add_argument("--format", choices=("json", "text"), default="json", help="for programs or for people")
    parser.add_argument(
        "--keep-private",
        action="store_true",
        help="quote card numbers, codes, phones, e-mails and documents as the transcript has them instead of masked",
    )


def run(args: argparse.Namespace) -> int:
    """Print the assessment. Only the two files and what ships are read: the same input gives the same bytes."""
    from review.privacy import make_private
    from scoring.engine import score
    from scoring.facts import Facts
    from scoring.report import as_text
    from scoring.standards import default_standard_name, load_standard
    from transcription.transcript import NotATranscript, Transcript
    from workers.cli.errors import CommandRefused

    if args.data is None:
        standard, models = load_standard(args.standard or default_standard_name()), None
    else:
        standard, models = _of_installation(args.data, args.standard)
    facts = Facts() if args.facts is None else Facts.from_json(_read_json(args.facts))
    try:
        transcript = Transcript.from_json(_read_json(args.transcript))
    except NotATranscript as error:
        raise CommandRefused(f"{_name(args.transcript)} is {error}") from error
    if not args.keep_private:
        # Masked as before storing, so that the same call is judged on the same words and no quote shows a number.
        transcript = make_private(transcript).transcript
    judges, closed_leads = (None, None) if models is None else (models.judges, models.closed_leads)
    assessment = score(transcript, standard, facts, judges, closed_leads)
    if args.format == "text":
        _write(as_text(assessment, standard))
    else:
        _write(json.dumps(assessment.to_json(), ensure_ascii=False, indent=2) + "\n")
    return 0


def _of_installation(data: Path, name: str | None) -> tuple[Standard, InUse]:
    """The standard and the promoted models of the installation in a folder; leaves the folder as it is."""
    from review.learning.in_use import read_in_use
    from review.services.standards import find_standard
    from review.settings import read_settings
    from workers.checks import override
    from workers.cli.opening import opened

    settings = override(read_settings(), data=data.absolute())
    with opened(settings, reads_only=True) as database, database.read() as session:
        standard = find_standard(session, name or settings.standard)
        return standard, read_in_use(session, settings.data)


def _read_json(path: str) -> object:
    """The JSON in a file or on standard input. Raises CommandRefused with one sentence."""
    from workers.cli.errors import CommandRefused

    try:
        data = sys.stdin.buffer.read(LARGEST_INPUT + 1) if path == "-" else _read_file(Path(path))
    except OSError as error:
        raise CommandRefused(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    if len(data) > LARGEST_INPUT:
        raise CommandRefused(f"{_name(path)} is larger than {LARGEST_INPUT // 1024**2} MB, which no transcript is")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{_name(path)} is not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        why = f"{error.msg.lower()} in line {error.lineno}, column {error.colno}"
        raise CommandRefused(f"{_name(path)} is not JSON: {why}") from error
    except (RecursionError, ValueError) as error:
        raise CommandRefused(
            f"{_name(path)} is not JSON that can be read: it is nested too deeply or has a number too long"
        ) from error


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_INPUT + 1)


def _name(path: str) -> str:
    return "standard input" if path == "-" else path


def _write(text: str) -> None:
    # The contract says UTF-8, whatever the terminal's locale; half a surrogate pair in the input has no UTF-8 form.
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))
    sys.stdout.buffer.flush()
