"""A model of whole conversations: each turn judged together with how its neighbours were judged.

Two layers (stacked generalisation, Wolpert 1992). The first reads each turn: a linear margin model over text features
and named circumstances, naive Bayes, and a forest over the main directions of the same text (LSA) and plain figures.
The second reads the first's held-out answers for the turn, for up to four turns before and three after, and for the
call as a whole, with the figures again: an average of a forest, gradient-boosted trees and the first's margins. No
neural network; one thread; the same every time.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.calibration import group_folds
from scoring.learning.curves import Numbers
from scoring.learning.text_features import TextFeatures, fit_features
from scoring.learning.utterances import Utterance

NEIGHBOURS: Final = (-4, -3, -2, -1, 1, 2, 3)
_BOUND: Final = 4.0  # figures are held within this many standard deviations for the linear model
_NAME: Final = r"\S+"
_SHARPNESS: Final = 2.0  # margins to probabilities: softmax(2 x margin)


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of whole conversations, in order: `groups` names each turn's conversation.

    `figures` [n, k] are plain numbers of each turn beyond its text, `linear` [n, j] those that the linear model may use
    as they are, `circumstances` words that name what holds at the turn ("asks price-named"), read as a bag.
    """

    utterances: Sequence[Utterance]
    groups: Sequence[Hashable]
    figures: Numbers
    linear: Numbers
    circumstances: Sequence[str]

    def part(self, rows: NDArray[np.intp]) -> Turns:
        """Some of the turns; whole conversations, so that neighbours stay neighbours."""
        return Turns(
            [self.utterances[n] for n in rows],
            [self.groups[n] for n in rows],
            self.figures[rows],
            self.linear[rows],
            [self.circumstances[n] for n in rows],
        )


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """How the layers are trained.

    The values were chosen by trying some on the four folds that the negotiation benchmark is cross-validated on, so its
    cross-validated figures are a little kind; dialogues of another folder were not looked at.
    """

    strength: float = 0.07
    figure_weight: float = 0.06
    circumstance_weight: float = 1.0
    inner_folds: int = 4
    directions: int = 60
    trees: int = 150
    rounds: int = 100
    evening: float = 0.5  # 0: classes weigh by their number, 1: all the same (second layer's boosted trees)
    second_trees: int = 250
    seeds: tuple[int, ...] = (0,)
    weights: dict[str, float] = field(default_factory=dict)
    kept: int = 40_000


@dataclass(frozen=True)
class _Reader:
    """The first layer's eyes: sparse matrix of text, figures and circumstances."""

    features: TextFeatures
    words: Any
    middle: Numbers
    spread: Numbers
    settings: ContextSettings

    def text(self, turns: Turns) -> Any:
        return self.features.matrix(turns.utterances)

    def matrix(self, turns: Turns, text: Any) -> Any:
        from scipy.sparse import csr_matrix, hstack

        figures = np.clip((turns.linear - self.middle) / self.spread, -_BOUND, _BOUND)
        named = self.words.transform(turns.circumstances) * self.settings.circumstance_weight
        return hstack([text, named, csr_matrix(figures * self.settings.figure_weight)]).tocsr()


@dataclass(frozen=True)
class _First:
    """The first layer, trained on some conversations."""

    margin: Any
    bayes: Any
    directions: Any
    forest: Any

    def answers(self, turns: Turns, text: Any, matrix: Any) -> Numbers:
        """[n, 3 x classes]: margins, the forest's probabilities, and the naive Bayes scores about their mean."""
        margins = self.margin.decision_function(matrix)
        bayes = self.bayes.predict_joint_log_proba(abs(text))
        bayes -= bayes.mean(axis=1, keepdims=True)
        return np.hstack([margins, self.forest.predict_proba(_dense(self.directions, turns, text)), bayes])


@dataclass(frozen=True)
class ContextModel:
    """A trained model of conversations; `classes` in order of their names."""

    classes: tuple[Any, ...]
    reader: _Reader
    first: _First
    second: tuple[Any, ...]

    def probabilities(self, turns: Turns) -> Numbers:
        """[n, classes] of whole conversations."""
        text = self.reader.text(turns)
        answers = self.first.answers(turns, text, self.reader.matrix(turns, text))
        rows = neighbourhood(answers, turns)
        votes = [model.predict_proba(rows) for model in self.second]
        votes.append(_softmax(_SHARPNESS * answers[:, : len(self.classes)]))
        found: Numbers = np.mean(votes, axis=0)
        return found


