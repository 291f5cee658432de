"""A draw: nothing twice, numbers held, the lot uniform with the chance it says, whatever the order of the calls."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sampling.draw import LEAST_SHARE, Candidate, Terms, draw, fall

terms_of = st.one_of(
    st.builds(lambda n, share: Terms(per_rep=n, random_share=share), st.integers(1, 8), st.floats(LEAST_SHARE, 1.0)),
    st.builds(
        lambda p, share: Terms(percent=p, random_share=share), st.floats(0.5, 100.0), st.floats(LEAST_SHARE, 1.0)
    ),
)
calls_of = st.lists(
    st.builds(
        Candidate,
        call_id=st.integers(1, 400),
        rep_id=st.one_of(st.none(), st.integers(1, 5)),
        risk=st.sampled_from((0.0, 0.0, 0.4, 1.0)),
        taken=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda candidate: candidate.call_id,
)


@given(calls_of, terms_of, st.text(max_size=8), st.randoms())
def test_what_every_draw_keeps(calls: list[Candidate], terms: Terms, seed: str, shuffle: random.Random) -> None:
    found = draw(calls, terms, seed)
    by_id = {candidate.call_id: candidate for candidate in calls}

    ids = [pick.call_id for pick in found.picks]
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(by_id)
    assert found.population == len(calls)
    for pick in found.picks:
        assert (pick.part == "random") == (pick.probability is not None)
        if pick.probability is not None:
            assert 0 < pick.probability <= 1
            assert pick.probability == pick.drawn / pick.population
        else:
            assert not by_id[pick.call_id].taken
            assert pick.filler == (by_id[pick.call_id].risk == 0)

    for stratum in found.strata:
        members = [pick for pick in found.picks if terms.per_rep is None or pick.rep_id == stratum.rep_id]
        lots = [pick for pick in members if pick.part == "random"]
        most = terms.per_rep or max(1, math.floor(stratum.population * (terms.percent or 0) / 100 + 0.5))
        assert len(members) <= min(most, stratum.population)
        free = sum(not by_id[call_id].taken for call_id in stratum.call_ids)
        if free == stratum.population:
            assert len(members) == min(most, stratum.population)  # the number is full when enough calls are free
        assert len(lots) == stratum.by_lot >= 1
        assert len(lots) >= terms.random_share * min(most, stratum.population) - 1e-9
        assert {pick.call_id for pick in lots} == set(fall(stratum.call_ids, stratum.by_lot, seed))

    shuffled = list(calls)
    shuffle.shuffle(shuffled)
    assert draw(shuffled, terms, seed) == found


def test_the_lot_is_uniform_and_its_chance_is_the_stated_one() -> None:
    """Over 4,000 seeds every call is drawn as often as said, whether risky, taken or plain (chi-square, 5 sigma)."""
    calls = [Candidate(n, 1, risk=float(n % 3), taken=n % 4 == 0) for n in range(1, 13)]
    terms = Terms(per_rep=5, random_share=0.4)
    times = 4_000
    drawn: Counter[int] = Counter()
    stated = set()
    for seed in range(times):
        for pick in draw(calls, terms, f"seed {seed}").picks:
            if pick.part == "random":
                drawn[pick.call_id] += 1
                stated.add(pick.probability)
    assert stated == {2 / 12}
    expected = times * 2 / 12
    spread = math.sqrt(times * (2 / 12) * (10 / 12))
    assert all(abs(drawn[call.call_id] - expected) < 5 * spread for call in calls)
    chi_square = math.fsum((drawn[call.call_id] - expected) ** 2 / expected for call in calls)
    assert chi_square < 40  # 11 degrees of freedom: one in 20,000


def test_pairs_are_drawn_as_often_as_each_other() -> None:
    calls = [Candidate(n, None) for n in range(6)]
    pairs: Counter[tuple[int, ...]] = Counter()
    for seed in range(3_000):
        pairs[tuple(sorted(fall((call.call_id for call in calls), 2, str(seed))))] += 1
    assert len(pairs) == 15
    assert max(abs(count - 200) for count in pairs.values()) < 5 * math.sqrt(200 * 14 / 15)


def test_risk_takes_the_places_the_lot_leaves_riskiest_first() -> None:
    calls = [Candidate(n, 7, risk=n / 10) for n in range(10)]
    found = draw(calls, Terms(per_rep=5, random_share=0.2), "s")
    lots = {pick.call_id for pick in found.picks if pick.part == "random"}
    risky = {pick.call_id for pick in found.picks if pick.part == "risk"}
    assert len(lots) == 1
    assert risky == set([n for n in range(9, -1, -1) if n not in lots][:4])
    assert not any(pick.filler for pick in found.picks)


def test_places_that_no_risk_fills_go_to_the_lot() -> None:
    calls = [Candidate(n, 7, risk=1.0 if n == 3 else 0.0) for n in range(10)]
    found = draw(calls, Terms(per_rep=4, random_share=0.25), "s")
    assert (found.strata[0].by_lot, len(found.picks)) == (3, 4)


def test_what_the_period_gave_already_counts() -> None:
    calls = [Candidate(n, n % 2) for n in range(20)]
    found = draw(calls, Terms(per_rep=3), "s", had={0: 3, 1: 1})
    assert {(stratum.rep_id, stratum.by_lot + stratum.by_risk) for stratum in found.strata} == {(1, 2)}
    assert all(call_id % 2 for call_id in found.strata[0].call_ids)  # a rep without room is in no frame


def test_a_call_that_is_somebodys_counts_for_the_lot_and_is_not_given_again() -> None:
    calls = [Candidate(n, 1, risk=1.0, taken=True) for n in range(5)]
    found = draw(calls, Terms(per_rep=3, random_share=0.5), "s")
    assert [pick.part for pick in found.picks] == ["random"] * 3
    assert found.new == ()
    assert found.strata[0].already == 3


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"per_rep": 2, "percent": 5.0},
        {"per_rep": 0},
        {"percent": 0.0},
        {"percent": 101.0},
        {"per_rep": 2, "random_share": 0.0},
        {"per_rep": 2, "random_share": 0.1},
        {"per_rep": 2, "random_share": 1.5},
    ],
)
def test_terms_that_make_no_sense_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Terms(**bad)  # type: ignore[arg-type]
