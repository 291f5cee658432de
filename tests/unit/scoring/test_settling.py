"""Who answers and when: suggestions, people only, N/A not allowed, conditions; ranges, text, thresholds in a score."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, UNANSWERED, Assessment, CriterionResult, Suggestion
from scoring.engine import score
from scoring.report import as_text
from scoring.scorecard import total
from scoring.settling import settle
from scoring.standards import Condition, Criterion, Fail, Option, Range, Section, Standard, load_standard
from tests.unit.scoring.calls import GOOD, call

YES_NO = (Option("no", 0, {"en": "No"}), Option("yes", 1, {"en": "Yes"}))


def criterion(name: str, **more: object) -> Criterion:
    return replace(Criterion(name, {"en": name}, {}, "person", {}, YES_NO, 1.0), **more)  # type: ignore[arg-type]


def card(*criteria: Criterion, fail: Fail | None = None) -> Standard:
    return Standard("t", 1, {"en": "T"}, {}, (Section("s", {"en": "S"}, 1.0, criteria, fail),))


def said(name: str, answer: str, points: float | None = None) -> CriterionResult:
    return CriterionResult(name, "s", answer, points, 1.0, 1.0, 0.9 if points is not None else None, why="Because.")


def test_what_only_people_answer_stays_unanswered_and_lowers_coverage() -> None:
    standard = card(criterion("a"), criterion("b", mode="people"))
    settled = settle(standard, [said("a", "yes", 1), said("b", "yes", 1)])
    assert [result.answer for result in settled] == ["yes", UNANSWERED]
    assert total(standard, settled).coverage == 0.5
    assert total(standard, settled).final == 100


def test_a_suggestion_does_not_count_and_is_kept_with_its_confidence() -> None:
    standard = card(criterion("a"), criterion("b", mode="suggest"))
    settled = settle(standard, [said("a", "yes", 1), said("b", "no", 0)])
    assert settled[1].answer == UNANSWERED
    assert settled[1].points is None
    assert settled[1].suggestion == Suggestion("no", 0.9)
    assert total(standard, settled).final == 100
    assert total(standard, settled).coverage == 0.5


def test_na_that_is_not_allowed_waits_for_a_person() -> None:
    standard = card(criterion("a", na_allowed=False))
    assert settle(standard, [said("a", NOT_APPLICABLE)])[0].answer == CANNOT_JUDGE


@pytest.mark.parametrize(
    ("parent", "child", "then"),
    [("yes", 1, "yes"), ("no", 0, NOT_APPLICABLE), (CANNOT_JUDGE, None, CANNOT_JUDGE), (NOT_APPLICABLE, None, "na")],
)
def test_a_condition_decides_whether_a_criterion_is_asked(parent: str, child: int | None, then: str) -> None:
    standard = card(criterion("a"), criterion("b", when=Condition("a", ("yes",))))
    settled = settle(standard, [said("a", parent, child), said("b", "yes", 1)])
    assert settled[1].answer == then


def test_a_condition_holds_in_the_arithmetic_too_along_a_chain() -> None:
    a, b = criterion("a"), criterion("b", when=Condition("a", ("yes",)))
    c = criterion("c", when=Condition("b", ("no",)))
    standard = card(a, b, c)
    hidden = total(standard, [said("a", "no", 0), said("b", "no", 0), said("c", "yes", 1)])
    assert (hidden.final, hidden.coverage) == (0, 1)  # b and c are not asked
    asked = total(standard, [said("a", "yes", 1), said("b", "no", 0), said("c", "yes", 1)])
    assert asked.final == pytest.approx(200 / 3)
    open_ = total(standard, [said("b", "no", 0), said("c", "yes", 1)])
    assert (open_.final, open_.coverage) == (None, 0)


@pytest.mark.parametrize(
    ("answer", "fraction"), [("0", 0), ("5", 50), ("2.5", 25), ("10", 100), ("11", None), ("3", None), ("nan", None)]
)
def test_a_number_counts_by_its_place_in_the_range(answer: str, fraction: float | None) -> None:
    one = criterion("a", kind="range", options=(), range=Range(0, 10, 2.5))
    assert total(card(one), [said("a", answer, 99)]).final == fraction


def test_a_number_under_the_threshold_fails() -> None:
    scale = Range(0, 10, 1, Fail(3, "whole"))
    standard = card(criterion("a", kind="range", options=(), range=scale), criterion("b"))
    assert total(standard, [said("a", "3"), said("b", "yes", 1)]).final == pytest.approx(65)
    failed = total(standard, [said("a", "2"), said("b", "yes", 1)])
    assert (failed.final, failed.raw) == (0, pytest.approx(60))


def test_text_gives_no_points_whatever_is_typed() -> None:
    note = criterion("n", kind="text", options=(), weight=0.0, mode="people")
    standard = card(criterion("a"), note)
    empty, typed = (total(standard, [said("a", "yes", 1), said("n", text, 1)]) for text in (UNANSWERED, "Well done!"))
    assert empty == typed
    assert (typed.final, typed.coverage) == (100, 1)


@pytest.mark.parametrize(("fails", "final"), [("section", 50), ("whole", 0)])
def test_a_section_under_its_threshold_fails(fails: str, final: float) -> None:
    weak = Section("s", {"en": "S"}, 1.0, (criterion("a"), criterion("b")), Fail(60, fails))
    strong = Section("t", {"en": "T"}, 1.0, (criterion("c"),))
    standard = Standard("t", 1, {"en": "T"}, {}, (weak, strong))
    made = [said("a", "yes", 1), said("b", "no", 0), said("c", "yes", 1)]
    score_ = total(standard, made)
    assert (score_.final, score_.raw) == (final, 75)
    assert total(standard, [said("a", "yes", 1), said("b", "yes", 1), said("c", "yes", 1)]).final == 100


def test_the_engine_keeps_a_suggestion_through_json_and_the_script_reads_it() -> None:
    shipped = load_standard("cold-call")
    suggesting = replace(
        shipped,
        sections=tuple(
            replace(s, criteria=tuple(replace(c, mode="suggest") for c in s.criteria)) for s in shipped.sections
        ),
    )
    plain, made = score(call(GOOD), shipped), score(call(GOOD), suggesting)
    assert made.score.final is None
    assert made.score.coverage == 0
    assert made.script == plain.script
    for found, before in zip(made.criteria, plain.criteria, strict=True):
        if before.answered:
            assert found.suggestion == Suggestion(before.answer, before.confidence)
            assert found.evidence == before.evidence
    assert Assessment.from_json(made.to_json()).to_json() == made.to_json()
    assert "suggestion" not in str(plain.to_json())
    assert "suggested:" in as_text(made, suggesting)
