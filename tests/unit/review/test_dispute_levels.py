"""Who decides a dispute: pure, by ids."""

from __future__ import annotations

import pytest

from review.disputes.levels import Parties, after_first, deciders, first_level, open_items

SCORER, RAISER, REP, MANAGER, OTHER, LEAD = 1, 2, 3, 4, 5, 6


@pytest.mark.parametrize(
    ("raised_as", "managers", "scorer", "level"),
    [
        ("rep", [MANAGER], SCORER, ("first", "")),
        ("rep", [MANAGER, OTHER], MANAGER, ("first", "")),
        ("rep", [MANAGER], MANAGER, ("lead", "scored_by_manager")),
        ("rep", [], SCORER, ("lead", "no_manager")),
        ("rep", [REP], SCORER, ("lead", "no_manager")),  # a manager's own call
        ("manager", [MANAGER, OTHER], SCORER, ("lead", "raised_by_manager")),
        ("rep", [MANAGER], None, ("first", "")),  # the scorer is gone
    ],
)
def test_where_a_dispute_begins(
    raised_as: str, managers: list[int], scorer: int | None, level: tuple[str, str]
) -> None:
    assert first_level(raised_as, managers, Parties(scorer, RAISER, REP)) == level


def test_nobody_with_a_part_in_it_decides() -> None:
    everybody = range(1, 8)
    parties = Parties(SCORER, RAISER, REP, first_decider=LEAD)
    assert deciders("first", everybody, parties) == (MANAGER, OTHER, LEAD, 7)
    assert deciders("lead", everybody, parties) == (MANAGER, OTHER, 7)
    assert deciders("lead", [SCORER, LEAD], parties) == ()
    assert deciders("lead", [7, 7, MANAGER], Parties(None, None, None)) == (MANAGER, 7)


def test_what_can_be_taken_further() -> None:
    assert after_first(["accepted", "accepted"]) == "decided"
    assert after_first(["accepted", "other"]) == "answered"
    assert after_first(["rejected"]) == "answered"
    said = [("a", "accepted"), ("b", "other"), ("c", "rejected"), ("d", "")]
    assert open_items("lead", said) == ("b", "c", "d")
    assert open_items("first", said) == ("d",)
