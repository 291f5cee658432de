"""`callcoach suggest`: ask the local language model about a transcript; what it cannot quote is dropped."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

NAME = "suggest"
HELP = "ask an optional local language model for suggestions; each must quote the call or is dropped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("transcript", metavar="TRANSCRIPT", type=Path, help="transcript JSON")
    parser.add_argument("--standard", metavar="NAME", help="the standard to judge by (default: cold-call)")
    parser.add_argument("--language", metavar="CODE", help="language of the suggestions (default: the call's)")


def run(args: argparse.Namespace) -> int:
    """Print the suggestions as JSON. They never change a score."""
    from review.assistant.suggest import suggest
    from review.settings import read_settings
    from scoring.standards import default_standard_name, load_standard
    from transcription.redaction import redact
    from transcription.transcript import NotATranscript, Transcript
    from workers.cli.errors import CommandRefused

    endpoint = read_settings().assistant
    if endpoint is None:
        raise CommandRefused(
            "no local language model is set up: give its address in CALLCOACH_ASSISTANT_URL and its name in "
            "CALLCOACH_ASSISTANT_MODEL."
        )
    standard = load_standard(args.standard or default_standard_name())
    try:
        transcript = Transcript.from_json(json.loads(args.transcript.read_text(encoding="utf-8-sig")))
    except (NotATranscript, ValueError, RecursionError) as error:
        raise CommandRefused(f"{args.transcript} is no transcript: {error}") from error
    found = suggest(endpoint, redact(transcript).transcript, standard, language=args.language)
    sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    return 0
