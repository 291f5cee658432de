"""The judgement benchmark's text tasks on a few made-up lines, and on a slice of the shared data when it is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.judgement.__main__ import main
from benchmarks.judgement.data import read_rows
from benchmarks.judgement.korean_utterances import run as run_korean
from benchmarks.judgement.negotiation_cues import turns_of
from benchmarks.judgement.negotiation_resistance import folds_of, unlabelled_copies
from benchmarks.judgement.negotiation_words import NAMES, counts

HAGGLE = [
    ("a", "Hi, how old is the bike?", "inquiry"),
    ("b", "Two years, I am asking $200", "none"),
    ("a", "would you take $120? it has a scratch", "hesitance"),
    ("b", "Sorry, $180 is my lowest", "self_assertion"),
    ("a", "ok deal", "none"),
]


def dialogue(name: str, fold: int, labelled: bool = True) -> dict[str, object]:
    return {
        "id": name,
        "fold": fold,
        "turns": [{"role": role, "text": text, "label": label if labelled else "none"} for role, text, label in HAGGLE],
    }


def korean(count: int) -> list[dict[str, str]]:
    kinds = (("가격이 얼마인지 알려줘", "question"), ("내일 다시 전화해", "command"), ("어제 비가 왔어요", "statement"))
    return [{"text": f"{text} {number}", "label": label} for number in range(count) for text, label in kinds]


def test_a_task_runs_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, rows in (("data", korean(12)), ("test", korean(4))):
        folder = tmp_path / name / "korean_utterances"
        folder.mkdir(parents=True)
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    only = ["--only", "korean_utterances,negotiation_resistance", "--json"]
    assert main(["--data", str(tmp_path / "data"), "--test", str(tmp_path / "test"), *only]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert "SKIPPED negotiation_resistance" in said.err
    assert list(result) == ["korean_utterances"]
    assert result["korean_utterances"]["accuracy"] == 1.0
    assert result["korean_utterances"]["n"] == 12


def test_offers_are_followed_from_turn_to_turn() -> None:
    turns = turns_of([dialogue("one", 0)])
    assert turns.figures.shape[0] == len(HAGGLE) == len(turns.utterances)
    assert "numlow" in turns.utterances[2].text
    assert "numhigh" in turns.utterances[3].text
    assert counts("that is my lowest, sorry")[NAMES.index("last price")] == 1


def test_a_repeat_without_labels_is_known_and_nothing_else() -> None:
    rows = [dialogue("one", 0), dialogue("two", 1, labelled=False)]
    assert unlabelled_copies(rows) == {1}
    assert unlabelled_copies(rows[:1]) == set()
    assert unlabelled_copies(rows[1:]) == set()
    assert folds_of(rows) == [[0], [1]]


def test_a_slice_of_the_korean_data(shared_data: Path) -> None:
    rows = read_rows(shared_data / "dialogues" / "korean_utterances")
    result = run_korean(rows[:3000], rows[3000:3600])
    assert result["accuracy"] > 0.75
    low, high = result["accuracy_interval"]
    assert low <= result["accuracy"] <= high
