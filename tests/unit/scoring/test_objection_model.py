"""The model of client turns: made of its texts, speaks only where it may, and names the words it went by."""

from __future__ import annotations

import json

import pytest

from scoring.engine import score
from scoring.objection_model import model_for
from scoring.objection_texts import PACKS, read_replies, training_hash
from scoring.standards import load_standard
from transcription.transcript import Transcript

LANGUAGES = ("en", "ko", "ru", "zh")


def _objections(*said: str) -> tuple[object, ...]:
    turns = [{"role": role, "text": text} for role, text in zip(("rep", "client") * len(said), said, strict=False)]
    transcript = Transcript.from_json({"schema": 1, "language": "en", "turns": turns})
    return score(transcript, load_standard("cold-call")).objections


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_of_the_texts_that_ship(language: str) -> None:
    stored = json.loads((PACKS / language / "turns.json").read_text(encoding="utf-8"))
    assert stored["data"] == training_hash(language), f"run python -m scoring.objection_training {language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_written_reply_has_known_types(language: str) -> None:
    replies = read_replies(language)
    assert sum(bool(types) for _, _, types, _ in replies) >= 600
    assert sum(not types for _, _, types, _ in replies) >= 600


def test_an_objection_in_words_no_phrase_knows_names_its_words() -> None:
    (found,) = _objections(
        "So that comes to one hundred and twenty a month.",
        "I was hoping you'd come in a fair bit under that",
        "I see.",
    )
    assert found.client.source == "model:objections"
    assert found.why.startswith("Heard in the words and their place in the call: “")


def test_data_given_is_no_objection() -> None:
    assert _objections("And the mileage?", "it's about forty thousand, I don't have the papers here", "Fine.") == ()


def test_a_language_without_texts_has_no_model() -> None:
    assert model_for("xx") is None
