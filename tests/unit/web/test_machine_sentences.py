"""The scorer's sentences are known by their form, so that they can be told in the viewer's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from scoring.engine import score
from scoring.facts import Facts
from scoring.standards import default_standard_name, load_standard
from transcription.transcript import Transcript, Turn
from web.catalogues import TRANSLATIONS
from web.machine_sentences import find_form, translate_sentence
from workers.demo.script import read_scripts


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
