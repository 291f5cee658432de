"""The estimate from calls drawn by lot: right on average, with an interval that holds, where a plain mean is off."""

from __future__ import annotations

import math

import pytest

from review.sampling.draw import Candidate, Terms, draw
from review.sampling.estimate import Sampled, student_t, weighted_mean


def department() -> dict[int, tuple[int, float]]:
    """Call -> (rep, score): three reps with 8, 20 and 60 calls, the busiest with the lowest scores."""
    calls = {}
    for rep, count, level in ((1, 8, 85.0), (2, 20, 70.0), (3, 60, 50.0)):
        for n in range(count):
            calls[rep * 1000 + n] = (rep, level + (n * 37 % 21 - 10))
    return calls


def test_over_many_draws_the_estimate_is_right_and_the_interval_holds() -> None:
    calls = department()
    truth = math.fsum(score for _rep, score in calls.values()) / len(calls)
    # What is scored low is risky: the risk part takes it, and must not colour the lot.
    candidates = [Candidate(call, rep, risk=100 - score) for call, (rep, score) in calls.items()]
    terms = Terms(per_rep=6, random_share=0.5)
    means, plain, held, times = [], [], 0, 600
    for seed in range(times):
        lots = [pick for pick in draw(candidates, terms, str(seed)).picks if pick.part == "random"]
        found = weighted_mean([Sampled(calls[pick.call_id][1], pick.probability or 0) for pick in lots])
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        means.append(found.mean)
        plain.append(math.fsum(calls[pick.call_id][1] for pick in lots) / len(lots))
        held += found.low <= truth <= found.high
    assert math.fsum(means) / times == pytest.approx(truth, abs=0.5)
    assert math.fsum(plain) / times > truth + 5  # each rep counted alike: far off
    assert held / times >= 0.93


def test_a_call_two_draws_could_fall_on_counts_once() -> None:
    """Half of the calls lie in a second frame; without the multiplicity the mean would lean to them."""
    everybody = {call: (10.0 if call < 30 else 90.0) for call in range(60)}
    truth, means, leaning = 50.0, [], []
    for seed in range(400):
        first = draw([Candidate(call, None) for call in everybody], Terms(percent=10.0, random_share=1.0), f"a{seed}")
        second = draw([Candidate(call, None) for call in range(30)], Terms(percent=40.0, random_share=1.0), f"b{seed}")
        lots = [*first.picks, *second.picks]
        frames = {call: 2 if call < 30 else 1 for call in everybody}
        means.append(
            weighted_mean([Sampled(everybody[p.call_id], p.probability or 0, frames[p.call_id]) for p in lots])
        )
        leaning.append(weighted_mean([Sampled(everybody[p.call_id], p.probability or 0) for p in lots]))
    assert math.fsum(item.mean for item in means if item) / 400 == pytest.approx(truth, abs=1.5)
    assert math.fsum(item.mean for item in leaning if item) / 400 < truth - 8


def test_everything_drawn_leaves_no_doubt_and_little_drawn_says_so() -> None:
    whole = weighted_mean([Sampled(value, 1.0) for value in (40.0, 60.0, 80.0)])
    assert whole is not None
    assert (whole.mean, whole.low, whole.high) == (60.0, 60.0, 60.0)
    assert weighted_mean([]) is None
    two = weighted_mean([Sampled(40.0, 0.5), Sampled(80.0, 0.5)])
    assert two is not None
    assert (two.mean, two.low) == (60.0, None)


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (60, 2.000)]
)
def test_students_t(freedom: int, expected: float) -> None:
    assert student_t(freedom) == pytest.approx(expected, rel=0.01)
