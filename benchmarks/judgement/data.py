"""The judgement benchmark's tasks: where each one's dialogues lie, which code runs it, and the figures to beat."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Row = dict[str, Any]
Run = Callable[[Sequence[Row], Sequence[Row] | None], Row]


@dataclass(frozen=True, slots=True)
class Task:
    """One task: its name, the folder under the data directory it reads, and the module here whose `run` measures it."""

    name: str
    folder: str
    module: str


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure to beat: which metric of which task, the published or measured figures, and what counts as met.

    `sign` is ">=" or "<="; `bound` is a number or the name of another metric of the same task (people's own level).
    """

    task: str
    metric: str
    title: str
    sign: str
    bound: float | str
    others: str


TASKS: Final[tuple[Task, ...]] = (
    Task("negotiation_resistance", "negotiation_resistance", "negotiation_resistance"),
    Task("questions", "counselling_sessions", "questions"),
    Task("session_quality", "counselling_sessions", "session_quality"),
    Task("soft_hard", "insurance_calls", "soft_hard"),
    Task("objections_not_handled", "insurance_calls", "objections_not_handled"),
    Task("korean_utterances", "korean_utterances", "korean_utterances"),
    Task("chinese_service", "chinese_service", "chinese_service"),
    Task("mining", "donation_persuasion", "mining"),
    Task("calibration", "negotiation_resistance", "calibration"),
    Task("noise", "negotiation_resistance", "noise"),
)

GOALS: Final[tuple[Goal, ...]] = (
    Goal(
        "negotiation_resistance",
        "macro_f1",
        "resistance in negotiation, 8 classes, macro-F1",
        ">=",
        0.66,
        "GloVe-CNN 0.539, GloVe-HiGRU 0.590, probe 0.612, BERT-HiGRU 0.655",
    ),
    Goal("negotiation_resistance", "any_f1", "any resistance, F1", ">=", 0.86, "-"),
    Goal("questions", "kappa", "question present, kappa", ">=", 0.86, "probe 0.833, people 0.869"),
    Goal("questions", "kappa_unpunctuated", "question present, no punctuation, kappa", ">=", 0.75, "probe 0.623"),
    Goal("questions", "open_closed_kappa", "open or closed question, kappa", ">=", 0.521, "probe 0.473, people 0.521"),
    Goal(
        "session_quality",
        "auc",
        "session quality high or low, AUC",
        ">=",
        0.88,
        "talk ratio 0.63, predicted behaviours 0.857, gold 0.933",
    ),
    Goal("soft_hard", "auc_rules", "soft against hard no, rules alone, AUC", ">=", 0.75, "phrase list 0.60"),
    Goal("soft_hard", "auc_learned", "soft against hard no, learned, AUC", ">=", 0.88, "both tails 0.847"),
    Goal(
        "korean_utterances",
        "accuracy",
        "Korean seven kinds, accuracy",
        ">=",
        0.90,
        "repository 0.888-0.902, probe 0.889",
    ),
    Goal("chinese_service", "request_f1", "Chinese request, F1", ">=", 0.97, "probe 0.961"),
    Goal("mining", "shuffled_survivors", "mined phrases on shuffled outcomes", "<=", 0.0, "plain log-odds 71"),
    Goal("calibration", "ece", "calibration error", "<=", 0.03, "raw 0.05, isotonic 0.03"),
    Goal("noise", "macro_f1_loss", "macro-F1 lost with 20 % of words wrong", "<=", 0.03, "0.076 (0.596 -> 0.520)"),
)


def read_rows(folder: Path) -> list[Row]:
    """Every object of every `*.jsonl` in a task's folder, files in order of name; empty when there is no folder.

    Raises ValueError naming file and line when a line is not a JSON object.
    """
    rows: list[Row] = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise ValueError(f"{path}, line {number}: not JSON ({error.msg}).") from error
                if not isinstance(row, dict):
                    raise ValueError(f"{path}, line {number}: one JSON object a line is expected.")
                rows.append(row)
    return rows


def task_run(task: Task) -> Run | None:
    """The task's `run`, or None when its module is not part of this checkout."""
    name = f"benchmarks.judgement.{task.module}"
    if importlib.util.find_spec(name) is None:
        return None
    run: Run = importlib.import_module(name).run
    return run


def interval_middle(result: Row, metric: str) -> float | None:
    """The middle of a metric's interval, else the metric itself; None when it was not measured."""
    low, high = (result.get(f"{metric}_interval") or [None, None])[:2]
    value = result.get(metric)
    if low is None or high is None:
        return None if value is None else float(value)
    return (float(low) + float(high)) / 2


def is_met(goal: Goal, result: Row) -> bool | None:
    """Whether a result reaches its goal; None when the metric or its bound was not measured."""
    middle = interval_middle(result, goal.metric)
    bound = result.get(goal.bound) if isinstance(goal.bound, str) else goal.bound
    if middle is None or bound is None:
        return None
    return middle >= float(bound) if goal.sign == ">=" else middle <= float(bound)
