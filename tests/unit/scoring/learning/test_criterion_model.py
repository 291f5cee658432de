"""Criterion models: learning what rules do not know, folds by rep, calibration, explanations, judging in the engine."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scoring.assessment import CANNOT_JUDGE
from scoring.engine import score
from scoring.learning.criterion_model import read_model
from scoring.learning.criterion_training import FEWEST, TooFewLabels, make_folds, positives_of, train_criterion
from scoring.learning.curves import STRAIGHT, fit_curve
from scoring.learning.judge import LearnedModels, LoadedModel
from scoring.learning.measures import ece
from scoring.learning.votes import Precision, cold_probabilities, precisions
from tests.unit.scoring.learning.telling import (
    KNOWN,
    UNKNOWN,
    case_of,
    criterion,
    make_call,
    make_examples,
    standard,
    train_words,
)


def models(n: int = 160) -> LearnedModels:
    """The promoted model of the criterion."""
    trained = train_criterion("recap", "en", "yes", make_examples(n), train_words)
    return LearnedModels({"recap.en": LoadedModel(trained.model, 3)})


def test_a_model_learns_what_the_rules_do_not_know() -> None:
    trained = train_criterion("recap", "en", "yes", make_examples(160), train_words)
    figures = trained.figures
    assert figures["unit"] == "turn"
    assert figures["kappa"] > 0.9 > 0.6 > figures["rules_kappa"]
    assert figures["positives"] == 80
    assert figures["answers"] == {"no": 80, "yes": 80}
    assert trained.model.seen == {"yes"}


def test_whole_calls_are_read_where_nobody_marked_a_place() -> None:
    examples = [e for e in make_examples(160, marks=False) if not e.marked]
    trained = train_criterion("recap", "en", "yes", examples, train_words)
    assert trained.figures["unit"] == "call"
    assert trained.figures["kappa"] > 0.8


def test_without_a_text_part_the_votes_alone_are_weighed() -> None:
    trained = train_criterion("recap", "en", "yes", make_examples(160), None)
    assert trained.model.text is None
    assert trained.figures["kappa"] == pytest.approx(trained.figures["rules_kappa"], abs=0.15)


def test_too_little_is_refused_by_name() -> None:
    with pytest.raises(TooFewLabels, match="at least"):
        train_criterion("recap", "en", "yes", make_examples(FEWEST - 1), train_words)
    alike = [example for example in make_examples(120) if example.answer == "no"]
    with pytest.raises(TooFewLabels, match="same answer"):
        train_criterion("recap", "en", "yes", alike, train_words)
    assert positives_of(["yes"] * 90 + ["no"] * 10, "yes") == 10


def test_the_same_examples_in_any_order_give_the_same_model() -> None:
    examples = make_examples(80)
    one = train_criterion("recap", "en", "yes", examples, train_words)
    two = train_criterion("recap", "en", "yes", random.Random(2).sample(examples, 80), train_words)
    assert one.model.to_json() == two.model.to_json()
    assert one.figures == two.figures


def test_no_group_is_in_two_folds_and_folds_are_even() -> None:
    groups = [f"g{n % 13}" for n in range(130)] + ["big"] * 40
    folds = make_folds(groups, 5)
    assert all(len({folds[n] for n in range(170) if groups[n] == name}) == 1 for name in set(groups))
    sizes = np.bincount(folds)
    assert len(sizes) == 5
    assert sizes.max() <= 50


def test_the_engine_takes_the_learned_answer_with_its_evidence_and_says_why() -> None:
    learned = models()
    made = make_call(random.Random(77), "unknown")
    by_rules = score(made.transcript, standard())
    judged = score(made.transcript, standard(), models=learned)
    assert by_rules.criteria[0].answer == "no"
    answer = judged.criteria[0]
    assert answer.answer == "yes"
    assert answer.evidence[0].source == "model:recap.en"
    assert answer.evidence[0].quote in UNKNOWN
    assert "nutshell" in answer.why
    assert "version 3" in answer.why
    assert judged.models == {"recap.en": "3"}
    assert judged.score.final == 100.0
    assert by_rules.models == {}


def test_an_answer_by_absence_names_its_window() -> None:
    judged = score(make_call(random.Random(5), "none").transcript, standard(), models=models())
    answer = judged.criteria[0]
    assert (answer.answer, answer.evidence) == ("no", ())
    assert answer.absence is not None
    assert (answer.absence.start, answer.absence.end) == (0.0, 59.0)


def test_no_models_and_models_for_something_else_change_nothing() -> None:
    transcript = make_call(random.Random(6), "known").transcript
    plain = score(transcript, standard()).to_json()
    assert score(transcript, standard(), models=LearnedModels()).to_json() == plain
    other = LearnedModels({"recap.ru": LoadedModel(models(80).by_id["recap.en"].model, 1)})
    assert score(transcript, standard(), models=other).to_json() == plain
    assert plain["criteria"][0]["evidence"][0]["quote"] in KNOWN


def test_what_cannot_be_understood_no_model_judges() -> None:
    made = make_call(random.Random(8), "unknown")
    data = made.transcript.to_json()
    for turn in data["turns"]:
        words = turn["text"].split()
        turn["words"] = [
            {"text": word, "start": turn["start"] + n * 0.1, "end": turn["start"] + n * 0.1 + 0.1, "confidence": 0.2}
            for n, word in enumerate(words)
        ]
    from transcription.transcript import Transcript

    judged = score(Transcript.from_json(data), standard(), models=models(80))
    assert judged.criteria[0].answer == CANNOT_JUDGE


def test_a_model_with_other_options_is_not_used() -> None:
    model = models(80).by_id["recap.en"].model
    renamed = read_model({**model.to_json(), "answers": ["0", "1"]}, model.text)
    learned = LearnedModels({"recap.en": LoadedModel(renamed, 1)})
    assert learned.model_for(criterion(), "en") is None
    assert learned.versions("en", [criterion()]) == {}


def test_curves_bend_towards_the_truth() -> None:
    lot = np.random.default_rng(0)
    for n in (150, 1500):
        truth = lot.random(n) < lot.random(n)
        raw = np.clip(np.where(truth, 0.6, 0.4) + lot.normal(0, 0.1, n), 0.01, 0.99)
        curve = fit_curve(raw, truth)
        assert curve.kind == ("sigmoid" if n == 150 else "isotonic")
        assert ece(truth, curve(raw)) < ece(truth, raw)
    assert fit_curve(np.array([0.1, 0.2]), np.array([True, True])) == STRAIGHT


def test_rules_begin_at_their_shipped_precision_and_move_with_verdicts() -> None:
    result = score(make_call(random.Random(1), "known").transcript, standard()).criteria[0]
    rule = result.evidence[0].source
    known = precisions([(result, "yes")] * 3 + [(result, "no")] * 17)
    assert known[rule] == Precision(rule, 3, 17, result.confidence or 0.0)
    assert known[rule].mean < 0.45
    before = cold_probabilities(result, ("no", "yes"), {})
    after = cold_probabilities(result, ("no", "yes"), known)
    assert before["yes"] == pytest.approx(result.confidence)
    assert after["yes"] < 0.5 < before["yes"]
    assert sum(after.values()) == pytest.approx(1.0)


def test_a_case_gives_votes_between_0_and_1() -> None:
    examples = make_examples(8)
    assert all(0.0 <= value <= 1.0 for example in examples for value in example.look.votes.values())
    assert any(name.startswith("rule:") for name in examples[0].look.votes)
    case = case_of(make_call(random.Random(3), "none").transcript)
    assert case.conversation.language == "en"
