"""The judgement benchmark's frame: tasks named, missing data skipped loudly, goals judged by the interval's middle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.judgement.__main__ import main, rounded, table
from benchmarks.judgement.data import GOALS, TASKS, Goal, is_met, read_rows

GOAL = Goal("t", "auc", "T", ">=", 0.8, "-")


def test_missing_folders_are_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {}
    for task in TASKS:
        assert f"SKIPPED {task.name}" in said.err


def test_an_unknown_task_or_folder_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "--only", "guessing"]) == 2
    assert "no task guessing" in capsys.readouterr().err
    assert main(["--data", str(tmp_path / "nowhere")]) == 2
    assert "no folder" in capsys.readouterr().err


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n\n[1]\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.jsonl, line 3"):
        read_rows(tmp_path)


def test_a_goal_is_met_by_the_middle_of_its_interval() -> None:
    assert is_met(GOAL, {"auc": 0.79, "auc_interval": [0.71, 0.91]}) is True
    assert is_met(GOAL, {"auc": 0.81, "auc_interval": [0.69, 0.89]}) is False
    assert is_met(GOAL, {"auc": 0.81}) is True
    assert is_met(GOAL, {}) is None


def test_every_goal_belongs_to_a_task() -> None:
    assert {goal.task for goal in GOALS} <= {task.name for task in TASKS}


def test_the_table_shows_goal_interval_and_verdict() -> None:
    result = {"n": 3, "split": "s", "accuracy": 0.91, "accuracy_interval": [0.90, 0.92], "baselines": {"probe": 0.889}}
    text = "\n".join(table({"korean_utterances": result}))
    assert "0.910" in text
    assert "0.900 .. 0.920" in text
    assert " met " in text
    assert "probe 0.889" in text


def test_numbers_are_rounded_and_undefined_ones_are_null() -> None:
    assert rounded({"a": float("nan"), "b": [0.123456, 2], "c": True}) == {"a": None, "b": [0.1235, 2], "c": True}
