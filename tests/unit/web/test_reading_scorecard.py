"""The scorecard and the marks along the sound, from the assessment's JSON."""

from __future__ import annotations

from typing import Any

from scoring.standards import load_standard
from web.reading.scorecard import read_scorecard
from web.reading.timeline import read_marks, read_stages

STANDARD = load_standard("cold-call")


def result(criterion: str, answer: str, points: float | None, **more: Any) -> dict[str, Any]:
    words = STANDARD.describe("en").criterion(criterion)
    assert words is not None
    most = max(option.points for option in words.options)
    return {
        "id": criterion,
        "section": words.section,
        "answer": answer,
        "points": points,
        "max": most,
        "weight": words.weight,
        "confidence": 0.9,
        "evidence": [],
        "absence": None,
        "why": "",
    } | more


def section(rows: Any, name: str) -> Any:
    return next(row for row in rows if row.id == name)


def test_sections_come_in_the_words_of_the_language() -> None:
    rows = read_scorecard({"criteria": [result("greeting", "2", 2)]}, STANDARD.describe("ru"))
    opening = section(rows, "opening")
    assert opening.title == "Начало разговора"
    greeting = opening.criteria[0]
    assert greeting.question.startswith("Поздоровался")
    assert [option.id for option in greeting.options if option.suggested] == ["2"]
    assert greeting.tone == "good"


def test_cannot_judge_and_na_leave_the_points() -> None:
    rows = read_scorecard(
        {
            "criteria": [
                result("greeting", "1", 1),
                result("company", "cannot_judge", None),
                result("reason_for_call", "na", None),
            ]
        },
        STANDARD.describe("en"),
    )
    opening = section(rows, "opening")
    assert (opening.earned, opening.possible) == (3, 6)
    assert [row.standing for row in opening.criteria] == ["answered", "cannot_judge", "na"]
    assert [row.tone for row in opening.criteria] == ["warn", None, None]


def test_a_section_without_answers_has_no_points() -> None:
    rows = read_scorecard({"criteria": [result("greeting", "cannot_judge", None)]}, STANDARD.describe("en"))
    assert section(rows, "opening").possible is None


def test_absence_names_the_window_and_the_nearest_miss() -> None:
    absence = {"from": 0.0, "to": 30.0, "nearest": {"quote": "hi", "start": 1.0, "end": 1.2}}
    rows = read_scorecard({"criteria": [result("company", "no", 0, absence=absence)]}, STANDARD.describe("en"))
    row = section(rows, "opening").criteria[1]
    assert (row.absence.start, row.absence.end, row.absence.nearest.quote) == (0.0, 30.0, "hi")
    assert row.tone == "bad"


def test_without_the_standards_words_the_ids_stand_in() -> None:
    rows = read_scorecard({"criteria": [result("company", "no", 0)]}, None)
    assert [(row.title, row.criteria[0].question) for row in rows] == [("opening", "company")]


def test_stages_without_times_are_not_drawn() -> None:
    stages = [
        {"stage": "close", "start": 50.0, "end": 60.0, "turns": [4, 5]},
        {"stage": "opening", "start": 0.0, "end": 9.0, "turns": [0, 1]},
        {"stage": "price", "start": None, "end": None, "turns": [2, 3]},
    ]
    assert [bar.stage for bar in read_stages({"stages": stages})] == ["opening", "close"]


def test_marks_along_the_sound() -> None:
    said = {"quote": "send it over", "start": 10.0, "end": 11.0, "turn": 1, "role": "client", "source": "rule:x"}
    assessment = {
        "metrics": {"dead_air": [{"start": 20.0, "end": 26.0}]},
        "rejection": {"band": "high", "reasons": [{"id": "x", "why": "…", **said}]},
    }
    marks = read_marks(assessment, {"turns": []})
    assert [(mark.kind, mark.start, mark.end) for mark in marks] == [("flag", 10.0, 11.0), ("dead_air", 20.0, 26.0)]
    assessment["rejection"]["band"] = "low"
    assert [mark.kind for mark in read_marks(assessment, {"turns": []})] == ["dead_air"]


def test_talk_over_is_where_both_speak_long_enough() -> None:
    def spoken(role: str, *spans: tuple[float, float]) -> dict[str, Any]:
        return {"role": role, "words": [{"text": "x", "start": start, "end": end} for start, end in spans]}

    turns = [spoken("rep", (0.0, 1.0), (1.1, 2.0), (5.0, 5.2)), spoken("client", (1.5, 3.0), (5.1, 6.0))]
    marks = read_marks({"metrics": {}}, {"turns": turns})
    assert [(mark.kind, mark.start, mark.end) for mark in marks] == [("talk_over", 1.5, 2.0)]
    assert read_marks({}, {"turns": turns}) == ()
