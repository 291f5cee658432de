"""What a person's answers make of a scorecard: conditions, gaps, reasons, the score; whatever order they came in."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.evaluations.conflicts import differences
from review.evaluations.sheet import (
    Answer,
    AnswersRefused,
    Missing,
    asked,
    check_answers,
    criteria_of,
    machine_answer,
    missing,
    results_of,
    score_of,
)
from scoring.standards import Standard, load_standard, read_standard

TEXT = """
name: talk
version: 1
title: {en: Talk}
sections:
  - id: all
    title: {en: All}
    weight: 1
    criteria:
      - id: price
        question: {en: Was a price named?}
        detector: person
        kind: yes_no
        mandatory: true
        weight: 2
        options:
          - {id: "no", points: 0, label: {en: "No"}}
          - {id: "yes", points: 1, label: {en: "Yes"}}
      - id: clear
        question: {en: Was it clear?}
        detector: person
        weight: 2
        mandatory: true
        na_allowed: false
        when: {criterion: price, answers: ["yes"]}
        options:
          - {id: "0", points: 0, label: {en: "No"}, auto_fail: whole}
          - {id: "1", points: 1, label: {en: "Yes"}}
"""


@pytest.fixture(scope="module")
def talk() -> Standard:
    """A scorecard with a condition, a mandatory criterion and an auto-fail."""
    return read_standard(TEXT, "talk.yaml")


def answers_for(standard: Standard) -> st.SearchStrategy[dict[str, Answer]]:
    """Any answers on a standard: options, not applicable, cannot judge, or none."""
    one = {
        name: st.sampled_from(("", "na", "cannot_judge", *criterion.answers)).map(Answer)
        for name, criterion in criteria_of(standard).items()
    }
    return st.fixed_dictionaries({}, optional=one)


COLD_CALL = load_standard("cold-call")


@given(answers=answers_for(COLD_CALL), seed=st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_answers_does_not_matter(answers: dict[str, Answer], seed: int) -> None:
    names = list(answers)
    random.Random(seed).shuffle(names)
    other = {name: answers[name] for name in names}
    assert score_of(COLD_CALL, answers) == score_of(COLD_CALL, other)
    assert missing(COLD_CALL, answers, {}) == missing(COLD_CALL, other, {})
    assert differences(COLD_CALL, answers, other) == ()


@given(answers=answers_for(COLD_CALL))
@settings(max_examples=60, deadline=None)
def test_what_is_read_back_says_the_same(answers: dict[str, Answer]) -> None:
    sent: dict[str, Any] = {name: answer.to_json() for name, answer in answers.items()}
    read = check_answers(COLD_CALL, sent)
    assert read == {name: answer for name, answer in answers.items() if answer.answer}
    assert score_of(COLD_CALL, read) == score_of(COLD_CALL, answers)


@given(answers=answers_for(COLD_CALL), name=st.sampled_from(sorted(criteria_of(COLD_CALL))))
@settings(max_examples=60, deadline=None)
def test_no_answer_and_not_applicable_differ_in_coverage_and_never_in_points(
    answers: dict[str, Answer], name: str
) -> None:
    without = {**answers, name: Answer("")}
    left_out = {**answers, name: Answer("na")}
    open_, gone = score_of(COLD_CALL, without), score_of(COLD_CALL, left_out)
    assert (open_.raw, open_.final) == (gone.raw, gone.final)
    assert (gone.coverage or 0) >= (open_.coverage or 0)


def test_a_condition_asks_only_when_it_is_met(talk: Standard) -> None:
    assert asked(talk, {}) == {"price": True, "clear": False}
    assert asked(talk, {"price": Answer("no")})["clear"] is False
    assert asked(talk, {"price": Answer("yes")})["clear"] is True
    hidden = {"price": Answer("no"), "clear": Answer("0")}
    assert score_of(talk, hidden).final == 0
    assert [(item.id, item.answer) for item in results_of(talk, hidden)] == [("price", "no"), ("clear", "na")]
    assert score_of(talk, {"price": Answer("yes"), "clear": Answer("0")}).final == 0
    assert score_of(talk, {"price": Answer("yes"), "clear": Answer("0")}).raw == 50


def test_mandatory_criteria_are_missing_only_while_they_are_asked(talk: Standard) -> None:
    assert missing(talk, {}, {}) == (Missing("price", "answer"),)
    assert missing(talk, {"price": Answer("no")}, {}) == ()
    assert missing(talk, {"price": Answer("yes")}, {}) == (Missing("clear", "answer"),)


def test_a_change_needs_a_reason_where_the_machine_gave_an_answer() -> None:
    machine = {"greeting": "2", "company": "cannot_judge"}
    low = {"greeting": Answer("0"), "company": Answer("yes")}
    assert missing(COLD_CALL, low, machine) == (Missing("greeting", "reason"),)
    assert missing(COLD_CALL, {**low, "greeting": Answer("0", "no name")}, machine) == ()
    assert missing(COLD_CALL, {"greeting": Answer("2")}, machine) == ()


def test_a_suggestion_is_what_the_machine_says() -> None:
    assert machine_answer({"answer": "unanswered", "suggestion": {"answer": "2", "confidence": 0.7}}) == "2"
    assert machine_answer({"answer": "unanswered"}) == ""
    assert machine_answer({"answer": "1"}) == "1"


@pytest.mark.parametrize("answer", ["na", "2", "maybe"])
def test_an_answer_that_is_none_is_refused(talk: Standard, answer: str) -> None:
    with pytest.raises(AnswersRefused):
        check_answers(talk, {"clear": {"answer": answer}})


def test_zero_bytes_are_dropped_and_numbers_taken_as_they_are_written(talk: Standard) -> None:
    read = check_answers(talk, {"clear": {"answer": 1, "reason": "a\x00b"}})
    assert read["clear"] == Answer("1", "ab")
