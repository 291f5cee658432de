"""`callcoach user`: make, list and shut out the people who sign in."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from review.ui_languages import UI_LANGUAGES

if TYPE_CHECKING:
    from review.db import Database

NAME = "user"
HELP = "make, list and shut out the people who sign in"
RIGHTS = ("see_originals",)
ROLES = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    add = acts.add_parser("add", help="make a sign-in", description="Make a sign-in; an existing one gets the roles.")
    add.add_argument("email")
    add.add_argument("--name", help="the name colleagues know the person by (default: from the address)")
    add.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given several times")
    add.add_argument(
        "--language",
        choices=UI_LANGUAGES,
        default=UI_LANGUAGES[0],
        help=f"language of the pages: {' or '.join(UI_LANGUAGES)} (default {UI_LANGUAGES[0]})",
    )
    add.add_argument("--generate", action="store_true", help="make up a passphrase and print it once")
    add.set_defaults(act=_add)
    first = acts.add_parser(
        "first", help="show the set-up code that makes the first account", description="Show the set-up code."
    )
    first.set_defaults(act=_first)
    listing = acts.add_parser("list", help="show who can sign in")
    listing.set_defaults(act=_list)
    for name, act, text in (
        ("grant", _grant, "give a person a right beside the roles: see_originals shows what redaction masked"),
        ("revoke", _revoke, "take such a right away"),
    ):
        right = acts.add_parser(name, help=text, description=text)
        right.add_argument("email")
        right.add_argument("right", choices=RIGHTS)
        right.set_defaults(act=act)
    disable = acts.add_parser("disable", help="shut a person out at once")
    disable.add_argument("email")
    disable.set_defaults(act=_disable)
    enable = acts.add_parser("enable", help="let a person who was shut out sign in again")
    enable.add_argument("email")
    enable.set_defaults(act=_enable)
    password = acts.add_parser("password", help="give a person a new passphrase; ends all their sessions")
    password.add_argument("email")
    password.add_argument("--generate", action="store_true", help="make up a passphrase and print it once")
    password.set_defaults(act=_password)


def run(args: argparse.Namespace) -> int:
    """Do the chosen act."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    with opened(read_settings(), reads_only=args.act in (_list, _first)) as database:
        return int(args.act(args, database))


def _add(args: argparse.Namespace, database: Database) -> int:
    from review.services.users import create_user, find_user, set_roles

    with database.read() as session:
        known = find_user(session, args.email)
    if known is not None:
        with database.session() as session:
            _refuse_last_admin(lambda: set_roles(session, known.id, args.role))
        print(f"{known.email} was there already; roles are now: {', '.join(args.role)}")
        return 0
    password, shown = _ask_password(args.generate)
    name = args.name or args.email.partition("@")[0].replace(".", " ").title()
    with database.session() as session:
        user_id = create_user(
            session, email=args.email, name=name, password=password, roles=args.role, language=args.language
        )
    print(f"user {user_id}: {args.email} ({', '.join(args.role)})")
    if shown:
        print(f"passphrase, shown only now: {password}")
    return 0


def _first(_args: argparse.Namespace, database: Database) -> int:
    from review.settings import read_settings
    from workers.first_run import first_address, tell_first

    settings = read_settings()
    if not tell_first(database, settings, first_address(settings), print):
        print("somebody can sign in already, so the set-up code opens nothing any more: callcoach user list")
    return 0


def _list(_args: argparse.Namespace, database: Database) -> int:
    from review.services.users import list_users

    with database.read() as session:
        users = list_users(session)
    for user in users:
        out = "  (shut out)" if user.disabled_at else ""
        rights = f"; may: {', '.join(user.rights)}" if user.rights else ""
        print(f"{user.id:>5}  {user.email:<40} {user.name:<30} {', '.join(user.roles)}{rights}{out}")
    if not users:
        print("nobody can sign in yet: callcoach user add EMAIL --role admin")
    return 0


def _grant(args: argparse.Namespace, database: Database) -> int:
    from review.services.users import grant_right

    with database.session() as session:
        grant_right(session, _id_of(session, args.email), args.right)
    print(f"{args.email} now has the right {args.right}; every use of it is in the audit log")
    return 0


def _revoke(args: argparse.Namespace, database: Database) -> int:
    from review.services.users import revoke_right

    with database.session() as session:
        revoke_right(session, _id_of(session, args.email), args.right)
    print(f"{args.email} does not have the right {args.right}")
    return 0


def _disable(args: argparse.Namespace, database: Database) -> int:
    from review.services.users import disable_user

    with database.session() as session:
        _refuse_last_admin(lambda: disable_user(session, _id_of(session, args.email)))
    print(f"{args.email} is shut out; every session has ended")
    return 0


def _enable(args: argparse.Namespace, database: Database) -> int:
    from review.services.users import enable_user

    with database.session() as session:
        enable_user(session, _id_of(session, args.email))
    print(f"{args.email} can sign in again")
    return 0


def _password(args: argparse.Namespace, database: Database) -> int:
    from review.services.users import set_password

    with database.read() as session:
        user_id = _id_of(session, args.email)
    password, shown = _ask_password(args.generate)
    with database.session() as session:
        set_password(session, user_id, password)
    print(f"{args.email} has a new passphrase; every session has ended")
    if shown:
        print(f"passphrase, shown only now: {password}")
    return 0


def _refuse_last_admin(act: Callable[[], None]) -> None:
    """Do it; a change that would leave nobody who can administer is refused in one sentence."""
    from review.accounts.granting import LastAdmin
    from workers.cli.errors import CommandRefused

    try:
        act()
    except LastAdmin as error:
        raise CommandRefused(f"{error} Nothing was changed.") from error


def _id_of(session: object, email: str) -> int:
    from review.services.users import UnknownUser, find_user

    found = find_user(session, email)  # type: ignore[arg-type]
    if found is None:
        raise UnknownUser(email)
    return found.id


def _ask_password(generate: bool) -> tuple[str, bool]:
    """The passphrase, and whether we made it up: asked twice on a terminal, one line of standard input otherwise."""
    from workers.cli.errors import CommandRefused
    from workers.passphrase import make_passphrase

    if generate:
        return make_passphrase(), True
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        return (line, False) if line else (make_passphrase(), True)
    first = getpass.getpass("Passphrase (at least 15 characters, empty to have one made): ")
    if not first:
        return make_passphrase(), True
    if getpass.getpass("Once more: ") != first:
        raise CommandRefused("the two passphrases differ, so nobody was added: try again.")
    return first, False
