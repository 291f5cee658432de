"""The text part: the fast reading gives the model's own probabilities, and turns are read once for all criteria."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from scoring.engine import score
from scoring.learning.criterion_training import train_criterion
from scoring.learning.examples import look_at
from scoring.learning.judge import LearnedModels, LoadedModel
from scoring.learning.read_turns import ReadTurns
from scoring.learning.store import Card, load_model, save_model
from scoring.learning.text_part import train_text_part
from tests.unit.scoring.learning.telling import (
    UNKNOWN,
    case_of,
    criterion,
    make_call,
    make_examples,
    standard,
)


def test_the_fast_reading_is_the_models_own() -> None:
    utterances = [u for e in make_examples(40) for u in e.look.utterances]
    labels = [int(u.text in UNKNOWN) for u in utterances]
    part = train_text_part(utterances, labels, ["a"] * len(labels))
    fresh = [u for e in make_examples(12, seed=9) for u in e.look.utterances]
    own = part.model.probabilities(fresh)
    np.testing.assert_allclose(part.probabilities(fresh), own, atol=1e-9)
    np.testing.assert_allclose(part.probabilities(ReadTurns(fresh)), own, atol=1e-9)
    assert part.probabilities([]).shape == (0, 2)


def test_words_explain_a_turn_either_way() -> None:
    utterances = [u for e in make_examples(40) for u in e.look.utterances]
    part = train_text_part(utterances, [int(u.text in UNKNOWN) for u in utterances], ["a"] * len(utterances))
    turn = next(u for u in utterances if u.text in UNKNOWN)
    words = dict(part.explain(turn, 1))
    assert max(words, key=lambda word: words[word]) in ("nutshell", "a nutshell", "in a", "in", "a", "weekdays")
    against = dict(part.explain(turn, 0))
    assert {word: round(-weight, 9) for word, weight in words.items()} == {w: round(v, 9) for w, v in against.items()}


def test_a_model_with_a_text_part_is_stored_and_judges_the_same(tmp_path: Path) -> None:
    trained = train_criterion("recap", "en", "yes", make_examples(80), train_text_part)
    assert trained.figures["kappa"] > 0.85
    path = tmp_path / "model.skops"
    sha256 = save_model(path, trained.model, Card("recap", "en", 1, "c" * 64, {}))
    again = train_criterion("recap", "en", "yes", make_examples(80), train_text_part)
    assert save_model(tmp_path / "again.skops", again.model, Card("recap", "en", 1, "c" * 64, {})) == sha256
    model, _card = load_model(path, sha256)
    call = make_call(random.Random(4), "unknown").transcript
    before = score(call, standard(), models=LearnedModels({"recap.en": LoadedModel(trained.model, 1)}))
    after = score(call, standard(), models=LearnedModels({"recap.en": LoadedModel(model, 1)}))
    assert before.to_json() == after.to_json()
    assert before.criteria[0].evidence[0].quote in UNKNOWN
    assert "nutshell" in before.criteria[0].why


def test_turns_of_a_case_are_read_once() -> None:
    one, two = (case_of(make_call(random.Random(seed), "known").transcript) for seed in (1, 2))
    result = score(make_call(random.Random(1), "known").transcript, standard()).criteria[0]
    first = look_at(one, criterion(), result)
    assert look_at(one, criterion(), result).utterances is first.utterances
    other = look_at(two, criterion(), result)
    assert other.utterances is not first.utterances
    assert look_at(one, criterion(), result).votes == first.votes
