"""`callcoach transcribe`: one recording (or its two legs) in, a transcript on standard output."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from transcription.engines import EngineName
    from transcription.transcript import Transcript

NAME = "transcribe"
HELP = "write down a recorded call, as JSON, subtitles or plain text"

DONE = 0
DONE_IN_PART = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("audio", metavar="AUDIO", type=Path, help="the recording, or the first leg (the rep's)")
    parser.add_argument("second_leg", metavar="SECOND_LEG", type=Path, nargs="?", help="the other leg (the client's)")
    parser.add_argument("--language", metavar="xx", help="language of the call, for example en or ru")
    parser.add_argument(
        "--engine", choices=("auto", "whisper", "sphinx"), help="speech engine (default: the installation's setting)"
    )
    parser.add_argument("--model", metavar="PATH_OR_NAME", help="a Whisper model's folder, or its name on the hub")
    parser.add_argument(
        "--channels", metavar="rep,client", help="who is on each channel (or leg), in order; also caller,callee"
    )
    parser.add_argument("--direction", choices=("inbound", "outbound"), help="who called: gives caller,callee a role")
    parser.add_argument("--format", choices=("json", "vtt", "srt", "txt"), default="json", help="form of the output")


def run(args: argparse.Namespace) -> int:
    """Print the transcript. The same input gives the same bytes; 3 when the recording is not whole."""
    from review.settings import read_settings
    from transcription.channels import name_voices
    from transcription.engines import EngineRequest, choose_engine, load_engine
    from transcription.pipeline import TranscribeOptions, transcribe

    settings = read_settings()
    paths = [path for path in (args.audio, args.second_leg) if path is not None]
    _refuse_unreadable(paths)
    roles = tuple(name.strip() for name in args.channels.split(",")) if args.channels is not None else None
    if roles is not None:
        name_voices(len(roles), roles, args.direction)  # wrong names are refused before the work starts
    language = args.language or settings.language
    choice = choose_engine(
        EngineRequest(
            engine=cast("EngineName", args.engine or settings.engine),
            model=args.model or settings.whisper_model,
            language=language,
            models_dir=settings.models,
        )
    )
    engine = load_engine(choice)
    try:
        with tempfile.TemporaryDirectory(prefix="callcoach-") as folder:
            options = TranscribeOptions(language, args.direction, roles)
            transcript = transcribe(paths, engine, options, workdir=Path(folder))
    finally:
        close = getattr(engine, "close", None)
        if close is not None:
            close()
    _write(transcript, args.format)
    if transcript.quality.partial:
        print(f"callcoach: {_missing(transcript)}", file=sys.stderr)
        return DONE_IN_PART
    return DONE


def _refuse_unreadable(paths: list[Path]) -> None:
    """Files that cannot be opened, or are no sound at all, are refused before an engine is looked for."""
    from transcription.magic import identify_media
    from workers.cli.errors import CommandRefused

    for path in paths:
        if path.is_dir():
            raise CommandRefused(f"{path} is a folder, not a recording.")
        try:
            with path.open("rb") as file:
                identify_media(file)
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", None) or str(error)).lower()
            raise CommandRefused(f"{path} cannot be read: {why}.") from error


def _write(transcript: Transcript, form: str) -> None:
    from transcription.formats import to_srt, to_txt, to_vtt

    if form == "json":
        text = json.dumps(transcript.to_json(), ensure_ascii=False, indent=2) + "\n"
    else:
        text = {"vtt": to_vtt, "srt": to_srt, "txt": to_txt}[form](transcript)
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def _missing(transcript: Transcript) -> str:
    declared, decoded = transcript.quality.declared or 0.0, transcript.quality.decoded or 0.0
    return (
        f"the recording is not whole: {decoded:.1f} of {declared:.1f} seconds could be read, "
        f"so {declared - decoded:.1f} seconds of the call are missing from this transcript."
    )
