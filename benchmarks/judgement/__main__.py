"""Every row of the judgement table, measured, beside the figures to beat.

    python -m benchmarks.judgement --data DIR [--test DIR] [--json] [--only task,task]

DIR holds one folder per task with `*.jsonl` files. Without `--test` each task is measured inside DIR (cross-validated
by dialogue, as its "split" says); with it, trained on DIR and tested on the same folder names there. A task whose
folder is absent is named on standard error and left out. A row is met when the middle of its bootstrap interval is.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.judgement.data import GOALS, TASKS, Row, interval_middle, is_met, read_rows, task_run

BAD_ARGUMENTS = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tasks asked for; 0 when done, 2 when an argument or a data file is wrong."""
    arguments = _arguments(argv)
    names = [task.name for task in TASKS]
    wanted = [name.strip() for name in arguments.only.split(",") if name.strip()] if arguments.only else names
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        return _refuse(f"There is no task {', '.join(unknown)}; the tasks are {', '.join(names)}.")
    for folder in (arguments.data, arguments.test):
        if folder is not None and not folder.is_dir():
            return _refuse(f"There is no folder {folder}.")
    try:
        results = measure(wanted, arguments.data, arguments.test)
    except ValueError as error:
        return _refuse(str(error))
    if arguments.json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        print("\n".join(table(results)))
    return 0


def measure(names: Sequence[str], data: Path, test: Path | None) -> dict[str, Row]:
    """Each named task's result, in the registry's order; tasks without data or code are named on standard error."""
    results: dict[str, Row] = {}
    for task in TASKS:
        if task.name not in names:
            continue
        rows = read_rows(data / task.folder)
        held = None if test is None else read_rows(test / task.folder)
        if not rows or held == []:
            missing = data / task.folder if not rows else (test or data) / task.folder
            _say(f"SKIPPED {task.name}: no *.jsonl in {missing}")
            continue
        run = task_run(task)
        if run is None:
            _say(f"SKIPPED {task.name}: benchmarks/judgement/{task.module}.py is not in this checkout")
            continue
        started = time.perf_counter()
        results[task.name] = rounded(run(rows, held))
        _say(f"{task.name}: {time.perf_counter() - started:.0f} s")
    return results


def table(results: dict[str, Row]) -> list[str]:
    """The results as lines for people: every goal with its figure, then each task's split and baselines."""
    lines = [f"{'task':<48} {'ours':>7} {'interval':>17} {'goal':>9}  met   figures to beat"]
    for goal in GOALS:
        result = results.get(goal.task)
        if result is None or result.get(goal.metric) is None:
            continue
        interval = result.get(f"{goal.metric}_interval")
        shown = f"{interval[0]:.3f} .. {interval[1]:.3f}" if interval and None not in interval else "-"
        met = {True: "met", False: "MISSED", None: "-"}[is_met(goal, result)]
        bound = result.get(goal.bound) if isinstance(goal.bound, str) else goal.bound
        lines.append(
            f"{goal.title:<48} {result[goal.metric]:>7.3f} {shown:>17} {goal.sign} {bound:<6} {met:<7} {goal.others}"
        )
    for name, result in results.items():
        lines += ["", f"{name}: n = {result.get('n')}, {result.get('split', '')}"]
        for key, value in result.items():
            if key not in ("n", "split") and not key.endswith("_interval"):
                lines.append(f"  {key} {_shown(value)}{_middle(result, key)}")
    return lines


def rounded(value: Any) -> Any:
    """Numbers to four decimals, `nan` as null, tuples as lists, so that the JSON is the same everywhere."""
    if isinstance(value, dict):
        return {str(key): rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    number = float(value)
    return None if math.isnan(number) else round(number, 4)


def _middle(result: Row, metric: str) -> str:
    interval = result.get(f"{metric}_interval")
    middle = interval_middle(result, metric) if interval else None
    return "" if middle is None else f"  (interval {interval[0]} .. {interval[1]}, middle {middle:.4f})"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    return str(value)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _refuse(sentence: str) -> int:
    _say(sentence)
    return BAD_ARGUMENTS


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judgement", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder of *.jsonl per task")
    parser.add_argument("--test", type=Path, help="test on these folders instead of cross-validating")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", default="", help="comma-separated task names")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