def train_context(turns: Turns, labels: Sequence[Any], settings: ContextSettings | None = None) -> ContextModel:
    """A model of conversations. Raises ValueError for fewer than three classes or two conversations.

    The second layer sees only held-out answers of the first: conversations are dealt to `inner_folds` folds.
    """
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

    settings = settings or ContextSettings()
    classes = tuple(sorted(set(labels)))
    if len(classes) < 3:
        raise ValueError("A model of conversations needs at least three kinds of turns.")
    if len(set(turns.groups)) < 2:
        raise ValueError("A model of conversations needs at least two conversations.")
    codes = np.array([classes.index(label) for label in labels])
    reader = _fit_reader(turns, settings)
    text = reader.text(turns)
    matrix = reader.matrix(turns, text)
    everything = np.arange(len(codes))
    answers = np.zeros((len(codes), 3 * len(classes)))
    for test in group_folds(turns.groups, settings.inner_folds):
        train = np.setdiff1d(everything, test)
        part = _fit_first(turns.part(train), text[train], matrix[train], codes[train], settings)
        answers[test] = _in_place(part, part.answers(turns.part(test), text[test], matrix[test]), len(classes))
    rows = neighbourhood(answers, turns)
    weights = _evened(codes, settings.evening)
    second: list[Any] = []
    for seed in settings.seeds:
        second.append(
            ExtraTreesClassifier(
                settings.second_trees, min_samples_leaf=3, max_features=0.2, class_weight="balanced", random_state=seed
            ).fit(rows, codes)
        )
        if settings.rounds:
            second.append(
                HistGradientBoostingClassifier(
                    max_iter=settings.rounds, learning_rate=0.07, max_leaf_nodes=15, l2_regularization=5.0,
                    min_samples_leaf=20, max_features=0.2, max_bins=48, early_stopping=False, random_state=seed,
                ).fit(rows, codes, sample_weight=weights)
            )  # fmt: skip
    return ContextModel(classes, reader, _fit_first(turns, text, matrix, codes, settings), tuple(second))


def neighbourhood(answers: Numbers, turns: Turns) -> Numbers:
    """The second layer's rows: a turn's answers, its neighbours' mean answers, the conversation's, and the figures."""
    half = answers.shape[1] // 3
    chances = (_softmax(_SHARPNESS * answers[:, :half]) + answers[:, half : 2 * half]) / 2.0
    place = {name: number for number, name in enumerate(dict.fromkeys(turns.groups))}
    group = np.array([place[name] for name in turns.groups])
    blocks = [answers]
    for shift in NEIGHBOURS:
        other = np.clip(np.arange(len(group)) + shift, 0, max(len(group) - 1, 0))
        inside = (group[other] == group) & (other == np.arange(len(group)) + shift)
        blocks.append(np.where(inside[:, None], chances[other], 0.0))
    sums = np.zeros((len(place), half))
    np.add.at(sums, group, chances)
    blocks.append((sums / np.maximum(np.bincount(group, minlength=len(place)), 1)[:, None])[group])
    return np.hstack([*blocks, turns.figures])


def _fit_reader(turns: Turns, settings: ContextSettings) -> _Reader:
    from sklearn.feature_extraction.text import TfidfVectorizer

    features = fit_features(turns.utterances, None, settings.kept, 2, settings.weights, 0.1)
    words = TfidfVectorizer(token_pattern=_NAME, lowercase=False, min_df=min(4, len(turns.circumstances)))
    try:
        words.fit(turns.circumstances)
    except ValueError:  # nothing is named often enough: one word that never occurs keeps the shape
        words = TfidfVectorizer(token_pattern=_NAME, lowercase=False, vocabulary=["-"]).fit(["-"])
    spread = turns.linear.std(axis=0)
    return _Reader(features, words, turns.linear.mean(axis=0), np.where(spread > 0, spread, 1.0), settings)


def _fit_first(turns: Turns, text: Any, matrix: Any, codes: NDArray[np.intp], settings: ContextSettings) -> _First:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    margin = LinearSVC(C=settings.strength, class_weight="balanced", tol=1e-3, random_state=0).fit(matrix, codes)
    width = max(2, min(settings.directions, text.shape[1] - 1, text.shape[0] - 1))
    directions = TruncatedSVD(width, n_iter=3, random_state=0).fit(text)
    forest = ExtraTreesClassifier(
        settings.trees, min_samples_leaf=2, max_features=0.15, class_weight="balanced", random_state=0
    ).fit(_dense(directions, turns, text), codes)
    bayes = ComplementNB(alpha=0.3).fit(abs(text), codes)
    return _First(margin, bayes, directions, forest)


def _in_place(part: _First, answers: Numbers, classes: int) -> Numbers:
    """A part's answers in the columns of all classes (a rare class may be missing from a part)."""
    known = part.forest.classes_
    if len(known) == classes:
        return answers
    found = np.zeros((len(answers), 3 * classes))
    found[:, :classes] = answers[:, : len(known)].min(initial=-1.0)
    for block in range(3):
        found[:, block * classes + known] = answers[:, block * len(known) : (block + 1) * len(known)]
    return found


def _dense(directions: Any, turns: Turns, text: Any) -> Numbers:
    return np.hstack([turns.figures, directions.transform(text)])


def _evened(codes: NDArray[np.intp], power: float) -> Numbers:
    counts = np.maximum(np.bincount(codes), 1)
    weights: Numbers = ((len(codes) / len(counts) / counts) ** power)[codes]
    return weights


def _softmax(scores: Numbers) -> Numbers:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = shifted / shifted.sum(axis=1, keepdims=True)
    return chances
