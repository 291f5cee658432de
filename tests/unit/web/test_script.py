"""The script on the call page: words from the standard, counts, quotes, and old assessments without one."""

from __future__ import annotations

from scoring.engine import score
from scoring.standards import load_standard
from tests.unit.scoring.calls import BAD, GOOD, call, timed
from web.reading.script import read_script


def test_a_followed_script_counts_its_moves_and_quotes_them() -> None:
    standard = load_standard("cold-call")
    assessment = score(timed(call(GOOD)), standard).to_json()
    stages = read_script(assessment, standard.describe("ru"))
    opening = stages[0]
    assert (opening.stage, opening.title, opening.made, opening.asked) == ("opening", "Начало разговора", 3, 3)
    assert opening.required[0].label == "Здоровается и называет своё имя"
    assert opening.required[0].evidence is not None
    assert {move.tone for move in opening.required} == {"good"}


def test_a_missing_move_has_a_line_to_say_and_a_forbidden_one_its_quote() -> None:
    standard = load_standard("cold-call")
    stages = {
        stage.stage: stage for stage in read_script(score(call(BAD), standard).to_json(), standard.describe("en"))
    }
    missing = next(move for move in stages["presentation"].required if move.state == "missing")
    assert missing.lines
    assert missing.tone == "bad"
    said = stages["objections"].forbidden[0]
    assert said.state == "said"
    assert said.evidence is not None


def test_without_a_script_or_its_standard_nothing_breaks() -> None:
    assert read_script({}, None) == ()
    data = score(call(GOOD), load_standard("cold-call")).to_json()
    assert read_script(data, None)[0].title == "opening"
