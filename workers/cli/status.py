"""`callcoach status`: calls by state, what waits in the queues, how long the oldest call has waited."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.settings import Settings

NAME = "status"
HELP = "calls by state, queue depths, the oldest waiting call"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the figures; the queues are null when Redis is away."""
    from review.settings import read_settings
    from workers.cli.opening import opened

    settings = read_settings()
    with opened(settings, reads_only=True) as database:
        from review.queries.status import read_status

        with database.read() as session:
            status = read_status(session)
    waiting = status.oldest_waiting_seconds
    figures: dict[str, Any] = {
        "calls": dict(status.calls),
        "queues": queue_figures(settings),
        "oldest_waiting_seconds": None if waiting is None else round(waiting, 1),
    }
    print(json.dumps(figures, ensure_ascii=False) if args.json else as_text(figures))
    return 0


def queue_figures(settings: Settings) -> dict[str, int | None]:
    """Jobs waiting in each queue; None for each when Redis does not answer (calls are kept all the same)."""
    from redis.exceptions import RedisError

    from review.doorbell import QUEUE_NAMES, queue_depths
    from review.redis_address import connect

    client = connect(settings)
    try:
        return dict(queue_depths(client))
    except (RedisError, OSError):
        return dict.fromkeys(QUEUE_NAMES)
    finally:
        client.close()


def as_text(figures: dict[str, Any]) -> str:
    """The same figures for people."""
    lines = ["calls"] + [f"  {state:<14}{count:>8}" for state, count in figures["calls"].items()]
    queues = {name: count for name, count in figures["queues"].items() if count is not None}
    lines.append("queues" if queues else "queues: Redis does not answer; calls are kept and wait")
    lines += [f"  {name:<14}{count:>8}" for name, count in queues.items()]
    oldest = figures["oldest_waiting_seconds"]
    lines.append("nothing waits" if oldest is None else f"the oldest waiting call has waited {oldest:.0f} s")
    return "\n".join(lines)
