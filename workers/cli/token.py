"""`callcoach token`: tokens with which other programs reach the API."""

from __future__ import annotations

import argparse

NAME = "token"
HELP = "make tokens with which other programs reach the API"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    add = acts.add_parser("add", help="make a token and print it once")
    add.add_argument("name", help="which program will use it")
    add.add_argument("--user", metavar="EMAIL", help="whom it acts as (default: the first administrator)")
    add.add_argument(
        "--scope", action="append", metavar="SCOPE", help="what it may do, e.g. reviews:read (default: calls:*)"
    )


def run(args: argparse.Namespace) -> int:
    """Make the token."""
    from review.services.tokens import FIRST_SCOPES, create_api_token
    from review.services.users import UnknownUser, find_user, list_users
    from review.settings import read_settings
    from workers.cli.errors import CommandRefused
    from workers.cli.opening import opened

    with opened(read_settings()) as database, database.session() as session:
        if args.user:
            user = find_user(session, args.user)
            if user is None:
                raise UnknownUser(args.user)
        else:
            admins = [u for u in list_users(session) if "admin" in u.roles and u.disabled_at is None]
            if not admins:
                raise CommandRefused("no administrator is there to act as: give --user EMAIL.")
            user = min(admins, key=lambda row: row.id)
        made = create_api_token(session, user.id, args.name, args.scope or FIRST_SCOPES)
    print(f"token {made.id} '{args.name}' acts as {user.email}; shown only now:")
    print(made.token)
    return 0
