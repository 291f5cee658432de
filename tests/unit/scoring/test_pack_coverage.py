"""What every language's pack covers at least: as many ways of saying it as people on the phone there have."""

from __future__ import annotations

from collections import Counter

import pytest

from scoring.packs import languages_with_packs, load_pack

TYPES = ("price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other")
MOVES = ("listen", "acknowledge", "clarify", "answer", "alternative", "check")
FLOORS = {"buying_signal": 25, "soft_no": 20, "hard_no": 20, "callback": 20}
ALSO = (
    "greeting", "own_name", "own_company", "need", "price_given", "asks_price", "next_step", "politeness", "thanks",
    "goodbye", "accept", "refuse", "do_not_call", "wrong_number", "leaves", "wants", "date",
)  # fmt: skip


@pytest.fixture(params=languages_with_packs())
def groups(request: pytest.FixtureRequest) -> Counter[str]:
    """How many entries each group of a language's pack has."""
    return Counter(entry.group for entry in load_pack(request.param).entries)


def under(groups: Counter[str], prefix: str) -> int:
    return sum(count for group, count in groups.items() if group == prefix or group.startswith(prefix + "."))


def test_objections_of_every_type(groups: Counter[str]) -> None:
    assert under(groups, "objection") >= 80
    assert {kind: groups[f"objection.{kind}"] for kind in TYPES if groups[f"objection.{kind}"] < 8} == {}


def test_every_handling_move(groups: Counter[str]) -> None:
    assert {move: under(groups, f"move.{move}") for move in MOVES if under(groups, f"move.{move}") < 12} == {}
    assert under(groups, "next_step") >= 12
    assert {kind for kind in TYPES if groups[f"move.answer.{kind}"] < 2} == set()


def test_signals_refusals_and_what_reps_must_not_say(groups: Counter[str]) -> None:
    assert {group: groups[group] for group, least in FLOORS.items() if groups[group] < least} == {}
    assert groups["forbidden"] + groups["pressure"] >= 15
    assert {group for group in ALSO if not groups[group]} == set()


@pytest.mark.parametrize("language", languages_with_packs())
def test_wishes_for_something_sent(language: str) -> None:
    sent = [entry for entry in load_pack(language).entries if entry.group == "send_info" or "send_info" in entry.tags]
    assert len(sent) >= 20


@pytest.mark.parametrize("language", languages_with_packs())
def test_every_entry_has_its_lines(language: str) -> None:
    thin = [entry.id for entry in load_pack(language).entries if min(len(entry.match), len(entry.miss)) < 5]
    assert thin == []
