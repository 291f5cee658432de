"""Several reps in one call: each gets a part of the score of their own."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scoring.assessment import Assessment
from scoring.engine import score
from scoring.facts import Facts
from scoring.parts import rep_parts
from scoring.report import as_text
from scoring.standards import load_standard
from transcription.transcript import Transcript, Turn

TRANSFER = (
    ("rep", "Good morning, thank you for calling Riverside Furniture, my name is Ann Lee. How can I help you?"),
    ("client", "Hello, I need forty office chairs for our new building."),
    ("rep", "What kind of chairs are you looking for, and when do you need them?"),
    ("client", "Comfortable ones, by the first of April."),
    ("rep", "Thank you. I will put you through to my colleague who makes the offers."),
    ("client", "Okay."),
    ("rep_2", "Hello, this is Robert West, thank you for waiting. The chairs come to twelve thousand pounds."),
    ("client", "That is too expensive for us."),
    ("rep_2", "I understand. May I ask what you are comparing it with?"),
    ("client", "With chairs from the internet."),
    ("rep_2", "Ours have a five year guarantee, and delivery is free. We could deliver thirty now and ten later."),
    ("client", "That sounds good."),
    ("rep_2", "I will send you the offer by e-mail tomorrow, and I call you on Friday at ten. Is that all right?"),
    ("client", "Yes, Friday at ten is fine."),
    ("rep_2", "Thank you very much. Have a nice day."),
)
FACTS = Facts.from_json({"direction": "inbound", "rep": "Ann Lee", "rep_names": ["Robert West"]})


def call(lines: tuple[tuple[str, str], ...] = TRANSFER) -> Transcript:
    turns = []
    at = 0.0
    for who, text in lines:
        length = 0.4 * len(text.split())
        role = "client" if who == "client" else "rep"
        turns.append(Turn(role, text, at, at + length, 0.95, 0, speaker=None if who == "client" else who))
        at += length + 0.6
    return Transcript(tuple(turns), "en", duration=at)


def test_one_rep_has_no_parts() -> None:
    one = call(tuple((("client" if who == "client" else "rep"), text) for who, text in TRANSFER))
    assert score(one, load_standard("inbound-lead")).parts == ()
    unnamed = replace(one, turns=tuple(replace(turn, speaker=None) for turn in one.turns))
    assert score(unnamed, load_standard("inbound-lead")).to_json()["parts"] == []


def test_each_rep_gets_turns_times_and_a_score() -> None:
    transcript = call()
    first, second = score(transcript, load_standard("inbound-lead"), FACTS).parts
    assert (first.speaker, first.turns, first.name) == ("rep", (0, 4), "Ann Lee")
    assert (second.speaker, second.turns, second.name) == ("rep_2", (6, 14), "Robert West")
    assert first.start == 0.0
    assert first.end == pytest.approx(transcript.turns[4].end)
    assert second.start == pytest.approx(transcript.turns[6].start)
    assert second.end == pytest.approx(transcript.turns[14].end)
    assert first.final is not None
    assert second.final is not None


def test_a_part_leaves_out_the_opening_and_the_close_of_another() -> None:
    first, second = score(call(), load_standard("inbound-lead"), FACTS).parts
    assert {"greeting", "company"} <= set(first.criteria)
    assert not {"greeting", "company", "offer_help"} & set(second.criteria)
    assert "next_step" in second.criteria
    assert "next_step" not in first.criteria


def test_an_objection_counts_for_the_rep_who_answers_it() -> None:
    handled = {"objections_handled", "objections_understood"}
    first, second = score(call(), load_standard("inbound-lead"), FACTS).parts
    assert handled & set(second.criteria)
    assert not handled & set(first.criteria)


def test_an_objection_a_colleague_answers_is_not_held_against_the_first_rep() -> None:
    lines = (
        *TRANSFER[:4],
        ("rep", "The chairs come to twelve thousand pounds."),
        ("client", "That is too expensive for us."),
        ("rep_2", "I understand. May I ask what you are comparing it with?"),
        ("client", "With chairs from the internet."),
        ("rep", "Ours have a five year guarantee."),
        ("client", "All right."),
    )
    first, second = rep_parts(call(lines))
    assert 5 in first.turns
    assert 5 in first.lost
    assert 5 not in second.lost


def test_the_score_of_the_whole_call_does_not_change_by_telling_reps_apart() -> None:
    one = replace(call(), turns=tuple(replace(turn, speaker=None) for turn in call().turns))
    apart, whole = (score(item, load_standard("inbound-lead"), FACTS).to_json() for item in (call(), one))
    assert apart.pop("parts") != whole.pop("parts")
    assert apart == whole


def test_parts_round_trip_and_are_the_same_every_time() -> None:
    standard = load_standard("inbound-lead")
    texts = {json.dumps(score(call(), standard, FACTS).to_json()) for _ in range(2)}
    assert len(texts) == 1
    data = json.loads(texts.pop())
    assert Assessment.from_json(data).to_json() == data
    assert list(data["parts"][1]) == [
        "speaker", "name", "from", "to", "turns", "raw", "final", "coverage", "criteria",
    ]  # fmt: skip


def test_an_assessment_stored_before_there_were_parts_is_read() -> None:
    data = score(call(), load_standard("inbound-lead")).to_json()
    del data["parts"]
    assert Assessment.from_json(data).parts == ()


def test_a_call_without_times_has_parts_without_times() -> None:
    bare = Transcript(tuple(Turn(t.role, t.text, speaker=t.speaker) for t in call().turns), "en")
    _, second = score(bare, load_standard("inbound-lead")).parts
    assert (second.start, second.end, second.turns) == (None, None, (6, 14))


def test_a_language_without_a_pack_lists_the_parts_without_a_score() -> None:
    parts = score(replace(call(), language="xx"), load_standard("inbound-lead")).parts
    assert [part.speaker for part in parts] == ["rep", "rep_2"]
    assert all(part.final is None and part.criteria == () for part in parts)


def test_in_a_conference_both_reps_may_have_the_close() -> None:
    lines = (*TRANSFER[:10], ("rep", "I will send you the offer tomorrow."), ("client", "Fine."), *TRANSFER[14:])
    first, second = rep_parts(call(lines))
    assert first.closes
    assert second.closes


def test_the_report_shows_each_part() -> None:
    standard = load_standard("inbound-lead")
    text = as_text(score(call(), standard, FACTS), standard)
    assert "EACH REP'S OWN PART" in text
    assert "rep_2 (Robert West): 0:" in text


def test_unsure_roles_leave_a_part_unscored() -> None:
    unsure = replace(call(), turns=tuple(replace(turn, role_confidence=0.6) for turn in call().turns))
    assert all(part.final is None for part in score(unsure, load_standard("inbound-lead")).parts)
