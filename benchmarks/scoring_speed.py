"""How fast calls are scored: `python -m benchmarks.scoring_speed [--language en] [--models] [--json]`.

Four-minute telephone calls put together from the written sample calls (`telephone_calls.py`), no sentence said twice;
what the scorer remembers of short turns and of pairs of words is forgotten before each round, and the pairs of the rule
pack's own lines are met again, as at a worker's start; single words stay known, as in a worker. Then calls of 4 to 180
minutes, for the growth with length. All times are of the processor, not of the clock: other programs on the machine do
not count, though they slow memory down. A call's time holds reading the transcript's JSON, scoring and writing the
assessment's JSON. What is loaded is taken out of garbage collection and the rest is looked through less often, as at a
worker's start. With `--models` a learned judge of each criterion takes part, as on an installation that has promoted
one for each.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import scoring.engine as engine
from benchmarks.telephone_calls import LANGUAGES, ROOT, build_call, build_calls
from scoring.assessment import Assessment
from scoring.collection import leave_loaded_alone
from scoring.judging import LearnedJudge
from scoring.languages.base import forget_texts
from scoring.matching import Matcher, matcher_for
from scoring.packs import load_pack
from scoring.standards import Standard, default_standard_name, load_standard
from transcription.transcript import Transcript
from transcription.transcript_text import read_transcript, write_json

FOUR_MINUTES: Final = 240.0
LENGTHS: Final = (4, 16, 60, 180)
GOALS: Final = {
    "calls_per_second": 100,
    "calls_per_second_with_models": 40,
    "three_hours_seconds": 3.0,
    "peak_megabytes": 300,
}
_ROUNDS: Final = 9

# The engine's steps by the names it calls them under; none of them calls another.
_PARTS: Final = {
    "prepare": ("prepare",),
    "questions": ("find_questions",),
    "timing": ("utterances", "measure", "cut_ins"),
    "objections": ("find_objections",),
    "criteria": ("judge",),
    "score": ("total",),
    "stages": ("find_stages",),
    "rejection": ("find_rejection",),
    "promises": ("find_promises",),
    "facts": ("find_facts",),
    "summary": ("summarise",),
    "parts of reps": ("rep_parts", "score_parts"),
}


def main() -> int:
    """Print the tables, or JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="only this one (may be given again)")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"rounds to take the middle of (default {_ROUNDS})")
    parser.add_argument("--models", action="store_true", help="also with a learned judge of each criterion")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--one", type=int, metavar="MINUTES", help=argparse.SUPPRESS)
    args = parser.parse_args()
    languages = tuple(args.language or LANGUAGES)
    if args.one is not None:
        print(json.dumps(measure_one(languages[0], args.one)))
        return 0
    found = {language: measure_language(language, max(1, args.rounds)) for language in languages}
    if args.models:
        for language, row in found.items():
            row.update(measure_models(language, max(1, args.rounds)))
    facts = {
        "goals": GOALS,
        "machine": f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, Python {platform.python_version()}",
        "code": "compiled" if is_compiled() else "plain",
        "load": round(os.getloadavg()[0], 1),
        "languages": found,
    }
    print(json.dumps(facts, ensure_ascii=False, indent=2) if args.json else as_table(facts))
    return 0


def measure_language(language: str, rounds: int) -> dict[str, Any]:
    """One language's figures: calls a second, milliseconds a call by part, growth, memory."""
    standard = load_standard(default_standard_name())
    calls = build_calls(language, FOUR_MINUTES)
    texts = [json.dumps(call.to_json(), ensure_ascii=False) for call in calls]
    _round(texts, standard)
    leave_loaded_alone()
    times = [_measured(language, texts, standard) for _ in range(rounds)]
    parts: Mapping[str, float] = {}
    if not is_compiled():  # the steps of compiled code call each other directly: they cannot be timed one by one
        with _parts_timed() as parts:
            for _ in range(rounds):
                _measured(language, texts, standard)
    grown = [_in_own_process(language, minutes) for minutes in LENGTHS]
    return {
        "calls": len(calls),
        "turns": round(sum(len(call.turns) for call in calls) / len(calls)),
        "words": round(sum(len(turn.words) for call in calls for turn in call.turns) / len(calls)),
        "milliseconds_a_call": round(median(times) * 1000, 2),
        "milliseconds_best_round": round(min(times) * 1000, 2),
        "calls_per_second": round(1 / median(times)),
        "milliseconds_by_part": {name: round(spent * 1000 / rounds / len(calls), 3) for name, spent in parts.items()},
        "growth": grown,
        "three_hours_seconds": grown[-1]["seconds"],
        "peak_megabytes": max(row["peak_megabytes"] for row in grown),
    }


def is_compiled() -> bool:
    """Whether the scoring that is measured is the compiled one (`python -m benchmarks.compiled`)."""
    return not str(engine.__file__).endswith(".py")


def measure_models(language: str, rounds: int) -> dict[str, Any]:
    """Calls a second where a learned judge answers every criterion of the standard."""
    from benchmarks.scoring_models import models_for

    standard = load_standard(default_standard_name())
    calls = build_calls(language, FOUR_MINUTES)
    models = models_for(calls, standard)
    texts = [json.dumps(call.to_json(), ensure_ascii=False) for call in calls]
    _round(texts, standard, models)
    leave_loaded_alone()
    times = [_measured(language, texts, standard, models) for _ in range(rounds)]
    return {"models": len(models.by_id), "calls_per_second_with_models": round(1 / median(times))}


