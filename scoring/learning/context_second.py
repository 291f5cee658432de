"""The second layer of the model of conversations: what it reads of the first layer and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.curves import Numbers

if TYPE_CHECKING:
    from scoring.learning.context_model import ContextSettings, Turns

NEIGHBOURS: Final = (-4, -3, -2, -1, 1, 2, 3)
BOUND: Final = 4.0  # figures are held within this many standard deviations for the linear model
SHARPNESS: Final = 2.0  # margins to probabilities: softmax(2 x margin)
_FLAT: Final = 1e-6
_LINEAR_STEPS: Final = 200


def neighbourhood(answers: Numbers, turns: Turns, classes: int) -> Numbers:
    """The second layer's rows: a turn's answers, its neighbours' mean answers, the conversation's, and the figures."""
    chances = (softmax(SHARPNESS * answers[:, :classes]) + answers[:, classes : 2 * classes]) / 2.0
    place = {name: number for number, name in enumerate(dict.fromkeys(turns.groups))}
    group = np.array([place[name] for name in turns.groups])
    blocks = [answers, *_neighbours(chances, group)]
    sums = np.zeros((len(place), classes))
    np.add.at(sums, group, chances)
    blocks.append((sums / np.maximum(np.bincount(group, minlength=len(place)), 1)[:, None])[group])
    if answers.shape[1] > 3 * classes:
        blocks += _neighbours(softmax(SHARPNESS * answers[:, 3 * classes :]), group)
    return np.hstack([*blocks, turns.figures])


def _neighbours(chances: Numbers, group: NDArray[np.intp]) -> list[Numbers]:
    found = []
    for shift in NEIGHBOURS:
        other = np.clip(np.arange(len(group)) + shift, 0, max(len(group) - 1, 0))
        inside = (group[other] == group) & (other == np.arange(len(group)) + shift)
        found.append(np.where(inside[:, None], chances[other], 0.0))
    return found


def fit_second(rows: Numbers, codes: NDArray[np.intp], settings: ContextSettings) -> tuple[Any, ...]:
    """The models whose probabilities are averaged: forests, boosted trees and a logistic regression."""
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

    weights = _evened(codes, settings.evening)
    second: list[Any] = []
    for seed in settings.seeds:
        for trees, weigh in ((settings.second_trees, "balanced"), (settings.plain_trees, None)):
            if trees:
                second.append(
                    ExtraTreesClassifier(
                        trees, min_samples_leaf=3, max_features=0.2, class_weight=weigh, random_state=seed
                    ).fit(rows, codes)
                )
        if settings.rounds:
            second.append(
                HistGradientBoostingClassifier(
                    max_iter=settings.rounds, learning_rate=0.07, max_leaf_nodes=15, l2_regularization=5.0,
                    min_samples_leaf=20, max_features=0.2, max_bins=48, early_stopping=False, random_state=seed,
                ).fit(rows, codes, sample_weight=weights)
            )  # fmt: skip
    if settings.second_strength:
        second.append(_fit_level(rows, codes, weights, settings.second_strength))
    return tuple(second)


@dataclass(frozen=True)
class _Level:
    """A logistic regression over rows brought to one scale and held within bounds."""

    middle: Numbers
    spread: Numbers
    regression: Any

    def predict_proba(self, rows: Numbers) -> Numbers:
        found: Numbers = self.regression.predict_proba(self.scaled(rows))
        return found

    def scaled(self, rows: Numbers) -> Numbers:
        bounded: Numbers = np.clip((rows - self.middle) / self.spread, -BOUND, BOUND)
        return bounded


def _fit_level(rows: Numbers, codes: NDArray[np.intp], weights: Numbers, strength: float) -> _Level:
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=strength, max_iter=_LINEAR_STEPS, tol=1e-3)
    level = _Level(rows.mean(axis=0), rows.std(axis=0) + _FLAT, regression)
    regression.fit(level.scaled(rows), codes, sample_weight=weights)
    return level


def _evened(codes: NDArray[np.intp], power: float) -> Numbers:
    counts = np.maximum(np.bincount(codes), 1)
    weights: Numbers = ((len(codes) / len(counts) / counts) ** power)[codes]
    return weights


def softmax(scores: Numbers) -> Numbers:
    """Scores [n, classes] as shares that sum to 1."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = shifted / shifted.sum(axis=1, keepdims=True)
    return chances
