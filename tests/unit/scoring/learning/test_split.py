"""The frozen test set: whole reps, later calls, nothing of it in training."""

from __future__ import annotations

import random

from scoring.learning.split import FEWEST, LabelledCall, freeze, read_test_set


def calls(n: int, reps: int) -> list[LabelledCall]:
    """`n` calls in order of time, by reps in turn."""
    return [LabelledCall(f"c{k:04}", f"rep {k % reps}" if reps else "", f"2026-{k:05}") for k in range(n)]


def test_reps_are_held_out_whole_and_the_test_is_their_newer_calls() -> None:
    every = calls(400, reps=10)
    test = freeze(every, seed="greeting")
    assert test is not None
    assert test.how == "rep_and_time"
    trained = [call for call in every if not test.keeps_from_training(call)]
    assert {call.rep for call in trained}.isdisjoint(test.reps)
    assert test.calls.isdisjoint(call.call for call in trained)
    assert len(test.calls) >= FEWEST
    middle = every[200].called_at
    assert all(call.called_at >= middle for call in every if test.holds(call.call))
    assert len(trained) >= 200


def test_few_calls_give_no_test_and_few_reps_one_by_time() -> None:
    assert freeze(calls(59, reps=10)) is None
    by_time = freeze(calls(200, reps=2))
    assert by_time is not None
    assert (by_time.how, len(by_time.calls)) == ("time", 50)
    assert min(by_time.calls) == "c0150"
    nameless = freeze(calls(100, reps=0))
    assert nameless is not None
    assert nameless.how == "time"


def test_one_busy_rep_does_not_become_the_test() -> None:
    every = [LabelledCall(f"c{k}", "busy" if k % 5 else f"rep {k % 4}", f"{k:04}") for k in range(300)]
    test = freeze(every)
    assert test is not None
    assert "busy" not in test.reps


def test_the_same_for_any_order_and_back_from_json() -> None:
    every = calls(300, reps=8)
    test = freeze(every, seed="s")
    assert freeze(random.Random(4).sample(every, len(every)), seed="s") == test
    assert test is not None
    assert read_test_set(test.to_json()) == test
