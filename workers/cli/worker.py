"""`callcoach worker QUEUE`: serve one queue, or run the sweep that finds calls nobody rang for."""

from __future__ import annotations

import argparse

NAME = "worker"
HELP = "serve one queue (speech, score, light), or run the sweep"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("queue", choices=("speech", "score", "light", "sweep"), help="what this process does")
    parser.add_argument("--burst", action="store_true", help="end when there is nothing left to do")
    parser.add_argument("--max-jobs", type=int, metavar="N", help="end after N jobs")


def run(args: argparse.Namespace) -> int:
    """Serve until asked to stop."""
    from review.logs import set_up_logs
    from review.settings import read_settings

    settings = read_settings()
    set_up_logs(settings, args.queue)
    if args.queue == "sweep":
        from workers.sweep import run_sweep

        run_sweep(settings)
        return 0
    from workers.queues import PLANS
    from workers.working import serve_queue

    serve_queue(settings, PLANS[args.queue], burst=args.burst, max_jobs=args.max_jobs)
    return 0
