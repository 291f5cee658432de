"""What changed between two assessments, answer by answer, and what may be behind it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from review.queries.assessment_changes import compare
from scoring.engine import score
from scoring.standards import load_standard
from tests.unit.scoring.calls import BAD, GOOD, call, timed


def judged(text: str = GOOD, standard: str = "cold-call") -> dict[str, Any]:
    return score(timed(call(text)), load_standard(standard)).to_json()


def answer_otherwise(data: dict[str, Any], criterion: str, **changes: Any) -> dict[str, Any]:
    changed = deepcopy(data)
    item = next(item for item in changed["criteria"] if item["id"] == criterion)
    item.update(changes)
    return changed


def test_the_same_assessment_has_no_change() -> None:
    change = compare(judged(), judged())
    assert not change.any
    assert (change.answers, change.causes) == ((), ())


def test_a_changed_answer_carries_both_sides_with_quote_and_reason() -> None:
    before = judged()
    after = answer_otherwise(before, "greeting", answer="1", points=1, why="Greeted, but gave no name.")
    after["score"] = {**after["score"], "final": before["score"]["final"] - 3}
    change = compare(before, after)
    assert change.moved
    (one,) = change.answers
    assert (one.criterion, one.cause) == ("greeting", "rules")
    assert one.before is not None
    assert one.after is not None
    assert (one.before.answer, one.after.answer) == ("2", "1")
    assert one.before.quote is not None
    assert one.before.quote.quote == "Good morning"
    assert one.after.why == "Greeted, but gave no name."


def test_a_criterion_that_came_or_went_and_a_new_weight_are_changes() -> None:
    before = judged()
    without = deepcopy(before)
    gone = without["criteria"].pop(0)
    added = compare(without, before).answers
    assert [(one.criterion, one.cause, one.before) for one in added] == [(gone["id"], "added", None)]
    assert compare(before, without).answers[0].cause == "removed"
    weighed = compare(before, answer_otherwise(before, "company", weight=9)).answers
    assert [(one.criterion, one.cause) for one in weighed] == [("company", "weight")]


def test_causes_name_standard_pack_and_model() -> None:
    before = judged()
    after = {**before, "version": before["version"] + 1, "packs": {"en": "0"}, "models": {"greeting": "3"}}
    assert compare(before, after).causes == ("standard", "pack", "model")
    assert not compare(before, after).any


def test_another_standard_compares_by_the_criteria_both_have() -> None:
    change = compare(judged(), judged(standard="closing"))
    causes = {one.criterion: one.cause for one in change.answers}
    assert causes["reason_for_call"] == "removed"
    assert causes["refers_back"] == "added"


def test_scored_on_one_side_only_is_a_move() -> None:
    before, after = judged(BAD), judged(BAD)
    after["score"] = {**after["score"], "final": None}
    assert compare(before, after).moved
    assert not compare(after, deepcopy(after)).moved
