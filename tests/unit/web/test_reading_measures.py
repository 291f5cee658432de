"""Measures as the page lists them, with the seconds behind each."""

from __future__ import annotations

from typing import Any

import pytest

from web.reading.episodes import read_episodes
from web.reading.measures import MeasureRow, read_measures

TURNS = [
    {"role": "rep", "text": "one two three four", "start": 0.0, "end": 2.0},
    {"role": "client", "text": "too dear", "start": 3.0, "end": 4.0},
    {"role": "rep", "text": "one two three four five six seven eight", "start": 5.0, "end": 7.0},
]


def measures(metrics: dict[str, Any], objections: list[dict[str, Any]] | None = None) -> dict[str, MeasureRow]:
    assessment = {"metrics": metrics, "objections": objections or []}
    rows = read_measures(assessment, {"turns": TURNS, "duration": 120.0}, read_episodes(assessment))
    return {row.name: row for row in rows}


def test_a_call_nobody_judged_has_none() -> None:
    assert read_measures({}, {"turns": TURNS}, ()) == ()


def test_each_question_is_listed_open_or_closed_with_its_place() -> None:
    asked = [
        {"quote": "what do\n you need", "start": 1.0, "end": 2.0, "turn": 0, "open": True},
        {"quote": "is that all", "start": None, "end": None, "turn": 0, "open": False},
    ]
    row = measures({"questions": 2, "open_questions": 1, "spans": {"questions": asked}})["questions"]
    assert [(span.kind, span.quote, span.start) for span in row.spans] == [
        ("open", "what do you need", 1.0),
        ("closed", "is that all", None),
    ]
    assert (row.value, row.second, row.rate, row.guide) == (2, 1, 1.0, (11, 14))
    assert row.drawn


def test_stretches_of_silence_and_of_interruption() -> None:
    metrics = {
        "longest_monologue": 7.0,
        "interruptions": 1,
        "dead_air": [{"start": 8.0, "end": 12.0}],
        "spans": {
            "longest_monologue": {"start": 0.0, "end": 7.0},
            "interruptions": [{"start": 4.0, "end": 4.5, "by": "rep", "turn": 2}],
            "patience": [{"start": 4.0, "end": 5.0}],
            "questions": [],
        },
    }
    found = measures(metrics)
    assert [(span.start, span.end) for span in found["longest_monologue"].spans] == [(0.0, 7.0)]
    assert [(span.lane, span.kind) for span in found["interruptions"].spans] == [("rep", "by_rep")]
    assert (found["dead_air"].value, found["dead_air"].second) == (1, 4.0)
    assert [span.start for span in found["patience"].spans] == [4.0]


def test_an_assessment_of_before_shows_its_figures_without_places() -> None:
    found = measures({"longest_monologue": 41.0, "interruptions": 3, "questions": 4})
    assert (found["longest_monologue"].value, found["longest_monologue"].spans) == (41.0, ())
    assert found["interruptions"].value == 3
    assert found["dead_air"].value is None


def test_the_pause_and_the_pace_after_an_objection() -> None:
    objection = {
        "client": {"quote": "too dear", "start": 3.0, "end": 4.0, "turn": 1, "role": "client"},
        "response": {"quote": "one two", "start": 5.0, "end": 5.5, "turn": 2, "role": "rep"},
        "latency": 1.0,
        "outcome": "partial",
    }
    found = measures({"pace_rep": 200.0}, [objection])
    assert found["objection_pause"].value == 1.0
    assert [(span.start, span.end) for span in found["objection_pause"].spans] == [(4.0, 5.0)]
    assert found["pace_after_objection"].value == pytest.approx(8 / 2 * 60 / 200 - 1)
