"""`callcoach deliveries`: what telephone systems delivered, as it came; and reading it again."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.db import Database
    from review.queries.sources_deliveries import DeliveryLine
    from review.settings import Settings

NAME = "deliveries"
HELP = "list, show and replay what telephone systems delivered"
STATES = ("waiting", "accepted", "ignored", "refused", "failed")
UNITS = {"m": 60, "h": 3600, "d": 86_400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    acts = parser.add_subparsers(dest="act", title="acts", metavar="ACT", required=True)
    listing = acts.add_parser("list", help="the newest first")
    _add_choice(listing)
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="how many at most (default 50)")
    listing.add_argument("--json", action="store_true", help="one JSON object for each line")
    showing = acts.add_parser("show", help="one delivery: headers, body and what became of it")
    showing.add_argument("id", type=int)
    playing = acts.add_parser(
        "replay", help="read deliveries again; no call comes twice of it, however often it is done"
    )
    playing.add_argument("ids", metavar="ID", type=int, nargs="*", help="these; or say which by the options")
    _add_choice(playing)
    playing.add_argument("--all", action="store_true", help="every delivery that is kept")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="NAME", help="of this source")
    parser.add_argument("--since", metavar="TIME", help="since 2h, 3d, or a time such as 2026-11-22T08:00+01:00")
    parser.add_argument("--state", choices=STATES, help="in this state")


def run(args: argparse.Namespace) -> int:
    """List, show or replay; 3 when some of what was replayed made no call although it should."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    with opened(settings, reads_only=args.act != "replay") as database:
        if args.act == "list":
            return _list(database, args)
        if args.act == "show":
            return _show(database, args.id)
        return _replay(settings, database, args)


def _list(database: Database, args: argparse.Namespace) -> int:
    from review.queries.sources_deliveries import list_deliveries

    with database.read() as session:
        lines = list_deliveries(
            session, source=args.source, since=_since(args.since), state=args.state, limit=max(1, args.limit)
        )
    for line in lines:
        print(json.dumps(_as_json(line), ensure_ascii=False) if args.json else _as_text(line))
    if not lines and not args.json:
        print("no deliveries")
    return 0


def _show(database: Database, delivery_id: int) -> int:
    from review.queries.sources_deliveries import read_delivery
    from workers.cli.errors import CommandRefused

    with database.read() as session:
        raw = read_delivery(session, delivery_id)
    if raw is None:
        raise CommandRefused(f"there is no delivery {delivery_id}.")
    print(_as_text(raw.line))
    print(f"{raw.method} …/{raw.address}")
    for name, value in raw.headers.items():
        print(f"{name}: {value}")
    for file in raw.files:
        print(f"file {file['field']}: {file['name']}, {file['size']} bytes, {file['sha256']}")
    print()
    print(raw.body)
    if raw.cut:
        print("… only the beginning was kept")
    return 0


def _replay(settings: Settings, database: Database, args: argparse.Namespace) -> int:
    from review.doorbell import ring
    from review.queries.sources_deliveries import list_deliveries, read_delivery
    from review.telephony.deliveries import replay
    from review.telephony.doors import open_door
    from workers.cli.errors import DONE, DONE_IN_PART, CommandRefused
    from workers.fetching import vault_of

    chosen = any((args.source, args.since, args.state, args.all))
    if bool(args.ids) == chosen:
        raise CommandRefused("name deliveries by their ids, or say which by --source, --since, --state or --all.")
    with database.read() as session:
        if args.ids:
            found = [read_delivery(session, delivery_id) for delivery_id in dict.fromkeys(args.ids)]
            missing = [str(number) for number, raw in zip(dict.fromkeys(args.ids), found, strict=True) if raw is None]
            if missing:
                raise CommandRefused(f"there is no delivery {', '.join(missing)}; nothing was replayed.")
            lines = [raw.line for raw in found if raw is not None]
        else:
            lines = list(
                list_deliveries(session, source=args.source, since=_since(args.since), state=args.state, limit=None)
            )
    vault = vault_of(settings)
    counts: dict[str, int] = {}
    created = 0
    for line in sorted((line for line in lines if not line.test), key=lambda line: line.id):
        with database.session() as session:
            door = open_door(session, vault, line.source)
            if door is None:
                counts["refused"] = counts.get("refused", 0) + 1
                continue
            taken = replay(session, door, line.id, region=settings.region)
        ring(settings, taken.ring)
        counts[taken.state] = counts.get(taken.state, 0) + 1
        created += taken.created
        if taken.state in ("refused", "failed"):
            print(f"{line.id}: {taken.state}, {taken.why}")
    total = sum(counts.values())
    parts = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    print(f"{total} replayed{f' ({parts})' if parts else ''}; {created} new calls")
    return DONE_IN_PART if counts.get("refused") or counts.get("failed") else DONE


def _since(text: str | None) -> datetime | None:
    from workers.cli.errors import CommandRefused

    if text is None:
        return None
    if text[:-1].isdecimal() and text[-1:] in UNITS and len(text) < 8:
        return datetime.now(UTC) - timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandRefused(f"--since {text!r} is no time: write 2h, 3d or 2026-11-22T08:00+01:00.") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _as_text(line: DeliveryLine) -> str:
    at = line.received_at.isoformat(timespec="seconds")
    call = f"call {line.call_id}" if line.call_id else "test" if line.test else "no call"
    why = f"  {line.why}" if line.why else ""
    return f"{line.id:>8}  {at}  {line.source}  {line.provider}  {line.state:<8}  {call}{why}"


def _as_json(line: DeliveryLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "received_at": line.received_at.isoformat(),
        "source": line.source,
        "provider": line.provider,
        "state": line.state,
        "why": line.why,
        "call": line.call_id,
        "size": line.size,
        "test": line.test,
        "replays": line.replays,
    }
