"""Mining finds what really goes with success, and nothing where there is nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.mining.calls import Act, MinedCall, Place, Said, agreed_at, mined_call
from scoring.mining.candidates import Candidate, find_candidates, place_of
from scoring.mining.effect import lift, log_odds
from scoring.mining.search import TooFewCalls, mine
from scoring.mining.testing import benjamini_hochberg, probabilities, residuals

WORDS = [f"word{number}" for number in range(60)]
GOOD = ("let", "us", "book", "a", "slot")


def spoken(sentences: Sequence[Sequence[str]]) -> tuple[tuple[Said, ...], ...]:
    """Sentences as mined lines, each a turn of its own."""
    return tuple(
        tuple(Said(word, Place(turn, at * 8, at * 8 + 7)) for at, word in enumerate(words))
        for turn, words in enumerate(sentences)
    )


def company(seed: int, calls: int = 1200, reps: int = 12, effect: float = 0.3) -> list[MinedCall]:
    """Calls of reps of different skill; the good phrase raises the chance of success by `effect`."""
    chance = random.Random(seed)
    skill = {f"rep{number}": chance.uniform(0.2, 0.5) for number in range(reps)}
    made = []
    for number in range(calls):
        rep = f"rep{number % reps}"
        lines = [chance.choices(WORDS, k=8) for _ in range(chance.randint(3, 9))]
        says = chance.random() < 0.3
        if says:
            lines.insert(0, list(GOOD))
        if chance.random() < skill[rep] * 2 - 0.3:
            lines.append(["habit", "of", "good", "reps"])
        won = chance.random() < skill[rep] + (effect if says else 0.0)
        made.append(MinedCall(f"c{number:05}", f"{number:05}", rep, "sales", "web", won, spoken(lines)))
    return made


@pytest.fixture(scope="module")
def found():
    """What is mined from a company where one phrase helps."""
    return mine(company(1), shuffles=5)


def test_the_phrase_that_helps_is_found_whole_with_its_lift_reps_and_clips(found) -> None:
    assert [item.candidate.words for item in found.survivors] == [GOOD]
    item = found.survivors[0]
    assert item.lift.low is not None
    assert item.lift.low > 1.2
    assert item.reps == 12
    assert max(item.q_discovery, item.q_confirmation) <= 0.1
    assert len(item.clips) == 5
    assert item.clips[0].place == Place(0, 0, 39)


def test_a_habit_of_good_reps_is_not_evidence(found) -> None:
    assert all("habit" not in item.candidate.words for item in found.survivors)


def test_nothing_survives_shuffled_outcomes(found) -> None:
    assert found.shuffled_survivors == 0


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_nothing_is_found_where_nothing_helps(seed: int) -> None:
    assert mine(company(seed, effect=0.0), shuffles=0).survivors == ()


def test_the_same_calls_in_another_order_give_the_same_result() -> None:
    calls = company(5)
    assert mine(calls, shuffles=1) == mine(calls[::-1], shuffles=1)


@pytest.mark.parametrize(("calls", "reps"), [(999, 12), (1200, 7)])
def test_too_few_calls_or_reps_are_refused_with_the_figures(calls: int, reps: int) -> None:
    with pytest.raises(TooFewCalls, match="mostly chance") as refused:
        mine(company(6, calls=calls, reps=reps))
    assert (refused.value.calls, refused.value.reps) == (calls, reps)


def test_only_the_longest_of_phrases_that_always_come_together_is_kept() -> None:
    calls = company(7, calls=200)
    phrases = {candidate.words for candidate in find_candidates(calls).candidates}
    assert GOOD in phrases
    assert not phrases & {GOOD[:4], GOOD[1:3]}


def test_a_sequence_of_moves_is_conditioned_on_the_objection_before_it() -> None:
    acts = (
        Act("client", "objection.price", Place(1, 0, 5)),
        Act("rep", "move.acknowledge", Place(2, 0, 5)),
        Act("rep", "move.clarify", Place(2, 6, 9)),
        Act("client", "objection.timing", Place(3, 0, 5)),
        Act("rep", "move.listen", Place(4, 0, 5)),
    )
    calls = [MinedCall(f"c{n}", str(n), "r", "", "", True, (), acts if n < 8 else ()) for n in range(20)]
    names = [candidate.words for candidate in find_candidates(calls).candidates if candidate.kind == "sequence"]
    assert ("objection.price", "move.acknowledge", "move.clarify") in names
    assert ("objection.price", "move.acknowledge", "move.clarify", "move.listen") not in names
    whole = Candidate("sequence", ("objection.price", "move.acknowledge", "move.clarify"))
    assert place_of(calls[0], whole) == Place(2, 0, 5)
    assert place_of(calls[19], whole) is None


def test_lift_is_the_mantel_haenszel_risk_ratio() -> None:
    # Two strata with a risk ratio of 2 in each, of different sizes and base rates.
    present = np.array([True] * 10 + [False] * 10 + [True] * 20 + [False] * 40)
    won = np.array(
        [True] * 8 + [False] * 2 + [True] * 4 + [False] * 6 + [True] * 10 + [False] * 10 + [True] * 10 + [False] * 30
    )
    strata = np.array([0] * 20 + [1] * 60)
    found = lift(present, won, strata)
    assert found.value == pytest.approx(2.0)
    assert (found.low or 9) < 2.0 < (found.high or 0)


def test_lift_is_not_estimable_when_nobody_lacks_it() -> None:
    assert lift(np.ones(4, dtype=bool), np.array([True, False, True, False]), np.zeros(4, dtype=np.int64)).value is None


def test_log_odds_order_what_is_commoner_in_won_calls_first() -> None:
    matrix = np.array([[True, True, True, False], [True, False, True, False], [False, False, True, True]])
    odds = log_odds(matrix, np.array([True, True, False, False]))
    assert odds[0] > odds[1] > odds[2]


@given(st.lists(st.floats(0.0001, 1.0), min_size=1, max_size=30))
def test_false_discovery_rates_are_at_least_p_and_keep_its_order(p: list[float]) -> None:
    q = benjamini_hochberg(np.array(p))
    assert np.all((q >= np.array(p) - 1e-12) & (q <= 1))
    assert np.all(np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12)


def test_probabilities_of_noise_are_uniform() -> None:
    chance = np.random.default_rng(3)
    matrix = chance.random((400, 600)) < 0.3
    won = chance.random(600) < 0.4
    p = probabilities(residuals(matrix, won, np.zeros(600, dtype=np.int64), np.arange(600) % 10), seed=1)
    assert 0.42 < p.mean() < 0.58
    assert (p < 0.1).mean() < 0.16


def test_what_is_said_after_the_client_agreed_is_left_out(scored_conversation) -> None:
    conversation, hits = scored_conversation(
        [
            ("rep", "We could start with a free month. Shall I set that up?"),
            ("client", "It is too expensive for us."),
            ("rep", "I understand. What did you have in mind?"),
            ("client", "All right, let's do it."),
            ("rep", "Wonderful, thank you for your order number 15."),
        ]
    )
    assert agreed_at(conversation, hits) == 3
    call = mined_call("c", conversation, hits, when="1", rep="r", queue="", source="", won=True)
    said = [word.text for line in call.lines for word in line]
    assert {"month", "mind"} <= set(said)
    assert "order" not in said


def test_names_and_numbers_are_slots(scored_conversation) -> None:
    conversation, hits = scored_conversation([("rep", "This is Anna from Northwind, it costs $40 or 35 euros")])
    names = frozenset({"anna", "northwind"})
    call = mined_call("c", conversation, hits, when="1", rep="r", queue="", source="", won=False, names=names)
    words = " ".join(word.text for line in call.lines for word in line)
    assert words == "this is #name from #name it costs dollar #number or #number euros"


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("ru", "Скидка 10% до пятницы", ["скидка", "#number", "процент", "до", "пятницы"]),
        ("ko", "오늘 무료 체험 30일 가능합니다", ["오늘", "무료", "체험", "#number일", "가능합니다"]),
        ("zh", "可以试用30天", ["可", "以", "试", "用", "#number", "天"]),
    ],
)
def test_words_are_those_of_the_language(scored_conversation, language: str, text: str, words: list[str]) -> None:
    conversation, hits = scored_conversation([("rep", text)], language)
    call = mined_call("c", conversation, hits, when="1", rep="r", queue="", source="", won=False)
    assert [word.text for line in call.lines for word in line] == words