def measure_one(language: str, minutes: int) -> dict[str, Any]:
    """One call of that length in this process: its seconds, and the most memory the process ever held."""
    standard = load_standard(default_standard_name())
    _round([json.dumps(build_call(language, FOUR_MINUTES).to_json())], standard)
    leave_loaded_alone()
    call = build_call(language, minutes * 60)
    text = json.dumps(call.to_json())
    turns = len(call.turns)
    times = []
    for _ in range(1 if minutes > LENGTHS[1] else 5):
        # A long call says the sample calls again and again: without forgetting it would be read from memory.
        times.append(_measured(language, [text], standard))
    return {
        "minutes": minutes,
        "turns": turns,
        "seconds": round(median(times), 3),
        "milliseconds_a_minute": round(median(times) * 1000 / minutes, 3),
        "peak_megabytes": round(_peak_bytes() / 1e6),
    }


def _measured(language: str, texts: Sequence[str], standard: Standard, models: LearnedJudge | None = None) -> float:
    """Seconds a call takes, with nothing remembered of an earlier round."""
    matcher = matcher_for(load_pack(language))
    matcher.forget()
    forget_texts()
    matcher.hear_lines()
    started = time.process_time()
    _round(texts, standard, models)
    return (time.process_time() - started) / len(texts)


def _round(texts: Sequence[str], standard: Standard, models: LearnedJudge | None = None) -> None:
    for text in texts:
        transcript = _read(text)
        assessment = engine.score(transcript, standard, models=models)
        _write(assessment)


def _read(text: str) -> Transcript:
    return read_transcript(text)


def _write(assessment: Assessment) -> bytes:
    return write_json(assessment.to_json())


@contextmanager
def _parts_timed() -> Iterator[Mapping[str, float]]:
    """The seconds spent in each part of the engine while the context lasts."""
    spent = dict.fromkeys(("read JSON", "prepare", "match", *_PARTS, "write JSON"), 0.0)
    module = sys.modules[__name__]
    places: list[tuple[object, str, str]] = [(module, "_read", "read JSON"), (module, "_write", "write JSON")]
    places.append((Matcher, "find", "match"))
    places.extend((engine, name, part) for part, names in _PARTS.items() for name in names)
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    for owner, name, part in places:
        setattr(owner, name, _timed(getattr(owner, name), part, spent))
    try:
        yield spent
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def _timed(function: Callable[..., Any], part: str, spent: dict[str, float]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        started = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[part] += time.process_time() - started

    return run


def _in_own_process(language: str, minutes: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scoring_speed", "--language", language, "--one", str(minutes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def _peak_bytes() -> int:
    """The most memory this process held (Linux counts it for each program anew; elsewhere a parent's may show)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def as_table(facts: Mapping[str, Any]) -> str:
    """The figures for people."""
    found: Mapping[str, Mapping[str, Any]] = facts["languages"]
    lines = [f"Scoring with rules, {facts['code']} code; {facts['machine']}, load {facts['load']}", ""]
    lines.append(f"{'four-minute calls':<34}" + "".join(f"{language:>10}" for language in found))
    rows: tuple[tuple[str, str], ...] = (
        ("turns a call", "turns"),
        ("words a call", "words"),
        ("ms a call (middle round)", "milliseconds_a_call"),
        ("ms a call (best round)", "milliseconds_best_round"),
        (f"calls/s/core (goal {GOALS['calls_per_second']})", "calls_per_second"),
    )
    if "models" in next(iter(found.values())):
        rows = (
            *rows,
            ("learned judges", "models"),
            (f"calls/s/core with them ({GOALS['calls_per_second_with_models']})", "calls_per_second_with_models"),
        )
    for title, key in rows:
        lines.append(f"{title:<34}" + "".join(f"{row[key]:>10}" for row in found.values()))
    if parts := next(iter(found.values()))["milliseconds_by_part"]:
        lines += ["", "of it, ms"]
    for part in parts:
        values = "".join(f"{row['milliseconds_by_part'][part]:>10.2f}" for row in found.values())
        lines.append(f"  {part:<26}{values}")
    lines += ["", "growth: seconds (ms a minute)"]
    for place, minutes in enumerate(LENGTHS):
        cells = (row["growth"][place] for row in found.values())
        values = "".join(f"{c['seconds']:>8.3f} ({c['milliseconds_a_minute']:.2f})" for c in cells)
        lines.append(f"  {minutes:>3} minutes {values}")
    lines += ["", f"three hours, s (goal {GOALS['three_hours_seconds']:.0f}): " + _each(found, "three_hours_seconds")]
    lines.append(f"peak memory, MB (goal {GOALS['peak_megabytes']}): " + _each(found, "peak_megabytes"))
    return "\n".join(lines)


def _each(found: Mapping[str, Mapping[str, Any]], key: str) -> str:
    return ", ".join(f"{language} {row[key]}" for language, row in found.items())


if __name__ == "__main__":
    sys.exit(main())
