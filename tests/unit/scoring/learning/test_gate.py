"""Agreement and the gate: weighted kappa by hand, intervals by calls, and each verdict of the gate."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from scoring.learning.agreement import NOTHING, Agreement, Pair, agree, pairs_of_people, weighted_kappa
from scoring.learning.gate import decide, measure
from scoring.learning.measures import kappa
from tests.unit.scoring.learning.test_labels import label


def pairs(n: int, wrong: float, seed: int = 0) -> list[Pair]:
    """`n` calls with two answers each, of which about `wrong` differ."""
    lot = random.Random(seed)
    found = []
    for call in range(n):
        first = lot.choice(["yes", "no"])
        other = "no" if first == "yes" else "yes"
        found.append(Pair(f"c{call}", first, other if lot.random() < wrong else first))
    return found


def test_weighted_kappa_is_plain_kappa_for_two_steps_and_kinder_to_near_misses() -> None:
    first, second = list("0112201221"), list("0121200221")
    near = weighted_kappa(list("0011220"), list("0112210"), ("0", "1", "2"))
    far = weighted_kappa(list("0011220"), list("2011220"), ("0", "1", "2"))
    assert weighted_kappa(list("0110"), list("0100"), ("0", "1")) == pytest.approx(kappa(list("0110"), list("0100")))
    assert near > kappa(list("0011220"), list("0112210"))
    assert far < kappa(list("0011220"), list("2011220"))
    assert weighted_kappa(first, first, ("0", "1", "2")) == 1.0
    assert weighted_kappa(first, second, ("0", "1", "2")) < 1.0


def test_weighted_kappa_by_hand() -> None:
    # Cohen 1968's formula on a 3 x 3 table: observed cost 2/10, expected cost (by the margins) 1.24.
    first = list("0001112222")
    second = list("0011112221")
    observed = (1 + 1) / 10
    rows, columns = (3, 3, 4), (2, 5, 3)
    expected = sum((a - b) ** 2 * rows[a] * columns[b] for a in range(3) for b in range(3)) / 100
    assert weighted_kappa(first, second, ("0", "1", "2")) == pytest.approx(1 - observed / expected)


def test_an_answer_outside_the_scale_is_as_far_as_the_ends() -> None:
    order = ("0", "1", "2")
    assert weighted_kappa(["0", "2", "na", "0"], ["0", "2", "0", "2"], order) == pytest.approx(
        weighted_kappa(["0", "2", "na", "0"], ["0", "2", "2", "2"], order), abs=0.4
    )


def test_intervals_draw_calls_and_count_calls() -> None:
    many = [Pair("one", "yes", "yes"), Pair("one", "no", "no"), *pairs(40, 0.2)]
    found = agree(many)
    assert found.n == 41
    assert found.low is not None
    assert found.kappa is not None
    assert found.high is not None
    assert found.low < found.kappa < found.high
    assert agree(many) == found  # the same input, the same interval
    assert agree([]) == NOTHING


def test_people_are_paired_on_the_same_call_by_their_last_words() -> None:
    given = [
        label(answer="no", at="1"),
        label(answer="yes", at="2"),
        label(answer="no", reviewer="boris"),
        label(call="c2", reviewer="boris"),
    ]
    assert pairs_of_people(given) == [Pair("c1", "yes", "no")]


def test_the_gate_opens_where_the_machine_agrees_as_people_do() -> None:
    people = agree(pairs(60, 0.1))
    assert decide(people, agree(pairs(60, 0.1, seed=5))).is_open
    assert "as well as people" in decide(people, agree(pairs(60, 0.05, seed=5))).why


def test_who_has_read_the_answer_does_not_open_the_gate() -> None:
    people, machine = agree(pairs(60, 0.1)), agree(pairs(60, 0.1, seed=5))
    gate = decide(people, machine, anchored=True)
    assert (gate.verdict, gate.is_open) == ("anchored", False)
    assert "answered blind" in gate.why


def test_blind_answers_are_measured_before_others() -> None:
    open_eyed = [label(call=f"c{n}", answer="yes", machine="yes", drawn_by="random") for n in range(40)]
    blind = [replace(label(call=f"b{n}", answer="no", machine="yes"), blind=True) for n in range(30)]
    measured = measure([*open_eyed, *blind], ("no", "yes"), "greeting.en", None)
    assert (measured.machine_basis, measured.machine.n, measured.seen.n) == ("blind", 30, 40)
    assert measured.machine.share == 0.0
    few = measure([*open_eyed, *blind[:29]], ("no", "yes"), "greeting.en", None)
    assert (few.machine_basis, few.machine.n) == ("random", 40)
    other = measure(blind, ("no", "yes"), "greeting.en", "3")
    assert (other.machine_basis, other.machine.n) == ("all", 0)  # another judge's answers say nothing of this one


@pytest.mark.parametrize(
    ("people", "machine", "verdict", "word"),
    [
        (agree(pairs(12, 0.1)), agree(pairs(60, 0.1)), "too_few_pairs", "12 calls"),
        (agree(pairs(60, 0.45)), agree(pairs(60, 0.0)), "wording", "wording is the problem"),
        (agree(pairs(60, 0.1)), agree(pairs(29, 0.0)), "too_few", "29 calls"),
        (agree(pairs(60, 0.02)), agree(pairs(60, 0.3)), "below", "keep confirming"),
        (NOTHING, NOTHING, "too_few_pairs", "0 calls"),
        (Agreement(40, 0.8, 0.6, 0.9, 0.9), Agreement(40, None, None, None, None), "too_few", "40 calls"),
    ],
)
def test_the_gate_stays_shut_and_says_why(people: Agreement, machine: Agreement, verdict: str, word: str) -> None:
    gate = decide(people, machine)
    assert (gate.verdict, gate.is_open) == (verdict, False)
    assert word in gate.why
