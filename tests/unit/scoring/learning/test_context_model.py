"""The context model on made-up conversations where only the turn before tells what a turn is."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.learning.calibration import calibrate, calibrated, group_folds, held_out
from scoring.learning.context_model import ContextSettings, Turns, train_context
from scoring.learning.utterances import Utterance, utterances_of

SMALL = ContextSettings(trees=10, second_trees=20, rounds=5, inner_folds=2, directions=4)
CALL = (("rep", "is the price fine"), ("client", "no"), ("rep", "shall we meet"), ("client", "no"), ("rep", "bye then"))
LABELS = ("asks", "price", "asks", "meeting", "ends")


def conversations(count: int) -> Turns:
    utterances: list[Utterance] = []
    groups: list[int] = []
    for number in range(count):
        utterances += utterances_of([*CALL], "en")
        groups += [number] * len(CALL)
    figures = np.zeros((len(groups), 1))
    return Turns(utterances, groups, figures, figures, ["said"] * len(groups))


def test_the_turn_before_decides() -> None:
    turns = conversations(8)
    model = train_context(turns, [*LABELS] * 8, SMALL)
    chances = model.probabilities(conversations(1))
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert [model.classes[n] for n in chances.argmax(axis=1)] == [*LABELS]
    again = train_context(turns, [*LABELS] * 8, SMALL).probabilities(conversations(1))
    assert np.array_equal(chances, again)


def test_parts_can_be_left_out_and_a_kind_may_be_missing_from_a_fold() -> None:
    turns = conversations(4)
    labels = [*LABELS] * 4
    labels[4] = "once"
    plain = ContextSettings(
        trees=10, second_trees=10, plain_trees=0, rounds=0, second_strength=0.0, around=0.0, inner_folds=2, directions=4
    )
    for settings in (SMALL, plain):
        model = train_context(turns, labels, settings)
        chances = model.probabilities(turns)
        assert chances.shape == (20, 5)
        assert np.allclose(chances.sum(axis=1), 1.0)


def test_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="three kinds"):
        train_context(conversations(2), ["a", "b", "a", "b", "a"] * 2, SMALL)
    with pytest.raises(ValueError, match="two conversations"):
        train_context(conversations(1), [*LABELS], SMALL)


def test_folds_keep_groups_whole_and_held_out_never_saw_them() -> None:
    groups = ["a", "a", "b", "c", "c", "c", "d"]
    folds = group_folds(groups, 3)
    assert sorted(np.concatenate(folds).tolist()) == list(range(7))
    for fold in folds:
        inside = {groups[n] for n in fold}
        assert not inside & {groups[n] for n in range(7) if n not in fold}
    seen = held_out(lambda train, test: np.full((len(test), 1), float(len(train))), groups, 3)
    assert (seen < 7).all()
    with pytest.raises(ValueError, match="two groups"):
        held_out(lambda train, test: np.zeros((len(test), 1)), ["a", "a"])


def test_calibrated_probabilities_sum_to_one_and_follow_the_truth() -> None:
    dice = np.random.default_rng(1)
    truth = dice.random(2000) < 0.3
    raw = np.clip(np.where(truth, 0.8, 0.6) + dice.normal(0, 0.1, 2000), 0.01, 0.99)
    both = np.stack([1 - raw, raw], axis=1)
    bent = calibrated(both, calibrate(both, truth.tolist(), [False, True]))
    assert np.allclose(bent.sum(axis=1), 1.0)
    assert bent[:, 1].mean() == pytest.approx(0.3, abs=0.02)
