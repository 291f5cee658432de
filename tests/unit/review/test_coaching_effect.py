"""What a follow-up says: which calls count, when it is too early, and the team's change taken off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from review.coaching.effect import compare, read_effect, take_side
from review.coaching.windows import windows_of

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """One answer, as tests need it."""

    call_id: int
    fraction: float | None
    source: str = "machine"
    part: str | None = None


def some(first: int, good: int, bad: int, **more: str | None) -> list[Answer]:
    values = [1.0] * good + [0.0] * bad
    return [Answer(first + n, value, **more) for n, value in enumerate(values)]  # type: ignore[arg-type]


def test_too_few_calls_say_how_many_are_missing() -> None:
    found = compare(some(1, 1, 3), some(10, 2, 0))
    assert found.too_early
    assert (found.before.missing, found.after.missing) == (1, 3)
    assert found.own.low is None
    assert found.gain is None


def test_a_clear_change_is_seen_with_its_interval() -> None:
    found = compare(some(1, 2, 18), some(100, 18, 2))
    assert found.own.verdict == "better"
    assert found.own.change == pytest.approx(0.8)
    assert found.own.low is not None
    assert 0.4 < found.own.low < 0.8


def test_what_the_whole_team_did_is_not_sold_as_coaching() -> None:
    found = compare(some(1, 5, 15), some(100, 15, 5), team_before=some(1000, 50, 150), team_after=some(2000, 150, 50))
    assert found.own.verdict == "better"
    assert found.gain is not None
    assert found.gain.change == pytest.approx(0.0)
    assert found.gain.verdict == "no_change_seen"
    alone = compare(some(1, 5, 15), some(100, 15, 5), team_before=some(1000, 100, 100), team_after=some(2000, 100, 100))
    assert alone.gain is not None
    assert alone.gain.verdict == "better"
    assert alone.own.low is not None
    assert alone.own.high is not None
    assert alone.gain.high - alone.gain.low >= alone.own.high - alone.own.low


def test_the_interval_of_the_gain_is_that_of_two_independent_changes() -> None:
    found = compare(some(1, 4, 6), some(100, 7, 3), team_before=some(1000, 10, 10), team_after=some(2000, 12, 8))
    assert found.team is not None
    assert found.gain is not None
    halves = [
        (one.high - one.low) / 2 for one in (found.own, found.team) if one.high is not None and one.low is not None
    ]
    assert (found.gain.high - found.gain.low) / 2 == pytest.approx((halves[0] ** 2 + halves[1] ** 2) ** 0.5)


def test_a_team_with_too_few_calls_is_shown_without_a_gain() -> None:
    found = compare(some(1, 5, 5), some(100, 8, 2), team_before=some(1000, 1, 1), team_after=some(2000, 1, 1))
    assert found.team is not None
    assert found.gain is None
    assert compare(some(1, 5, 5), some(100, 8, 2)).team is None


def test_the_call_it_was_picked_for_never_counts() -> None:
    found = compare(some(1, 4, 6), some(100, 8, 2), started_by=[10])
    assert found.before.started_it == 1
    assert found.own.calls_before == 9


def test_where_only_people_answer_calls_picked_for_risk_do_not_stand_for_all() -> None:
    lot = {"source": "person", "part": "random"}
    risk = {"source": "person", "part": "risk"}
    found = compare([*some(1, 5, 5, **lot), *some(50, 0, 9, **risk)], some(100, 8, 2, **lot))
    assert found.rule == "lot"
    assert found.own.mean_before == pytest.approx(0.5)
    assert found.before.picked == 9
    covered = compare(some(50, 0, 9, **risk), some(100, 8, 2, **lot), machine=True)
    assert (covered.rule, covered.own.calls_before) == ("all", 9)  # a person judged what the machine had answered too
    every = compare([*some(1, 5, 5), *some(50, 0, 9, **risk)], some(100, 8, 2))
    assert every.rule == "all"
    assert every.own.calls_before == 19
    assert every.before.by_people == 9


def test_answers_that_do_not_apply_are_no_calls() -> None:
    assert take_side([Answer(1, None), Answer(2, 0.5)], rule="all", started_by=()).values == ((2, 0.5),)


def test_it_is_read_back_as_it_was_stored() -> None:
    found = compare(some(1, 5, 5), some(100, 8, 2), team_before=some(1000, 5, 5), team_after=some(2000, 5, 5))
    assert read_effect(found.to_json()) == found
    assert read_effect(None) is None
    assert read_effect({"other": 1}) is None


def test_calls_between_the_talk_and_the_action_count_for_neither_side() -> None:
    due = MONDAY + timedelta(days=10)
    found = windows_of(held_at=MONDAY, due_at=due, done_at=None, weeks=4)
    assert (found.before_since, found.before_until) == (MONDAY - timedelta(weeks=4), MONDAY)
    assert (found.after_since, found.after_until) == (due, due + timedelta(weeks=4))
    early = windows_of(held_at=MONDAY, due_at=due, done_at=MONDAY + timedelta(days=2), weeks=4)
    assert early.after_since == MONDAY + timedelta(days=2)
    late = windows_of(held_at=MONDAY, due_at=due, done_at=due + timedelta(days=9), weeks=4)
    assert late.after_since == due
    held_late = windows_of(held_at=due + timedelta(days=3), due_at=due, done_at=None, weeks=4)
    assert held_late.after_since == due + timedelta(days=3)
    assert not found.begun(due - timedelta(seconds=1))
    assert found.over(due + timedelta(weeks=4))
