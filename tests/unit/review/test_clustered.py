"""A share counted from clusters: as wide as they are alike inside, never narrower than independent cases."""

from __future__ import annotations

from functools import reduce
from operator import add

import pytest

from review.queries.clustered import Clusters, clustered_interval
from scoring.intervals import wilson


def of(*calls: tuple[int, int]) -> tuple[int, int, Clusters]:
    """(handled, all, clusters) of calls given as (handled, all)."""
    parts = (Clusters(1, n * n, k * n, k * k) for k, n in calls)
    return sum(k for k, _ in calls), sum(n for _, n in calls), reduce(add, parts, Clusters())


def width(*calls: tuple[int, int]) -> float:
    found = clustered_interval(*of(*calls))
    assert found is not None
    return found[1] - found[0]


def test_one_objection_in_each_call_is_wilsons() -> None:
    assert clustered_interval(*of(*[(1, 1)] * 6, *[(0, 1)] * 4)) == wilson(6, 10)
    assert clustered_interval(*of()) is None


def test_calls_in_which_all_go_alike_are_worth_one_case_each() -> None:
    alike = width(*[(4, 4)] * 5, *[(0, 4)] * 5)
    mixed = width(*[(2, 4)] * 10)
    ten, forty = wilson(5, 10), wilson(20, 40)
    assert ten is not None
    assert forty is not None
    assert alike == pytest.approx(ten[1] - ten[0], rel=0.06)
    assert mixed == pytest.approx(forty[1] - forty[0])


def test_where_the_spread_cannot_be_measured_a_call_is_worth_one_case() -> None:
    assert clustered_interval(*of((7, 7))) == wilson(1, 1)
    assert clustered_interval(*of((3, 3), (5, 5))) == wilson(2, 2)
    assert clustered_interval(*of((2, 9))) == pytest.approx((0.0, 0.9), abs=0.15)


def test_it_lies_within_bounds_and_holds_the_share() -> None:
    for calls in ([(1, 2), (0, 1), (3, 3)], [(0, 5), (1, 1)], [(10, 11), (0, 1), (1, 1)]):
        handled, cases, clusters = of(*calls)
        low, high = clustered_interval(handled, cases, clusters) or (1.0, 0.0)
        assert 0 <= low <= handled / cases <= high <= 1
