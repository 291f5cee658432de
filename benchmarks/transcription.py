"""Speed of our pipeline beside faster-whisper used as its README shows: `python -m benchmarks.transcription LEG LEG`.

Both legs of a call, each side in a process of its own, in turns: our pipeline from recording to transcript; faster-
whisper's `transcribe` per leg; its batched pipeline per leg (16 windows a batch). Same model, threads, beam and, with
the models of random weights made here, the same number of tokens a window; one temperature, word times on, language
given. Windows encoded and tokens are exact counts; seconds are noisy, so ratios are of pairs run next to each other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.transcription_sides import SIDES

ROOT: Final = Path(__file__).resolve().parents[1]
SAMPLES: Final = ROOT / "workers" / "demo" / "calls"
TOKENS: Final = 64
"""About what is said in 20 seconds; a text of Whisper's has 224 at most."""

Figures = dict[str, Any]


def main() -> int:
    """Print the table, or JSON with --json; 2 when there is nothing to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("legs", nargs="*", type=Path, help="the recordings of a call, one per leg (default: a sample)")
    parser.add_argument(
        "--sizes", default="tiny,base,small", help="models of random weights to make (default: %(default)s)"
    )
    parser.add_argument("--model", type=Path, action="append", help="a real model's folder instead (may be repeated)")
    parser.add_argument("--cache", type=Path, help="folder where made models are kept (default: a temporary one)")
    parser.add_argument("--threads", type=int, help="processor cores for each side (default: all)")
    parser.add_argument("--tokens", type=int, help=f"tokens a window (default: {TOKENS}; a real model's own)")
    parser.add_argument("--rounds", type=int, default=3, help="times each side runs, in turns (default: %(default)s)")
    parser.add_argument("--sides", default=",".join(SIDES), help="which to run (default: %(default)s)")
    parser.add_argument("--language", default="en")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    legs = args.legs or sorted(SAMPLES.glob("en-dead-air.*.ogg"))
    missing = [str(leg) for leg in legs if not leg.is_file()]
    if missing or not legs:
        print(f"There is no recording {', '.join(missing) or 'to measure'}.", file=sys.stderr)
        return 2
    from transcription.engines.cores import usable_cores

    threads = args.threads or usable_cores()
    report: Figures = {
        "audio_seconds": round(sum(_seconds(leg) for leg in legs), 1),
        "legs": len(legs),
        "threads": threads,
        "rounds": args.rounds,
        "machine": f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}",
        "load_before": round(os.getloadavg()[0], 1),
        "models": {},
    }
    with tempfile.TemporaryDirectory(prefix="callcoach-models-") as temporary:
        for name, folder, tokens in _models(args, args.cache or Path(temporary)):
            command = ["--model", str(folder), "--threads", str(threads), "--language", args.language]
            command += ["--tokens", str(tokens)] if tokens else []
            runs = _rounds(args.sides.split(","), [str(leg) for leg in legs], command, args.rounds)
            report["models"][name] = _summary(runs, report["audio_seconds"], tokens)
            if not args.json:
                print(_table(name, report), flush=True)
    report["load_after"] = round(os.getloadavg()[0], 1)
    if args.json:
        print(json.dumps(report, indent=2))
    else:
        print(", ".join(f"{key}: {value}" for key, value in report.items() if key != "models"))
    return 0


def _models(args: argparse.Namespace, cache: Path) -> list[tuple[str, Path, int | None]]:
    """(name, folder, tokens a window) of each model; those of random weights are made when they are not there."""
    if args.model:
        return [(folder.resolve().name, folder, args.tokens) for folder in args.model]
    sys.path.insert(0, str(ROOT))
    from tests.whisper_model import REAL_SIZES, build_whisper_model

    made = []
    for size in args.sizes.split(","):
        folder = cache / f"random-{size}"
        if not (folder / "model.bin").is_file():
            build_whisper_model(folder, size=REAL_SIZES[size], endless=True)
        made.append((size, folder, args.tokens or TOKENS))
    return made


def _rounds(sides: list[str], legs: list[str], command: list[str], rounds: int) -> dict[str, list[Figures]]:
    runs: dict[str, list[Figures]] = {side: [] for side in sides}
    for number in range(rounds):
        # Each round begins with another side: what the machine does meanwhile then falls on all of them.
        for side in sides[number % len(sides) :] + sides[: number % len(sides)]:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.transcription_sides", side, *legs, *command],
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
            )
            runs[side].append(json.loads(done.stdout))
    return runs


def _summary(runs: dict[str, list[Figures]], audio_seconds: float, tokens: int | None) -> Figures:
    """Medians per side, and medians of the ratios of each round."""
    sides: Figures = {}
    for side, figures in runs.items():
        middle = {key: statistics.median(run[key] for run in figures) for key in figures[0] if key != "outside"}
        sides[side] = {
            "seconds": round(middle["seconds"], 2),
            "processor_seconds": round(middle["processor_seconds"], 2),
            "audio_seconds_per_second": round(audio_seconds / middle["seconds"], 1),
            "windows": int(middle["windows"]),
            "hearings": int(middle["hearings"]),
            "tokens": int(middle["tokens"]),
            "words": int(middle["words"]),
            "peak_mb": round(max(run["peak_mb"] for run in figures)),
        }
        if figures[0]["outside"] is not None:
            sides[side]["outside_share"] = round(statistics.median(r["outside"] / r["seconds"] for r in figures), 3)
    summary: Figures = {"tokens_a_window": tokens, "sides": sides}
    if "ours" in runs:
        summary["faster_than"] = {
            side: _ratios(runs["ours"], figures) for side, figures in runs.items() if side != "ours"
        }
    return summary


def _ratios(ours: list[Figures], theirs: list[Figures]) -> Figures:
    """How many times as much they need as we do: seconds and processor seconds by round, and what does not vary."""

    def by_round(key: str) -> float:
        return round(statistics.median(b[key] / a[key] for a, b in zip(ours, theirs, strict=True)), 2)

    return {
        "seconds": by_round("seconds"),
        "processor_seconds": by_round("processor_seconds"),
        "windows": round(theirs[0]["windows"] / ours[0]["windows"], 2),
        "our_share_of_their_memory": round(max(a["peak_mb"] for a in ours) / max(b["peak_mb"] for b in theirs), 2),
    }


def _table(name: str, report: Figures) -> str:
    summary = report["models"][name]
    columns = ("seconds", "processor_seconds", "audio_seconds_per_second", "windows", "hearings", "tokens", "peak_mb")
    lines = [
        f"\n### {name}, {summary['tokens_a_window'] or 'its own number of'} tokens a window",
        "| side | seconds | processor s | audio s/s | windows encoded | windows written | tokens | peak MB | outside |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for side, figures in summary["sides"].items():
        outside = f"{figures['outside_share']:.1%}" if "outside_share" in figures else ""
        lines.append(f"| {side} | " + " | ".join(str(figures[column]) for column in columns) + f" | {outside} |")
    for side, ratio in summary.get("faster_than", {}).items():
        lines.append(
            f"\nours is {ratio['seconds']}x as fast as {side} ({ratio['processor_seconds']}x by processor time, "
            f"{ratio['windows']}x fewer windows) with {ratio['our_share_of_their_memory']:.0%} of its memory"
        )
    return "\n".join(lines)


def _seconds(leg: Path) -> float:
    import av

    with av.open(str(leg)) as container:
        return float(container.duration or 0) / 1_000_000


if __name__ == "__main__":
    sys.exit(main())
