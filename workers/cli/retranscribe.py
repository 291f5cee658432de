"""`callcoach retranscribe`: send drafts and waiting calls round again, once a better speech model is there."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.db import Database
    from review.settings import Settings

NAME = "retranscribe"
HELP = "transcribe calls again with a better speech model; what they have is kept beside it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("calls", metavar="ID", type=int, nargs="*", help="these calls, whatever they were made with")
    parser.add_argument("--all", action="store_true", help="every draft and waiting call a better model is there for")


def run(args: argparse.Namespace) -> int:
    """Send the calls round, or say how many could go; 2 when a named call cannot."""
    from review.settings import read_settings
    from workers.cli.errors import CommandRefused
    from workers.cli.opening import opened

    if args.calls and args.all:
        raise CommandRefused("name calls or give --all, not both.")
    settings = read_settings()
    with opened(settings) as database:
        if args.calls:
            return _send(settings, database, args.calls)
        return _send_all(settings, database) if args.all else _tell(settings, database)


def _send(settings: Settings, database: Database, calls: list[int]) -> int:
    from review.doorbell import ring
    from review.services.retranscribe import transcribe_again

    with database.session() as session:
        sent = [
            step
            for call in dict.fromkeys(calls)
            for step in transcribe_again(session, call, engine=settings.engine, offered_only=False)
        ]
    ring(settings, sent)
    print(f"{_calls(len(sent))} will be transcribed again; the transcripts they have stay beside the new ones")
    return 0


def _send_all(settings: Settings, database: Database) -> int:
    from review.doorbell import ring
    from review.services.retranscribe import look_for_model, note_model, transcribe_all_again

    found = look_for_model(settings)
    with database.session() as session:
        note_model(session, found)
        sent = transcribe_all_again(session, engine=settings.engine)
    ring(settings, sent)
    if found.rank is None:
        print(f"no call was sent: {found.reason}")
    else:
        kept = "; the transcripts they have stay beside the new ones" if sent else ""
        print(f"{_calls(len(sent))} will be transcribed again with {found.model}{kept}")
    return 0


def _tell(settings: Settings, database: Database) -> int:
    from review.queries.better_words import read_offer
    from review.services.retranscribe import look_for_model

    found = look_for_model(settings)
    with database.read() as session:
        offer = read_offer(session, None, settings.engine, found)
    if offer is not None and offer.running:
        print(f"{offer.sent - offer.running} of {_calls(offer.sent)} sent round are done")
    if found.rank is None:
        print(f"no better speech model is there: {found.reason}")
    elif offer is None or not offer.calls:
        print(f"no call would be better with {found.model}")
    else:
        more = "more than " if offer.many else ""
        print(
            f"{more}{_calls(offer.calls)} could be transcribed better with {found.model}: callcoach retranscribe --all"
        )
    return 0


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
