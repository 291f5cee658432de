"""Kinds of single utterances in a language whose endings carry them: several linear readings, judged by a forest.

Each reading tells the kinds by itself: words, syllables and forms together; runs of syllables across words; runs of
letters (jamo, the parts of Korean syllables). A forest reads their held-out margins (stacked generalisation, Wolpert
1992) with the main directions of the text and its length, and learns when which reading is right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scoring.learning.calibration import group_folds
from scoring.learning.curves import Numbers
from scoring.learning.text_features import TextFeatures, fit_features
from scoring.learning.text_grams import read_text
from scoring.learning.utterances import Utterance

_STRENGTHS: Final = (0.2, 1.0, 1.0)
_WEIGHTS: Final = {"word": 1.0, "char": 1.0, "form": 1.4, "role": 0.0, "previous": 0.0, "earlier": 0.0}
_KEPT: Final = 60_000
_LETTERS_KEPT: Final = 100_000
_LONGEST: Final = 6
_SMOOTHING: Final = 0.3
_DIRECTIONS: Final = 80
_TREES: Final = 300
_FOLDS: Final = 4


@dataclass(frozen=True)
class _Readings:
    """The three ways of reading, as vocabularies."""

    features: TextFeatures
    syllables: Any
    letters: Any

    def matrices(self, utterances: Sequence[Utterance]) -> list[Any]:
        edged = [f"^{read_text(each.text)}$" for each in utterances]
        letters = [unicodedata.normalize("NFD", text) for text in edged]
        return [self.features.matrix(utterances), self.syllables.transform(edged), self.letters.transform(letters)]


@dataclass(frozen=True)
class StackedText:
    """A trained model; `classes` in order of their names."""

    classes: tuple[Any, ...]
    readings: _Readings
    first: tuple[Any, ...]
    directions: Any
    forest: Any

    def probabilities(self, utterances: Sequence[Utterance]) -> Numbers:
        """[n, classes], rows summing to 1."""
        matrices = self.readings.matrices(utterances)
        answers = _answers(self.first, matrices)
        found: Numbers = self.forest.predict_proba(_rows(answers, matrices[0], self.directions, utterances))
        return found


def train_stacked(utterances: Sequence[Utterance], labels: Sequence[Any]) -> StackedText:
    """A model of the kinds. Raises ValueError for fewer than three kinds or different texts.

    Equal texts are held out together, so that no reading is praised for having seen them.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.ensemble import ExtraTreesClassifier

    classes = tuple(sorted(set(labels)))
    texts = [each.text for each in utterances]
    if len(classes) < 3 or len(set(texts)) < 3:
        raise ValueError("A model of kinds needs at least three kinds and three different texts.")
    codes = np.array([classes.index(label) for label in labels])
    readings = _read(utterances, list(labels))
    matrices = readings.matrices(utterances)
    everything = np.arange(len(codes))
    answers = np.zeros((len(codes), 4 * len(classes)))
    for test in group_folds(texts, _FOLDS):
        train = np.setdiff1d(everything, test)
        part = _fit_first([matrix[train] for matrix in matrices], codes[train])
        held = _answers(part, [matrix[test] for matrix in matrices])
        known = part[-1].classes_
        for block in range(4):
            answers[np.ix_(test, block * len(classes) + known)] = held[:, block * len(known) : (block + 1) * len(known)]
    width = max(2, min(_DIRECTIONS, matrices[0].shape[1] - 1, len(texts) - 1))
    directions = TruncatedSVD(width, n_iter=3, random_state=0).fit(matrices[0])
    forest = ExtraTreesClassifier(_TREES, min_samples_leaf=3, max_features=0.2, random_state=0)
    forest.fit(_rows(answers, matrices[0], directions, utterances), codes)
    return StackedText(classes, readings, _fit_first(matrices, codes), directions, forest)


def _read(utterances: Sequence[Utterance], labels: list[Any]) -> _Readings:
    from sklearn.feature_extraction.text import TfidfVectorizer

    def runs(least: int, most: int | None) -> Any:
        return TfidfVectorizer(
            analyzer="char", ngram_range=(1, _LONGEST), min_df=least, max_features=most, sublinear_tf=True,
            lowercase=False,
        )  # fmt: skip

    edged = [f"^{read_text(each.text)}$" for each in utterances]
    letters = [unicodedata.normalize("NFD", text) for text in edged]
    features = fit_features(utterances, labels, kept=_KEPT, weights=_WEIGHTS)
    return _Readings(features, runs(2, None).fit(edged), runs(3, _LETTERS_KEPT).fit(letters))


def _fit_first(matrices: Sequence[Any], codes: Any) -> tuple[Any, ...]:
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    margins = [
        LinearSVC(C=strength, tol=1e-3, random_state=0).fit(matrix, codes)
        for strength, matrix in zip(_STRENGTHS, matrices, strict=True)
    ]
    return (*margins, ComplementNB(alpha=_SMOOTHING).fit(abs(matrices[0]), codes))


def _answers(first: Sequence[Any], matrices: Sequence[Any]) -> Numbers:
    """[n, 4 x classes]: the margins of each reading, and the naive Bayes scores of the first about their mean."""
    margins = [model.decision_function(matrix) for model, matrix in zip(first[:-1], matrices, strict=True)]
    bayes = first[-1].predict_joint_log_proba(abs(matrices[0]))
    return np.hstack([*margins, bayes - bayes.mean(axis=1, keepdims=True)])


def _rows(answers: Numbers, matrix: Any, directions: Any, utterances: Sequence[Utterance]) -> Numbers:
    shape = [[len(each.text), each.text.count(" ")] for each in utterances]
    return np.hstack([answers, np.array(shape, float).reshape(len(utterances), 2), directions.transform(matrix)])
