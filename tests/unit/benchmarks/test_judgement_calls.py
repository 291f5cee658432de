"""The benchmark's tasks on calls and sessions: their rows, with and without a test set, on made-up dialogues."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.judgement import objections_not_handled, questions, session_quality, soft_hard
from benchmarks.judgement.counselling import annotator_pairs, turns_of, without_marks
from scoring.learning.question_view import AskedTurn
from tests.unit.scoring.learning.test_call_model import HARD_ENDS, SOFT_ENDS, lines

ROLES = {"R": "rep", "C": "client"}


def insurance(count: int = 24) -> list[dict[str, Any]]:
    rows = []
    for number in range(count):
        soft = number % 2 == 0
        text = lines((SOFT_ENDS if soft else HARD_ENDS)[number // 2 % 4], number)
        turns = [{"role": ROLES[line[0]], "text": line[3:]} for line in text.splitlines()]
        outcome = "process paused - customer needs to consider" if soft else "customer not interested"
        rows.append({"id": f"c{number}", "outcome": outcome, "turns": turns})
    rows.append({"id": "n", "outcome": "customer objections not handled", "turns": rows[1]["turns"]})
    return rows


def label(**said: str) -> dict[str, str]:
    return {"behaviour": "n/a", "question": "n/a", "question_kind": "n/a", "client_talk": "n/a", **said}


def sessions(count: int = 24) -> list[dict[str, Any]]:
    rows = []
    for number in range(count):
        good = number % 3 > 0
        turns: list[dict[str, Any]] = []
        asked = [("What worries you?", "open"), ("Do you smoke?", "closed"), ("How did it go?", "open")]
        for text, kind in asked if good else asked[1:2]:
            one = label(behaviour="question", question="True", question_kind=kind)
            other = label(behaviour="question", question="True", question_kind="open")
            turns.append({"role": "rep", "text": text, "annotators": [one, other, one]})
            turns.append({"role": "client", "text": "Well, I know.", "annotators": [label(client_talk="change")]})
        told = label(behaviour="therapist_input" if not good else "reflection", question="False")
        text = "You should stop." if not good else "You care about it."
        turns.append({"role": "rep", "text": text, "annotators": [told]})
        turns.append({"role": "client", "text": "No.", "annotators": [label(client_talk="sustain")]})
        rows.append({"id": f"s{number}", "quality": "high" if good else "low", "turns": turns})
    return rows


@pytest.mark.parametrize("held", [False, True])
def test_soft_against_hard(held: bool) -> None:
    rows = insurance()
    found = soft_hard.run(rows, insurance(16) if held else None)
    assert found["n"] == (16 if held else 24)
    assert found["auc_learned"] > 0.9
    low, high = found["auc_learned_interval"]
    assert low <= found["auc_learned"] <= high
    assert 0 <= found["auc_rules"] <= 1
    assert found["ap"] > 0.9
    assert ("--test" in found["split"]) is held


def test_objections_not_handled_trains_on_nothing() -> None:
    found = objections_not_handled.run(insurance(6), None)
    assert found["positives"] == 1
    assert objections_not_handled.run([], insurance(6))["auc"] == found["auc"]


@pytest.mark.parametrize("held", [False, True])
def test_questions(held: bool) -> None:
    found = questions.run(sessions(), sessions(9) if held else None)
    assert found["kappa"] > 0.9
    assert found["kappa_unpunctuated"] > 0.9
    assert found["open_closed_kappa"] > 0.9
    assert found["human_kappa"] is not None
    assert found["n"] == len(turns_of(sessions(9) if held else sessions(), "rep"))


def test_session_quality() -> None:
    found = session_quality.run(sessions(18), sessions(9))
    assert found["auc"] > 0.9
    assert set(found["baselines"]) == {
        "talk_ratio_auc",
        "predicted_behaviours_auc",
        "words_auc",
        "gold_behaviours_auc",
    }


def test_marks_and_capitals_are_taken_out() -> None:
    asked = without_marks(AskedTurn("Well -- you're sure? [NAME]!", "Yes.", "No, I don't."))
    assert asked == AskedTurn("well you're sure [name]", "yes", "no i don't")


def test_every_two_annotators_of_a_turn_are_compared() -> None:
    turns = turns_of(sessions(2), "rep")
    pairs = annotator_pairs(turns, "question_kind", ("open", "closed"))
    assert {session for session, _, _ in pairs} == {"s0", "s1"}
    assert len(pairs) == 4 * 3
