"""Script stages: reading and describing them, the shipped scripts' own lines, and what a call makes of a script."""

from __future__ import annotations

import json

import pytest

from scoring.assessment import STAGES, Assessment
from scoring.engine import score
from scoring.moves import catalogue, forbidden_ids
from scoring.packs import languages_with_packs, load_pack
from scoring.report import as_text
from scoring.script_findings import StageScript
from scoring.standards import StandardInvalid, list_standards, load_standard, read_standard
from tests.unit.scoring.calls import BAD, GOOD, call, timed

LANGUAGES = ("en", "ru", "ko", "zh")
NAMES = [info.name for info in list_standards()]

SMALL = """\
name: small
version: 1
title: {en: Small}
stages:
  - id: opening
    aim: {en: Begin, ru: Начать}
    required:
      - greeting
      - move: reason_for_call
        or: [permission]
        label: {en: Says why}
        lines: {en: ["Have you got a minute?"]}
    forbidden: [price_given]
  - id: price
    aim: {en: Give it}
    optional: true
    required: [price_given]
sections:
  - id: one
    title: {en: One}
    criteria:
      - id: greets
        question: {en: "Greets?"}
        detector: greeting
        weight: 2
        options:
          - {id: "0", points: 0, when: neither, label: {en: Neither}}
          - {id: "1", points: 1, when: one, label: {en: One}}
          - {id: "2", points: 2, when: both, label: {en: Both}}
"""


def script(text: str, standard: str = "cold-call") -> dict[str, StageScript]:
    return {stage.stage: stage for stage in score(call(text), load_standard(standard)).script}


def states(stage: StageScript) -> dict[str, str]:
    return {move.move: move.state for move in stage.required}


def test_the_script_is_read_and_described() -> None:
    standard = read_standard(SMALL, "small.yaml")
    assert [stage.id for stage in standard.stages] == ["opening", "price"]
    words = standard.describe("ru")
    opening = words.stage("opening")
    assert opening is not None
    assert (opening.title, opening.aim) == ("Начало разговора", "Начать")
    assert [move.label for move in opening.required] == ["Здоровается и называет своё имя", "Says why"]
    cold = load_standard("cold-call").describe("en").stage("close")
    assert cold is not None
    assert cold.required[1].label == "Thanks the client / Says goodbye"
    said = standard.describe("en-GB").stage("opening")
    assert said is not None
    assert said.required[1].lines == ("Have you got a minute?",)
    assert words.stage("close") is None


def test_a_standard_without_a_script_has_none() -> None:
    start, end = SMALL.index("stages:"), SMALL.index("sections:")
    plain = read_standard(SMALL[:start] + SMALL[end:], "small.yaml")
    assert plain.stages == plain.describe("en").stages == ()
    assert score(call(GOOD), plain).script == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("      - greeting\n", "      - greetign\n", 8, "did you mean 'greeting'"),
        ("move: reason_for_call", "move: reason_of_call", 9, "did you mean 'reason_for_call'"),
        ("or: [permission]", "or: [permision]", 10, "did you mean 'permission'"),
        ("id: opening", "id: begining", 5, "'id' is 'begining'"),
        ("id: price\n", "id: opening\n", 14, "there twice"),
        ("forbidden: [price_given]", "forbidden: [open_questions]", 13, "is 'open_questions'; did you mean"),
        ("forbidden: [price_given]", "forbidden: [greeting]", 13, "both required and forbidden"),
        ("required: [price_given]", "required: []", 17, "empty"),
        ("    required: [price_given]\n", "", 14, "asks for nothing"),
        ("    aim: {en: Give it}\n", "", 14, "'aim' is missing"),
        ("optional: true", "optional: maybe", 16, "neither true nor false"),
        ('lines: {en: ["Have you got a minute?"]}', "lines: {fr: [Oui]}", 12, "'fr' is not known"),
    ],
)
def test_a_wrong_stage_is_refused_with_line_and_fix(old: str, new: str, line: int, says: str) -> None:
    with pytest.raises(StandardInvalid) as caught:
        read_standard(SMALL.replace(old, new, 1), "small.yaml")
    assert says in str(caught.value)
    assert abs(caught.value.line - line) <= 1, str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_standard_has_the_six_stages_in_four_languages(name: str) -> None:
    standard = load_standard(name)
    assert [stage.id for stage in standard.stages] == list(STAGES)
    for language in LANGUAGES:
        for stage in standard.stages:
            assert language in stage.aim
            for move in stage.required:
                assert move.lines is None or language in move.lines


