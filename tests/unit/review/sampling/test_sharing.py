"""Calls are shared out in turn or by load; nobody gets what they may not score. Periods have one name each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from review.sampling.draw import Pick
from review.sampling.periods import closed_period, quota_by_now, running_period
from review.sampling.sharing import BY_LOAD, IN_TURN, share_out


def picks(*reps: int | None) -> list[Pick]:
    """A pick of each of these reps' calls, numbered from 1."""
    return [
        Pick(call_id=n, rep_id=rep, part="random", probability=0.5, drawn=1, population=2)
        for n, rep in enumerate(reps, start=1)
    ]


def anybody(_user: int, _rep: int | None) -> bool:
    return True


def test_in_turn_goes_on_after_the_last() -> None:
    given_out = share_out(picks(1, 1, 1, 1), (10, 20, 30), anybody, sharing=IN_TURN, last=20)
    assert list(given_out.values()) == [30, 10, 20, 30]


def test_by_load_fills_up_whoever_has_least() -> None:
    given_out = share_out(picks(1, 1, 1, 1), (10, 20, 30), anybody, sharing=BY_LOAD, load={10: 3, 20: 1, 30: 2})
    assert list(given_out.values()) == [20, 20, 30, 10]


def test_nobody_scores_their_own_calls() -> None:
    own = {10: 1, 20: 2}
    for sharing in (IN_TURN, BY_LOAD):
        given_out = share_out(picks(1, 2, 1, 2), (10, 20), lambda user, rep: own[user] != rep, sharing=sharing)
        assert given_out == {1: 20, 2: 10, 3: 20, 4: 10}


def test_what_nobody_may_score_is_left_out() -> None:
    assert share_out(picks(1, 2), (10,), lambda _user, rep: rep != 1, sharing=IN_TURN) == {2: 10}
    assert share_out(picks(1), (), anybody, sharing=BY_LOAD) == {}


@given(st.integers(1, 6), st.integers(0, 40), st.sampled_from((IN_TURN, BY_LOAD)))
def test_shares_differ_by_one_at_most(people: int, calls: int, sharing: str) -> None:
    given_out = share_out(picks(*[1] * calls), tuple(range(people)), anybody, sharing=sharing)
    counts = [list(given_out.values()).count(user) for user in range(people)]
    assert sum(counts) == calls
    assert max(counts) - min(counts) <= 1


def test_weeks_begin_on_monday_and_keep_their_year() -> None:
    new_year = datetime(2027, 1, 2, 23, 59, tzinfo=UTC)  # a Saturday
    week = running_period("week", new_year)
    assert (week.key, week.start) == ("2026-W53", datetime(2026, 12, 28, tzinfo=UTC))
    assert closed_period("week", new_year).key == "2026-W52"
    assert closed_period("day", new_year).key == "2027-01-01"
    assert closed_period("week", new_year).end == week.start


@given(st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1)), st.sampled_from(("day", "week")))
def test_periods_follow_each_other_without_a_gap(moment: datetime, kind: str) -> None:
    now = moment.replace(tzinfo=UTC)
    running = running_period(kind, now)
    assert running.start <= now < running.end
    assert closed_period(kind, now).end == running.start
    assert running_period(kind, running.end).start == running.end
    assert closed_period(kind, now).key != running.key


def test_a_running_period_gives_its_share() -> None:
    week = running_period("week", datetime(2026, 11, 18, tzinfo=UTC))
    assert quota_by_now(7, week, week.start + timedelta(days=3)) == 3
    assert quota_by_now(3, week, week.start) == 1
    assert quota_by_now(3, week, week.end + timedelta(days=9)) == 3
