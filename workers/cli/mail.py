"""`callcoach mail`: whether mails go out, and a test."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.settings import Settings

NAME = "mail"
HELP = "see whether mails go out, and send a test"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    test = acts.add_parser("test", help="send a test mail to an address and say what came of it")
    test.add_argument("address", metavar="ADDRESS")
    test.add_argument("--language", default="en", choices=("en", "ru", "ko", "zh"), help="of the mail (default en)")
    test.set_defaults(act=_test)
    acts.add_parser("status", help="what waits, the last mail and the last trouble").set_defaults(act=_status)
    acts.add_parser("send", help="send what is due now, then end").set_defaults(act=_send)


def run(args: argparse.Namespace) -> int:
    """Run one act."""
    return int(args.act(args))


def _test(args: argparse.Namespace) -> int:
    import secrets

    from review.notices.letters import BadAddress, post, posted
    from review.notices.status import read_mail_status, try_now
    from review.settings import read_settings
    from workers.cli.errors import CommandRefused
    from workers.cli.opening import opened

    settings = read_settings()
    if settings.mail is None:
        raise CommandRefused("mail is not set up: set CALLCOACH_SMTP_HOST, or CALLCOACH_MAIL=file.")
    key = f"mail_test:{secrets.token_hex(8)}"
    with opened(settings) as database:
        with database.session() as session:
            try:
                post(session, args.address, "mail_test", {"hours": 1}, language=args.language, key=key)
            except BadAddress as error:
                raise CommandRefused(f"{error}: write it as name@example.com.") from error
            try_now(session)
        _run_sender(settings)
        with database.read() as session:
            found = posted(session, key)
            trouble = read_mail_status(session).error
    if found is not None and found.state == "sent":
        print(f"sent to {args.address} over {settings.mail.place}")
        return 0
    why = (found.error if found and found.error else "") or trouble or "another process is sending it"
    print(f"not sent yet over {settings.mail.place}: {why}")
    return 3


def _status(_args: argparse.Namespace) -> int:
    from review.notices.status import list_letters, read_mail_status
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    with opened(settings) as database, database.read() as session:
        status, letters = read_mail_status(session), list_letters(session)
    print(f"mail: {'over ' + settings.mail.place if settings.mail else 'not set up'}")
    oldest = f", the oldest since {status.oldest:%Y-%m-%d %H:%M} UTC" if status.oldest else ""
    print(f"to be sent: {status.waiting}{oldest}; waiting for their hour: {status.later} notifications")
    print(f"last mail: {f'{status.sent_at:%Y-%m-%d %H:%M} UTC' if status.sent_at else 'none'}")
    if status.error:
        print(f"trouble: {status.error}; tried again in {status.paused_seconds:.0f} s")
    if status.refused:
        print(f"addresses that refuse mail: {status.refused}")
    for letter in letters:
        if letter.error:
            print(f"  letter {letter.id} ({letter.kind}), {letter.state} after {letter.attempts}: {letter.error}")
    return 3 if status.error else 0


def _send(_args: argparse.Namespace) -> int:
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    with opened(settings):  # says so when the tables are of another version
        _run_sender(settings)
    return 0


def _run_sender(settings: Settings) -> None:
    """Run the sender as its own program, as the sweep does; it logs what it does."""
    import subprocess

    from review.settings import process_environment
    from workers.mailing import COMMAND, LONGEST_SECONDS

    subprocess.run(
        COMMAND, check=False, stdin=subprocess.DEVNULL, env=process_environment(settings), timeout=LONGEST_SECONDS
    )
