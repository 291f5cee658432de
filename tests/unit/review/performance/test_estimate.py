"""Means and differences of few calls: intervals that hold what they promise, and silence where nothing can be said."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.performance.estimate import FEWEST, Sums, add, difference, difference_of, mean_of, sums_of

fractions = st.lists(st.floats(0, 1, allow_nan=False), max_size=30)


def calls(values: list[float], first: int = 1) -> list[tuple[int, float]]:
    return list(enumerate(values, first))


@pytest.mark.parametrize(("before", "after"), [(0, 9), (4, 9), (9, 4), (9, 0), (0, 0)])
def test_too_few_calls_on_a_side_say_nothing(before: int, after: int) -> None:
    found = difference(calls([0.0] * before), calls([1.0] * after, 100))
    assert found.verdict == "too_early"
    assert found.low is None
    assert (found.calls_before, found.calls_after) == (before, after)
    assert (found.change is None) == (before == 0 or after == 0)


def test_a_clear_change_is_told_in_its_direction() -> None:
    worse, better = [0.0] * 9 + [1.0], [1.0] * 9 + [0.0]
    up, down = difference(calls(worse), calls(better, 50)), difference(calls(better), calls(worse, 50))
    assert (up.verdict, down.verdict) == ("better", "worse")
    assert up.change == pytest.approx(0.8)
    assert up.low is not None
    assert up.low > 0.2


def test_five_full_marks_are_not_certainty() -> None:
    found = difference(calls([1.0] * 5), calls([1.0] * 5, 50))
    assert found.verdict == "no_change_seen"
    assert found.low is not None
    assert found.low < -0.3
    alone = mean_of(sums_of([1.0] * 5))
    assert alone is not None
    assert alone.mean == 1.0
    assert alone.low is not None
    assert alone.low < 0.8
    assert alone.high == 1.0


def test_several_values_of_one_call_are_one_call() -> None:
    found = difference([(1, 0.0), (1, 1.0), *calls([0.5] * 4, 2)], calls([0.5] * 5, 50))
    assert found.calls_before == 5
    assert found.mean_before == 0.5


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_value_that_is_no_fraction_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        difference([(1, value)], [])


@given(fractions, fractions)
@settings(max_examples=200, deadline=None)
def test_whatever_the_values(before: list[float], after: list[float]) -> None:
    found = difference(calls(before), calls(after, 1000))
    turned = difference(calls(after, 1000), calls(before))
    again = difference(calls(before)[::-1], calls(after, 1000)[::-1])
    assert found == again
    if found.verdict == "too_early":
        assert min(len(before), len(after)) < FEWEST
        return
    assert found.low is not None
    assert found.high is not None
    assert found.change is not None
    assert -1 <= found.low <= found.change <= found.high <= 1
    assert (found.verdict == "better") == (found.low > 0)
    assert (found.verdict == "worse") == (found.high < 0)
    assert turned.low == pytest.approx(-found.high)
    assert {found.verdict, turned.verdict} in ({"better", "worse"}, {"no_change_seen"})


@given(fractions)
@settings(max_examples=200, deadline=None)
def test_a_mean_lies_in_its_interval(values: list[float]) -> None:
    found = mean_of(sums_of(values))
    if found is None:
        assert not values
        return
    assert found.calls == len(values)
    assert found.too_few == (len(values) < FEWEST)
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.mean <= found.high <= 1
        assert found.high - found.low > 0


@given(fractions, fractions)
def test_sums_add_up(one: list[float], two: list[float]) -> None:
    whole, parts = sums_of(one + two), add(sums_of(one), sums_of(two))
    assert whole.calls == parts.calls
    assert whole.total == pytest.approx(parts.total)
    assert whole.squares == pytest.approx(parts.squares)


@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("many", [5, 12, 40])
def test_intervals_hold_the_truth_nineteen_times_in_twenty(chance: float, many: int) -> None:
    dice = random.Random(f"{chance}/{many}")
    held = apart = 0
    for _ in range(1000):
        draw = [float(dice.random() < chance) for _ in range(2 * many)]
        mean = mean_of(sums_of(draw[:many]))
        assert mean is not None
        assert mean.low is not None
        assert mean.high is not None
        held += mean.low <= chance <= mean.high
        apart += difference(calls(draw[:many]), calls(draw[many:], 1000)).verdict != "no_change_seen"
    assert held >= 930
    assert apart <= 70


def test_rounded_sums_of_squares_do_no_harm() -> None:
    assert mean_of(Sums(7, 7.0, 6.999999999)) is not None
    assert difference_of(Sums(7, 0.0, 0.0), Sums(7, 7.0, 7.0)).verdict == "better"
