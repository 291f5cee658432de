"""Measures against worked examples, and the properties every one of them must keep."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.learning.measures import accuracy, auc, average_precision, bootstrap_interval, ece, f1, kappa, macro_f1

LABELS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40)


def test_kappa_of_a_worked_example() -> None:
    """Cohen's own kind of table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no agree at 0.4."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(first, second) == pytest.approx(0.4)


def test_kappa_is_no_better_than_chance_when_both_say_one_thing() -> None:
    assert kappa(["yes"] * 5, ["yes"] * 5) == 0.0


def test_macro_f1_counts_a_class_that_is_never_predicted() -> None:
    assert macro_f1(["a", "a", "b"], ["a", "a", "a"]) == pytest.approx(0.4)


def test_f1_of_nothing_is_zero() -> None:
    assert f1([False, False], [False, False]) == 0.0


def test_auc_counts_ties_half() -> None:
    assert auc([True, False], [0.5, 0.5]) == 0.5
    assert auc([True, True, False], [0.9, 0.4, 0.5]) == 0.5
    assert math.isnan(auc([True], [0.5]))


def test_average_precision_of_a_worked_example() -> None:
    assert average_precision([True, False, True], [0.9, 0.8, 0.7]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([True, False], [0.5, 0.5]) == 0.5


def test_calibration_error_of_a_worked_example() -> None:
    assert ece([True, False], [0.75, 0.75]) == pytest.approx(0.25)
    assert ece([True, False], [1.0, 0.0]) == 0.0


def test_two_labellings_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        kappa(["a"], ["a", "b"])


@given(LABELS)
def test_bounds_and_symmetry(pairs: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    assert 0.0 <= macro_f1(first, second) <= 1.0
    assert 0.0 <= accuracy(first, second) <= 1.0
    assert -1.0 <= kappa(first, second) <= 1.0
    assert kappa(first, second) == pytest.approx(kappa(second, first))
    assert macro_f1(first, first) == 1.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=40))
def test_auc_turns_round_with_the_scores(pairs: list[tuple[bool, float]]) -> None:
    truth, scores = [t for t, _ in pairs], np.round([s for _, s in pairs], 3)
    if len(set(truth)) == 2:
        assert auc(truth, scores) == pytest.approx(1 - auc(truth, -scores))
    assert 0.0 <= ece(truth, scores) <= 1.0


def test_the_interval_draws_whole_dialogues_and_is_the_same_each_time() -> None:
    values = np.array([1.0] * 10 + [0.0] * 10)
    groups = ["one"] * 10 + ["two"] * 10
    drawn: set[float] = set()

    def mean(rows: np.ndarray) -> float:
        drawn.add(float(values[rows].mean()))
        return float(values[rows].mean())

    interval = bootstrap_interval(mean, groups, seed=3, resamples=200)
    assert drawn == {0.0, 0.5, 1.0}, "a dialogue is drawn whole or not at all"
    assert interval == bootstrap_interval(mean, groups, seed=3, resamples=200)


def test_undefined_draws_are_left_out_of_the_interval() -> None:
    truth, scores = np.array([True, False]), np.array([0.9, 0.1])
    assert bootstrap_interval(lambda rows: auc(truth[rows], scores[rows]), ["a", "b"]) == (1.0, 1.0)
    assert all(math.isnan(bound) for bound in bootstrap_interval(lambda rows: 1.0, []))
