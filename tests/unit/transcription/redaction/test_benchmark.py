"""The targets for cards and codes hold on labelled conversations, and the benchmark counts what it says."""

from __future__ import annotations

import pytest

from benchmarks.redaction import TARGETS, Outcome, measure, rows, wilson
from benchmarks.redaction_dialogues import Dialogue, Label
from benchmarks.redaction_sets import SETS, make_dialogues
from benchmarks.redaction_values import luhn_digit
from transcription.redaction.checks import is_chinese_id, passes_luhn


def test_cards_and_codes_reach_their_targets_on_five_hundred_conversations() -> None:
    dialogues = [d for scenes in SETS for d in make_dialogues(80, 9, scenes)]
    made = rows(measure(dialogues))
    cards = next(row for row in made if row["kind"] == "card and code" and row["language"] == "all")
    assert cards["values"] > 500
    assert cards["recall"] >= TARGETS["recall"]
    assert cards["precision"] >= TARGETS["precision"]
    for kind in ("phone", "email"):
        assert next(r for r in made if r["kind"] == kind and r["language"] == "all")["recall"] >= 0.95


def test_a_value_counts_as_found_only_when_all_of_it_is_masked() -> None:
    said = "my card number is 4242 4242 4242 4242"
    labels = [Label(0, 18, 37, 0, "card")]
    found = measure([Dialogue("en", [("C", said)], labels, ["card"])])
    assert (found.figures[("en", "card")].found, found.figures[("en", "card")].right) == (1, 1)
    missed = measure([Dialogue("en", [("C", said)], [Label(0, 0, 37, 0, "card")], ["card"])])
    assert missed.figures[("en", "card")].found == 0
    assert missed.leaked > 0


def test_a_mask_on_nothing_private_counts_against_precision() -> None:
    outcome = measure([Dialogue("en", [("C", "my card number is 4242 4242 4242 4242")], [], [])])
    assert (outcome.figures[("en", "card")].masks, outcome.figures[("en", "card")].right) == (1, 0)
    assert rows(Outcome()) == []


def test_dialogues_depend_on_their_seed_only() -> None:
    assert make_dialogues(12, 5) == make_dialogues(12, 5)
    assert make_dialogues(12, 5) != make_dialogues(12, 6)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(0, 0, 0.0, 1.0), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)]
)
def test_wilson_intervals(hits: int, count: int, low: float, high: float) -> None:
    """Values of the published formula: 10 of 10 gives 0.722 to 1, 5 of 10 gives 0.237 to 0.763."""
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-4)


def test_check_digits() -> None:
    assert luhn_digit("424242424242424") == "2"
    assert passes_luhn("4242424242424242")
    assert not passes_luhn("4242424242424241")
    assert is_chinese_id("11010519491231002")
    assert not is_chinese_id("110105194912310021")
