"""The scorer's sentences are known by their form, so that they can be told in the viewer's language."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from unittest.mock import patch

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from review.call_steps import WORKER_LOST
from scoring.engine import score
from scoring.facts import Facts
from scoring.standards import default_standard_name, load_standard
from transcription.engines.choice import choose_engine, describe_engines
from transcription.engines.protocol import EngineRequest
from transcription.engines.whisper_folder import broken_folder
from transcription.engines.whisper_hub import HubAnswer
from transcription.engines.whisper_models import find_model
from transcription.errors import (
    AudioLimits,
    AudioTooLong,
    EngineFailed,
    MachineLimit,
    NeedsModel,
    NotATranscript,
    UnreadableAudio,
)
from transcription.transcript import Transcript, Turn
from web.catalogues import TRANSLATIONS
from web.machine_sentences import find_form, find_forms, translate_sentence
from workers.demo.script import read_scripts
from workers.failures import describe


def sentences() -> Iterator[str]:
    """Every reason in the assessments of the sample calls, each closed as lost."""
    standard = load_standard(default_standard_name())
    for script in read_scripts():
        turns = tuple(Turn(line.role, line.text) for line in script.lines)
        found = score(
            Transcript(turns, language=script.language),
            standard,
            Facts(disposition="closed_lost", loss_reason="no budget"),
        )
        yield from (result.why for result in found.criteria if result.why)
        if found.rejection:
            yield from (reason.why for reason in (*found.rejection.reasons, *found.rejection.against))


def test_every_sentence_of_the_sample_calls_is_known() -> None:
    said = set(sentences())
    assert len(said) > 20
    assert [sentence for sentence in sorted(said) if find_form(sentence) is None] == []


def told_by_steps() -> Iterator[str]:
    """What every failure and every refusal of an engine says: what happened, what was kept, what to do."""
    hub, names = "models.example.com", Path("/data/models")
    errors: list[Exception] = [
        *(AudioLimits(limit) for limit in ("memory", "cpu", "wall", "disk")),
        *(MachineLimit(limit) for limit in ("disk", "file", "memory", "cpu")),
        AudioTooLong(14_400.0),
        UnreadableAudio("it is a PDF document, not a sound"),
        UnreadableAudio("there is no sound in it"),
        EngineFailed("whisper", "there was not enough memory"),
        NotATranscript("it has no list of turns", where="turns"),
        MemoryError(),
        RuntimeError(),
    ]
    for error, step in product(errors, ("transcribe", "score")):
        failure = describe(error, step)
        yield from (failure.message, failure.kept, failure.advice)
    yield from (WORKER_LOST.message, WORKER_LOST.kept, WORKER_LOST.advice)
    for answer in HubAnswer:
        with patch("transcription.engines.whisper_models.ask_hub", lambda *_args, _answer=answer, **_rest: _answer):
            for model, folder in product(("small", "somebody/a-model", "nobody knows", "/no/such"), (None, names)):
                try:
                    yield find_model(model, models_dir=folder, hub=f"https://{hub}").why
                except NeedsModel as missing:
                    yield from (missing.reason, missing.advice)
    for language, engine in product((None, "ru", "en"), ("auto", "sphinx", "whisper", "imported")):
        for state in describe_engines(EngineRequest(language=language, engine=engine, hub_timeout=0.0)):
            yield state.why
        try:
            yield choose_engine(EngineRequest(language=language, engine=engine, hub_timeout=0.0)).reason
        except NeedsModel as missing:
            yield from (missing.reason, missing.advice)
    fault = broken_folder(Path("small"), "model.bin is missing")
    yield from (fault.reason, fault.advice, str(fault))


def test_every_sentence_of_engines_and_failed_steps_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said = {sentence for sentence in told_by_steps() if sentence}
    assert len(said) > 30
    assert [sentence for sentence in sorted(said) if not find_forms(sentence)] == []


@pytest.fixture
def russian() -> Iterator[None]:
    app = Flask("words", root_path=str(TRANSLATIONS.parent))
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    with app.test_request_context(), force_locale("ru"):
        yield


@pytest.mark.usefixtures("russian")
def test_figures_are_taken_over_and_codes_get_their_names() -> None:
    assert translate_sentence("The client gave 3 buying signals.") == "Сигналов к покупке от клиента: 3."
    assert translate_sentence("Objections: price/timing handled, need ignored.").startswith("Возражения: цена/")
    assert translate_sentence("Something nobody knows.") == "Something nobody knows."
