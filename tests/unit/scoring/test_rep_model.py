"""The model of replies to objections: made of its texts, finds moves in words no phrase knows, and doubts arguing."""

from __future__ import annotations

import json

import pytest

from scoring.assessment import Objection
from scoring.engine import score
from scoring.objection_texts import PACKS
from scoring.rep_model import HEARD, rep_model_for
from scoring.rep_texts import read_replies, rep_hash
from scoring.standards import load_standard
from transcription.transcript import Transcript

LANGUAGES = ("en", "ko", "ru", "zh")


def _only(*said: str) -> Objection:
    turns = [{"role": role, "text": text} for role, text in zip(("rep", "client") * len(said), said, strict=False)]
    transcript = Transcript.from_json({"schema": 1, "language": "en", "turns": turns})
    (found,) = score(transcript, load_standard("cold-call")).objections
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_of_the_texts_that_ship(language: str) -> None:
    stored = json.loads((PACKS / language / "rep_turns.json").read_text(encoding="utf-8"))
    assert stored["data"] == rep_hash(language), f"run python -m scoring.rep_training {language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_move_has_replies_to_learn_from(language: str) -> None:
    replies = read_replies(language)
    for move in HEARD:
        assert sum(move in reply.moves for reply in replies) >= 50
    assert sum(not reply.moves for reply in replies) >= 150


def test_a_move_in_words_no_phrase_knows_is_quoted() -> None:
    found = _only(
        "So it comes to eleven hundred a year, all in.",
        "That's too expensive for us.",
        "The service is in that. Does that sit any better with you?",
        "Not really.",
    )
    check = next(move.evidence for move in found.moves if move.name == "check")
    assert check.source == "model:moves"
    assert check.quote == "Does that sit any better with you"


def test_a_short_polite_sentence_does_not_argue() -> None:
    found = _only(
        "Shall I book you in?",
        "Just send me an email.",
        "That's a fair point. Sure, happy to. What would you like to see in it?",
        "Prices.",
    )
    assert "argued" not in {fault.name for fault in found.faults}


def test_nothing_is_heard_behind_the_second_reply() -> None:
    found = _only(
        "So it comes to eleven hundred a year, all in.",
        "That's too expensive for us.",
        "Right.",
        "Hm.",
        "Okay.",
        "Well.",
        "Does that sit any better with you?",
        "Not really.",
    )
    assert all(move.evidence.source != "model:moves" for move in found.moves)


@pytest.mark.parametrize(("confidence", "heard"), [(0.95, True), (0.05, False)])
def test_what_was_hardly_understood_is_no_move(confidence: float, *, heard: bool) -> None:
    said = "Does that sit any better with you?"
    words = [
        {"text": word, "start": 20.0 + place, "end": 20.8 + place, "confidence": confidence}
        for place, word in enumerate(said.split())
    ]
    turns: list[dict[str, object]] = [
        {"role": "rep", "text": "So it comes to eleven hundred a year.", "start": 0.0, "end": 5.0},
        {"role": "client", "text": "That's too expensive for us.", "start": 6.0, "end": 9.0},
        {"role": "rep", "text": "Well, the service is in that.", "start": 10.0, "end": 15.0},
        {"role": "rep", "text": said, "start": 20.0, "end": 27.0, "words": words},
        {"role": "client", "text": "Not really.", "start": 28.0, "end": 29.0},
    ]
    transcript = Transcript.from_json({"schema": 1, "language": "en", "turns": turns})
    objections = score(transcript, load_standard("cold-call")).objections
    assert ("model:moves" in {move.evidence.source for o in objections for move in o.moves}) is heard


def test_a_language_without_texts_has_no_model() -> None:
    assert rep_model_for("xx") is None
