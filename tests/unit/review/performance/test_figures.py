"""Figures of reps and teams from sums: the middle without names, who is behind by more than chance, weeks and parts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from review.performance.criteria import NamedCriterion
from review.performance.estimate import FEWEST, sums_of
from review.performance.needs import find_needs
from review.performance.period import last_weeks, read_weeks
from review.performance.rep import FEWEST_MATES, lines_of, middle_of, went_well
from review.performance.scores import ByPeople, ScoreBucket, score_trend
from review.performance.seeing import RepCard
from review.performance.sums import Bucket, quantile
from review.performance.team import heat_map

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # a Wednesday
PERIOD = last_weeks(8, now=NOW)


def criterion(name: str) -> NamedCriterion:
    return NamedCriterion(id=name, standard="s", question=name, guidance="", section="a", section_title="A")


def card(number: int, *, active: bool = True) -> RepCard:
    return RepCard(id=number, name=f"Rep {number}", team_id=1, team_name="T", user_id=None, active=active)


def bucket(rep: int, name: str, week: int, values: list[float], kind: str = "machine") -> Bucket:
    return Bucket(rep, "s", name, week, kind, sums_of(values))


def test_a_period_is_whole_weeks_with_the_running_one() -> None:
    assert PERIOD.since == datetime(2026, 10, 5, tzinfo=UTC)
    assert PERIOD.until == datetime(2026, 11, 30, tzinfo=UTC)
    assert PERIOD.week_of(NOW) == 7
    assert PERIOD.week_of(PERIOD.since) == 0
    assert PERIOD.week_of(PERIOD.since - timedelta(seconds=1)) is None
    assert PERIOD.week_of(PERIOD.until) is None
    assert [read_weeks(text) for text in (None, "4", "5", "26", "-1", "x", "٤")] == [12, 4, 12, 26, 12, 12, 12]
    with pytest.raises(ValueError, match="between 1 and 104"):
        last_weeks(0)


@pytest.mark.parametrize("reps", range(1, 8))
def test_the_middle_of_a_team_needs_enough_reps_with_enough_calls(reps: int) -> None:
    known = [sums_of([number / 10] * FEWEST) for number in range(reps)]
    few = [sums_of([1.0] * (FEWEST - 1))] * 20
    middle = middle_of([*known, *few])
    assert (middle is not None) == (reps >= FEWEST_MATES)
    if middle is not None:
        assert middle.reps == reps
        assert 0 <= middle.low <= middle.median <= middle.high <= 1


def test_quantiles() -> None:
    assert quantile([], 0.5) is None
    assert quantile([3.0], 0.9) == 3.0
    assert quantile([4.0, 1.0, 2.0, 3.0], 0.5) == 2.5
    assert quantile([0.0, 10.0], 0.9) == pytest.approx(9.0)


def test_a_reps_lines_keep_the_parts_of_the_sample_apart() -> None:
    buckets = [
        bucket(1, "greeting", 0, [0.0] * 6),
        bucket(1, "greeting", 7, [1.0] * 6),
        bucket(1, "greeting", 7, [1.0], "random"),
        bucket(1, "greeting", 7, [0.0], "risk"),
        bucket(2, "greeting", 3, [0.5] * 6),
        bucket(2, "price", 3, [0.5] * 6),
    ]
    (line,) = lines_of(1, buckets, [criterion("greeting"), criterion("price")], PERIOD)
    assert line.now.calls == 14
    assert line.change.verdict == "better"
    assert (line.change.calls_before, line.change.calls_after) == (6, 8)
    assert [week is not None for week in line.weeks] == [True, *[False] * 6, True]
    assert line.random[7] is not None
    assert line.risk[7] is not None
    assert (line.random[7].mean, line.risk[7].mean) == (1.0, 0.0)
    assert line.middle is None
    assert went_well([line]) == (line,)


def test_nothing_is_praised_that_few_calls_say() -> None:
    few = lines_of(1, [bucket(1, "greeting", 7, [1.0] * 4)], [criterion("greeting")], PERIOD)
    assert went_well(few) == ()


def test_a_team_of_equals_has_no_needs() -> None:
    dice = random.Random(5)
    found = 0
    for _ in range(20):
        buckets = [
            bucket(rep, name, week, [float(dice.random() < 0.7) for _ in range(5)])
            for rep in range(1, 9)
            for name in ("a", "b", "c", "d", "e")
            for week in range(8)
        ]
        reps = [card(rep) for rep in range(1, 9)]
        needs = find_needs(reps, buckets, [criterion(name) for name in "abcde"], PERIOD)
        assert needs.compared == 80
        found += len(needs.found)
    assert found <= 20  # of 1600 comparisons; without holding the false ones down it would be about forty each way


def test_who_is_behind_is_named_with_the_evidence() -> None:
    buckets = [
        bucket(rep, name, week, [0.0] * 3 if (rep, name) == (2, "b") else [1.0, 1.0, 0.0])
        for rep in range(1, 6)
        for name in "ab"
        for week in range(8)
    ]
    needs = find_needs([card(rep) for rep in range(1, 6)], buckets, [criterion("a"), criterion("b")], PERIOD)
    assert [(need.rep.id if need.rep else None, need.criterion.id, need.why) for need in needs.found] == [
        (2, "b", "behind_team")
    ]
    (need,) = needs.found
    assert need.evidence is not None
    assert need.evidence.high is not None
    assert need.evidence.high < 0
    assert need.evidence.calls_after == 24


def test_what_everybody_lacks_is_the_teams_and_nobodys_own() -> None:
    buckets = [bucket(rep, "a", week, [0.0, 0.0, 0.5]) for rep in range(1, 6) for week in range(8)]
    needs = find_needs([card(rep) for rep in range(1, 6)], buckets, [criterion("a")], PERIOD)
    assert [(need.rep, need.why) for need in needs.found] == [(None, "whole_team")]


def test_a_fall_against_the_own_past_is_found_and_people_who_left_are_not() -> None:
    buckets = [bucket(rep, "a", week, [1.0] * 4 if week < 4 else [0.0] * 4) for rep in (1, 2) for week in range(8)]
    needs = find_needs([card(1), card(2, active=False)], buckets, [criterion("a")], PERIOD)
    assert [(need.rep.id if need.rep else None, need.why) for need in needs.found] == [(1, "behind_past")]


def test_the_map_leaves_out_who_left_without_a_call() -> None:
    buckets = [bucket(1, "a", 0, [1.0] * 6), bucket(3, "a", 0, [0.0] * 2), bucket(1, "a", 1, [0.0], "risk")]
    made = heat_map([card(1), card(2), card(3, active=False), card(4, active=False)], buckets, [criterion("a")])
    assert [(row.rep.id, row.calls) for row in made.rows] == [(1, 7), (2, 0), (3, 2)]
    assert made.rows[0].cells[0] is not None
    assert not made.rows[0].cells[0].too_few
    assert made.rows[2].cells[0] is not None
    assert made.rows[2].cells[0].too_few
    risky = heat_map([card(1)], buckets, [criterion("a")], "risk")
    assert risky.rows[0].cells[0] is not None
    assert risky.rows[0].cells[0].mean == 0.0


def test_scores_by_lot_are_weighted_and_risk_stays_out_of_them() -> None:
    people = [
        ByPeople(1, 1, 0, "random", 1.0, 0.1, 7),  # speaks for ten calls
        ByPeople(2, 1, 0, "random", 0.0, 1.0, 7),
        ByPeople(3, 1, 0, "risk", 0.0, None, 7),
        ByPeople(4, 1, 0, "chosen", 0.0, None, None),
        ByPeople(5, 1, 0, "random", 0.0, 0.5, 8),  # of a rule that draws by how a call went: no frame
    ]
    trend = score_trend([ScoreBucket(1, 0, sums_of([0.5] * 6))], people, {1: 1, 2: 1}, PERIOD)
    assert trend.random[0] is not None
    assert trend.random[0].mean == pytest.approx(10 / 11)
    assert trend.random[0].calls == 2
    assert trend.risk[0] is not None
    assert trend.risk[0].calls == 1
    assert trend.whole[0] is not None
    assert trend.whole[0].calls == 6
    assert trend.weeks[1] is None
