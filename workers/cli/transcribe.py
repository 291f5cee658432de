"""`callcoach transcribe`: one recording (or its two legs) in, a transcript on standard output."""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from transcription.engines import EngineName
    from transcription.transcript import Transcript

NAME = "transcribe"
HELP = "write down a recorded call, as JSON, subtitles, plain text or a Word document"
FORMS = ("json", "vtt", "srt", "txt", "docx")

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
    parser.add_argument(
        "--model",
        metavar="PATH_OR_NAME",
        help="a Whisper model's folder, or its name on the hub; no other engine stands in for it",
    )
    parser.add_argument(
        "--channels", metavar="rep,client", help="who is on each channel (or leg), in order; also caller,callee"
    )
    parser.add_argument("--direction", choices=("inbound", "outbound"), help="who called: gives caller,callee a role")
    parser.add_argument("--company", metavar="NAME", action="append", help="how reps name the company; repeatable")
    parser.add_argument(
        "--rep-name", metavar="NAME", action="append", help="a rep's name, to tell who is who; repeatable"
    )
    parser.add_argument(
        "--hotwords", metavar="A,B", action="append", help="products and names the engine should spell, comma-separated"
    )
    parser.add_argument(
        "--accuracy", choices=("normal", "high"), default="normal", help="high takes more time for fewer wrong words"
    )
    parser.add_argument(
        "--keep-private",
        action="store_true",
        help="print card numbers, codes, phones, e-mails and document numbers instead of masking them",
    )
    parser.add_argument("--format", choices=FORMS, default="json", help="form of the output")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write there instead of to standard output")


def run(args: argparse.Namespace) -> int:
    """Print or write the transcript, private numbers masked. The same input gives the same bytes; 3 when the recording
    is not whole."""
    from review.privacy import make_private
    from review.settings import read_settings
    from transcription.channels import name_voices
    from transcription.engines import EngineRequest, choose_engine, load_engine
    from transcription.pipeline import TranscribeOptions, transcribe
    from transcription.work_folders import remove_left_folders, work_folder

    settings = read_settings()
    paths = [path for path in (args.audio, args.second_leg) if path is not None]
    _refuse_unreadable(paths)
    _refuse_output(args.output, args.format)
    roles = tuple(name.strip() for name in args.channels.split(",")) if args.channels is not None else None
    if roles is not None:
        name_voices(len(roles), roles, args.direction)  # wrong names are refused before the work starts
    language = _language(args.language) or settings.language
    choice = choose_engine(
        EngineRequest(
            engine=cast("EngineName", args.engine or ("whisper" if args.model else settings.engine)),
            model=args.model or settings.whisper_model,
            language=language,
            models_dir=settings.models,
        )
    )
    engine = load_engine(choice)
    remove_left_folders()  # of commands that were killed
    try:
        with _ended_cleanly(), work_folder() as folder:
            options = TranscribeOptions(
                language,
                args.direction,
                roles,
                company_names=tuple(args.company or settings.company_names),
                rep_names=tuple(args.rep_name or ()),
                hotwords=_list(args.hotwords),
                accuracy=args.accuracy,
                models_dir=settings.models,
            )
            transcript = transcribe(paths, engine, options, workdir=folder)
    finally:
        close = getattr(engine, "close", None)
        if close is not None:
            close()
    _write(transcript if args.keep_private else make_private(transcript).transcript, args)
    if transcript.quality.partial:
        print(f"callcoach: {_missing(transcript)}", file=sys.stderr)
        return DONE_IN_PART
    return DONE


@contextlib.contextmanager
def _ended_cleanly() -> Iterator[None]:
    """Within, a request to end (a timeout, a stopped service, a closed terminal) leaves no sound of the call behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    heard = [number for number, handler in before.items() if handler == signal.SIG_DFL]  # nohup has SIGHUP ignored
    for number in heard:
        signal.signal(number, lambda got, _frame: sys.exit(128 + got))
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)


def _refuse_unreadable(paths: list[Path]) -> None:
    """Files that cannot be opened, or are no sound at all, are refused before an engine is looked for."""
    from transcription.magic import identify_media
    from workers.cli.errors import CommandRefused

    for path in paths:
        if path.is_dir():
            raise CommandRefused(f"{path} is a folder, not a recording.")
        try:
            with path.open("rb") as file:
                identify_media(file, path.name)
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", None) or str(error)).lower()
            raise CommandRefused(f"{path} cannot be read: {why}.") from error


def _language(named: str | None) -> str | None:
    """The language as given, when it is a code or a language's English name; another word is refused."""
    from transcription.engines.language_names import language_code
    from workers.cli.errors import CommandRefused

    code = language_code(named)
    if code is not None and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code) is None:
        raise CommandRefused(f"--language takes a code such as en, ru, ko or zh, not '{named}'.")
    return code


def _refuse_output(output: Path | None, form: str) -> None:
    """A place nothing can be written to is refused before the work starts."""
    from workers.cli.errors import CommandRefused

    if output is None:
        if form == "docx" and sys.stdout.isatty():
            raise CommandRefused("a Word document cannot be shown on a terminal: give --output FILE.")
        return
    if output.is_dir() or not output.absolute().parent.is_dir():
        why = "it is a folder" if output.is_dir() else "there is no such folder"
        raise CommandRefused(f"{output} cannot be written: {why}.")


def _list(texts: list[str] | None) -> tuple[str, ...]:
    """The comma-separated entries of an option that may be given several times."""
    return tuple(part.strip() for text in texts or () for part in text.split(",") if part.strip())


def _write(transcript: Transcript, args: argparse.Namespace) -> None:
    from review.services.exports import export_transcript
    from workers.cli.errors import CommandRefused

    made = export_transcript(transcript, args.format, stem="transcript", title=args.audio.stem)
    if args.output is None:
        sys.stdout.buffer.write(made.data)
        sys.stdout.buffer.flush()
        return
    try:
        _put(args.output, made.data)
    except OSError as error:
        raise CommandRefused(f"{args.output} cannot be written: {(error.strerror or str(error)).lower()}.") from error


def _put(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; what is no plain file (a pipe, a device) is written to as it is."""
    if target.is_symlink() or (target.exists() and not target.is_file()):
        target.write_bytes(data)
        return
    half = target.with_name(f".{target.name[:200]}.half")
    try:
        half.write_bytes(data)
        if target.exists():
            shutil.copymode(target, half)
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _missing(transcript: Transcript) -> str:
    declared, decoded = transcript.quality.declared, transcript.quality.decoded or 0.0
    if declared is None:  # the end of the file is missing, and with it how long it was
        return (
            f"the recording is not whole: its end is missing. {decoded:.1f} seconds could be read, and what was said "
            "afterwards is missing from this transcript."
        )
    return (
        f"the recording is not whole: {decoded:.1f} of {declared:.1f} seconds could be read, "
        f"so {declared - decoded:.1f} seconds of the call are missing from this transcript."
    )
