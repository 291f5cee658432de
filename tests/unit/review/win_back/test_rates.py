"""The draw of the control, the order of leads, and the figures with their intervals."""

from __future__ import annotations

import pytest

from review.win_back.chances import BandTally, chance_of_return, middles_of
from review.win_back.control import draw_arm
from review.win_back.rates import Lift, Rate, Watched, come_back_by


def test_the_same_seed_gives_the_same_arm() -> None:
    first = draw_arm("deal 7", 0.1, "seed")
    assert draw_arm("deal 7", 0.1, "seed") == first
    assert draw_arm("deal 8", 0.1, "seed").lot != first.lot
    assert draw_arm("deal 7", 0.0).arm == "queue"


def test_the_control_gets_its_share() -> None:
    drawn = [draw_arm(f"deal {n}", 0.1, f"seed {n}") for n in range(5000)]
    share = sum(one.arm == "control" for one in drawn) / len(drawn)
    assert 0.085 < share < 0.115
    assert all(0 <= one.lot < 1 for one in drawn)


def test_the_chance_moves_with_what_people_decided_and_what_came_of_it() -> None:
    alone = chance_of_return(0.7, BandTally())
    assert alone == pytest.approx(0.7 * 0.2)
    assert chance_of_return(0.7, BandTally(judged=40, wrong=38)) > alone
    assert chance_of_return(0.7, BandTally(judged=40, wrong=2)) < alone
    assert chance_of_return(0.7, BandTally(worked=50, returned=0)) < alone


def test_values_are_counted_in_middle_deals_of_their_currency() -> None:
    middles = middles_of({"GBP": [1000.0, 2000.0, 9000.0], "KRW": [4_000_000.0], "EUR": [0.0]})
    assert middles.relative(4000.0, "GBP") == middles.relative(8_000_000.0, "KRW") == 2.0
    assert middles.relative(None, "GBP") == middles.relative(50.0, "USD") == 1.0
    assert middles.guess("KRW") == (4_000_000.0, "KRW")
    assert middles.guess(None) == (2000.0, "GBP")
    assert middles_of({}).guess(None) is None


def test_a_share_of_few_leads_is_too_early_to_say() -> None:
    assert Rate(2, 9).early
    assert not Rate(2, 10).early
    assert Rate(0, 0).interval is None
    assert Rate(0, 0).in_words() == "no lead yet"


def test_the_lift_has_the_interval_of_the_difference() -> None:
    lift = Lift(Rate(10, 46), Rate(2, 52))
    assert not lift.early
    assert lift.difference == pytest.approx(10 / 46 - 2 / 52)
    assert lift.times == pytest.approx((10 / 46) / (2 / 52))
    low, high = lift.interval or (0.0, 0.0)
    assert 0.04 < low < (lift.difference or 0) < high < 0.33
    assert Lift(Rate(5, 46), Rate(0, 52)).times is None
    assert Lift(Rate(5, 46), Rate(0, 3)).early


def test_newcombes_own_example() -> None:
    low, high = Lift(Rate(56, 70), Rate(48, 80)).interval or (0.0, 0.0)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_leads_watched_for_less_time_count_as_long_as_they_were() -> None:
    leads = [Watched(10, True), Watched(5, False), Watched(20, False), Watched(30, True), Watched(30, False)]
    assert come_back_by(leads) == ((0.0, 0.0), (10, pytest.approx(0.25)), (30, pytest.approx(0.625)))
    assert come_back_by([]) == ((0.0, 0.0),)
    assert come_back_by([Watched(4, True), Watched(8, False)])[-1] == (8, pytest.approx(0.5))


def test_the_curve_of_many_leads_looks_at_each_a_few_times() -> None:
    asked = 0

    class Counted(Watched):
        def __getattribute__(self, name: str) -> object:
            nonlocal asked
            asked += 1
            return super().__getattribute__(name)

    leads = [Counted(day / 100, day % 3 == 0) for day in range(3000)]
    curve = come_back_by(leads)
    assert asked < 10 * len(leads)
    assert curve[-1][1] == pytest.approx(1.0, abs=0.1)
