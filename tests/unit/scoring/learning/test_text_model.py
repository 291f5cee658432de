"""Text models on a few made-up turns: they learn, explain themselves, are the same every time and can be stored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.learning.text_features import fit_features
from scoring.learning.text_model import TextModel, TextSettings, train
from scoring.learning.utterances import Utterance, utterances_of

PRICE = ["that is too expensive for us", "the price is high", "we cannot pay that price", "it costs too much"]
OTHER = ["good morning who is speaking", "we met your colleague in spring", "send it to the office", "the sky is blue"]


def corpus(copies: int = 4) -> tuple[list[Utterance], list[str], list[int]]:
    """Turns about price and others, in groups of eight."""
    utterances, labels, groups = [], [], []
    for copy in range(copies):
        for said, label in ((PRICE, "price"), (OTHER, "other")):
            for text in said:
                utterances.append(Utterance(f"{text} {copy}", ("hello there",), "client", ("rep",), 0.5, "en"))
                labels.append(label)
                groups.append(copy)
    return utterances, labels, groups


@pytest.fixture(scope="module")
def model() -> TextModel:
    utterances, labels, _ = corpus()
    return train(utterances, labels)


def test_it_learns_what_the_labels_say(model: TextModel) -> None:
    chances = model.probabilities([Utterance("your price is much too high", language="en")])
    assert model.classes == ("other", "price")
    assert chances[0, 1] > 0.6


def test_probabilities_sum_to_one_and_nothing_gives_nothing(model: TextModel) -> None:
    assert model.probabilities([]).shape == (0, 2)
    odd = [Utterance(""), Utterance("😀"), Utterance("12,000"), Utterance("너무 비싸요"), Utterance("太贵了")]
    assert np.allclose(model.probabilities(odd).sum(axis=1), 1.0)


def test_the_same_turns_give_the_same_model() -> None:
    utterances, labels, _ = corpus()
    one, other = train(utterances, labels), train(utterances, labels)
    assert np.array_equal(one.coefficients, other.coefficients)
    assert np.array_equal(one.probabilities(utterances), other.probabilities(utterances))


def test_an_explanation_names_the_words_that_decided(model: TextModel) -> None:
    said = model.explain(Utterance("the price is high", ("hello there",), "client", ("rep",), 0.5, "en"), "price")
    assert any("price" in name and weight > 0 for name, weight in said)
    weights = [abs(weight) for _, weight in said]
    assert weights == sorted(weights, reverse=True)
    with pytest.raises(ValueError, match="does not know"):
        model.explain(Utterance("hello"), "colour")


def test_the_shares_of_an_explanation_add_up_to_the_lead(model: TextModel) -> None:
    utterance = Utterance("we cannot pay that price", ("hello there",), "client", ("rep",), 0.5, "en")
    parts = sum(weight for _, weight in model.explain(utterance, "price", most=10_000))
    scores = model.scores([utterance])[0]
    start = model.offsets[1] - model.offsets[0]
    assert parts + start == pytest.approx(scores[1] - scores[0])


@pytest.mark.parametrize("kind", ["multinomial", "one_vs_rest"])
def test_three_kinds_and_calibration(kind: str) -> None:
    utterances, labels, groups = corpus(6)
    labels = ["greeting" if "morning" in each.text else label for each, label in zip(utterances, labels, strict=True)]
    trained = train(utterances, labels, groups, TextSettings(kind=kind, calibration_folds=3))
    chances = trained.probabilities(utterances)
    assert np.allclose(chances.sum(axis=1), 1.0)
    said = [trained.classes[n] for n in chances.argmax(axis=1)]
    assert np.mean([one == other for one, other in zip(said, labels, strict=True)]) > 0.9
    with pytest.raises(ValueError, match="which dialogue"):
        train(utterances, labels, None, TextSettings(calibration_folds=3))


def test_too_little_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="two different labels"):
        train([Utterance("a"), Utterance("b")], ["x", "x"])
    with pytest.raises(ValueError, match="one label for each"):
        train([Utterance("a")], ["x", "y"])


def test_only_the_most_telling_grams_are_kept() -> None:
    utterances, labels, _ = corpus()
    features = fit_features(utterances, labels, kept=5)
    assert all(len(block.hashes) <= 5 for block in features.blocks)
    named = set(features.names(utterances[0]).values())
    assert features.matrix(utterances).shape == (len(utterances), features.size)
    assert any(name.startswith("cue:") for name in named)


def test_noise_in_training_keeps_the_classes() -> None:
    utterances, labels, _ = corpus()
    trained = train(utterances, labels, None, TextSettings(noise=(0.2,)))
    assert trained.classes == ("other", "price")


def test_who_speaks_and_what_came_before_count() -> None:
    turns = [("rep", "is that all right"), ("client", "yes")] * 6
    utterances = utterances_of(turns, "en")
    trained = train(utterances, [role for role, _ in turns], None, TextSettings(least=1))
    assert trained.probabilities([replace(utterances[3], text="mm")])[0, 0] > 0.5


def test_a_model_is_stored_without_pickle(model: TextModel) -> None:
    skops = pytest.importorskip("skops.io")
    data = skops.dumps(model)
    unknown = skops.get_untrusted_types(data=data)
    assert all(name.startswith("scoring.learning.text_") for name in unknown), unknown
    utterances, _, _ = corpus()
    again = skops.loads(data, trusted=unknown)
    assert np.array_equal(again.probabilities(utterances), model.probabilities(utterances))


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_any_text_can_be_read(model: TextModel, texts: list[str]) -> None:
    chances = model.probabilities(utterances_of([("client", text) for text in texts]))
    assert chances.shape == (len(texts), 2)
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert ((chances >= 0) & (chances <= 1)).all()
