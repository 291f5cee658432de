"""What to ask next: the shares, the random part untouched by what is known, worth by margin and rarity."""

from __future__ import annotations

import random

from scoring.learning.selection import Waiting, margin, select


def pool(n: int = 200) -> list[Waiting]:
    """Calls with probabilities of their own; every fifth is one rules and model differ on."""
    lot = random.Random(3)
    found = []
    for call in range(n):
        yes = round(lot.random(), 3)
        model = "yes" if yes > 0.5 else "no"
        rules = model if call % 5 else ("no" if model == "yes" else "yes")
        found.append(Waiting(f"call-{call:03}", {"yes": yes, "no": 1 - yes}, rules, model))
    return found


def test_three_kinds_in_their_shares_and_no_call_twice() -> None:
    asked = select(pool(), 50, seed="monday")
    kinds = [item.why for item in asked]
    assert (kinds.count("margin"), kinds.count("disagreement"), kinds.count("random")) == (30, 10, 10)
    assert len({item.call for item in asked}) == 50
    by_call = {item.call: item for item in pool()}
    assert all(by_call[item.call].rules != by_call[item.call].model for item in asked if item.why == "disagreement")


def test_the_random_part_does_not_depend_on_what_is_known_of_the_calls() -> None:
    def drawn(calls: list[Waiting]) -> list[str]:
        return [item.call for item in select(calls, 50, seed="s") if item.why == "random"]

    flat = [Waiting(item.call, {"yes": 0.5, "no": 0.5}) for item in pool()]
    assert drawn(pool()) == drawn(flat) == drawn(random.Random(9).sample(pool(), 200))
    assert drawn(pool()) != [item.call for item in select(pool(), 50, seed="t") if item.why == "random"]


def test_the_least_sure_come_first_and_rare_answers_before_common_ones() -> None:
    calls = [Waiting(f"c{n}", {"yes": 0.95, "no": 0.05}) for n in range(20)]
    calls += [Waiting("torn", {"yes": 0.55, "no": 0.45}), Waiting("turned", {"yes": 0.45, "no": 0.55})]
    worth = {item.call: item.worth for item in select(calls, 22) if item.why == "margin"}
    first = [call for call in ("torn", "turned") if call in worth]
    assert first
    assert all(worth[call] > worth[other] for call in first for other in worth if other not in first)
    if len(first) == 2:  # "turned" is the likelier to be the rare answer
        assert worth["turned"] > worth["torn"]


def test_without_disagreement_its_places_go_to_the_unsure() -> None:
    calls = [Waiting(f"c{n}", {"yes": n / 40, "no": 1 - n / 40}) for n in range(40)]
    kinds = [item.why for item in select(calls, 20)]
    assert (kinds.count("margin"), kinds.count("disagreement"), kinds.count("random")) == (16, 0, 4)
    assert select([], 10) == ()
    assert len(select(calls[:2], 10)) == 2


def test_margin() -> None:
    assert margin({"a": 1.0}) == 1.0
    assert margin({"a": 0.5, "b": 0.5}) == 0.0
    assert round(margin({"a": 0.2, "b": 0.7, "c": 0.1}), 6) == 0.5