def test_every_move_is_worded_and_its_groups_are_in_every_pack() -> None:
    for language in languages_with_packs():
        groups = {entry.group for entry in load_pack(language).entries if entry.role == "rep"}
        for move in catalogue().moves.values():
            assert language in move.label
            assert set(move.groups) <= groups, (language, move.id)
            assert move.groups or move.by_detector
    assert "open_questions" not in forbidden_ids()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_example_lines_are_what_the_rules_find(name: str, language: str) -> None:
    """A rep who says the script's own line must not be told that it is missing."""
    standard = load_standard(name)
    missed = []
    for stage in standard.stages:
        for move in stage.required:
            for line in (move.lines or {}).get(language, ()):
                if stage.id == "objections":
                    continue  # judged within an episode
                client = {"en": "Yes.", "ru": "Да.", "ko": "네.", "zh": "好的。"}[language]
                transcript = call(f"R: {line}\nC: {client}\nR: {line}", language=language)
                found = {item.stage: item for item in score(transcript, standard).script}[stage.id]
                if states(found)[move.id] not in ("found", "partial"):
                    missed.append((stage.id, move.id, line, states(found)[move.id]))
    assert missed == []


def test_a_good_call_follows_the_script() -> None:
    found = script(GOOD)
    assert set(states(found["opening"]).values()) == {"found"}
    assert states(found["objections"]) == {
        "objections_understood": "found",
        "move.answer": "found",
        "move.check": "found",
    }
    assert states(found["price"]) == {"price_given": "found"}
    assert states(found["close"])["next_step"] == "found"
    assert all(stage.seen and not stage.forbidden for stage in found.values())


def test_a_bad_call_misses_moves_and_says_forbidden_ones() -> None:
    found = script(BAD)
    assert states(found["opening"])["greeting"] in ("missing", "cannot_judge")
    said = {move.move: move.evidence for stage in found.values() for move in stage.forbidden}
    assert {"fault.argued", "pressure"} <= set(said)
    assert said["pressure"] is not None
    assert "right now" in said["pressure"].quote
    assert not found["close"].seen
    assert found["close"].forbidden == ()


def test_stages_that_did_not_come_up_ask_for_nothing() -> None:
    found = script("R: Good morning, this is Anna from Acme. I'm calling about your order.\nC: Thanks, it is all fine.")
    assert not found["objections"].seen
    assert set(states(found["objections"]).values()) == {"na"}
    assert states(found["price"]) == {"price_given": "na"}


def test_unknown_speakers_and_empty_calls_are_not_held_against_the_script() -> None:
    found = score(call(GOOD.replace("R:", "A:").replace("C:", "B:")), load_standard("cold-call")).script
    assert {move.state for stage in found for move in stage.required} <= {"cannot_judge", "na"}
    assert score(call("S: This call may be recorded."), load_standard("cold-call")).script == ()


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_the_script_goes_through_json_and_quotes_are_verbatim(text: str) -> None:
    transcript = timed(call(text))
    assessment = score(transcript, load_standard("cold-call"))
    data = json.loads(json.dumps(assessment.to_json()))
    assert Assessment.from_json(data).to_json() == data
    del data["script"]
    assert Assessment.from_json(data).script == ()
    for stage in assessment.script:
        for move in (*stage.required, *stage.forbidden):
            if move.evidence is not None:
                assert move.evidence.turn is not None
                assert move.evidence.quote in transcript.turns[move.evidence.turn].text
                assert move.evidence.start is not None
    report = as_text(assessment, load_standard("cold-call"))
    assert "SCRIPT" in report
    assert "Greets and gives own name" in report
