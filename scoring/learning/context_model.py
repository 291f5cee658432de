"""A model of whole conversations: each turn judged together with how its neighbours were judged.

Two layers (stacked generalisation, Wolpert 1992). The first reads each turn: a linear margin model over text features
and named circumstances, naive Bayes, a forest over the main directions of the same text (LSA) and plain figures, and a
margin model over the words of the turn and those around it. The second reads the first's held-out answers for the turn,
for up to four turns before and three after, and for the call as a whole, with the figures again: an average of forests,
gradient-boosted trees, a logistic regression and the first's margins. No neural network; one thread; the same every
time.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.around import AroundWords, fit_around
from scoring.learning.calibration import group_folds
from scoring.learning.context_second import BOUND, SHARPNESS, fit_second, neighbourhood, softmax
from scoring.learning.curves import Numbers
from scoring.learning.text_features import TextFeatures, fit_features
from scoring.learning.utterances import Utterance

_NAME: Final = r"\S+"


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
    plain_trees: int = 250  # a second forest, in which classes weigh by their number; 0: none
    second_strength: float = 0.003  # of the second layer's logistic regression; 0: none
    around: float = 0.15  # strength of the model over the words around a turn; 0: none
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
    around: AroundWords | None

    def text(self, turns: Turns) -> Any:
        return self.features.matrix(turns.utterances)

    def matrix(self, turns: Turns, text: Any) -> Any:
        from scipy.sparse import csr_matrix, hstack

        figures = np.clip((turns.linear - self.middle) / self.spread, -BOUND, BOUND)
        named = self.words.transform(turns.circumstances) * self.settings.circumstance_weight
        return hstack([text, named, csr_matrix(figures * self.settings.figure_weight)]).tocsr()

    def view(self, turns: Turns) -> _View:
        """Everything the first layer reads."""
        text = self.text(turns)
        around = None if self.around is None else self.around.matrix(turns.utterances, turns.groups)
        return _View(turns, text, self.matrix(turns, text), around)


@dataclass(frozen=True)
class _View:
    """Turns as matrices: `text`, `matrix` (text, circumstances and figures), `around` (None: not read)."""

    turns: Turns
    text: Any
    matrix: Any
    around: Any

    def part(self, rows: NDArray[np.intp]) -> _View:
        around = None if self.around is None else self.around[rows]
        return _View(self.turns.part(rows), self.text[rows], self.matrix[rows], around)


@dataclass(frozen=True)
class _First:
    """The first layer, trained on some conversations."""

    margin: Any
    bayes: Any
    directions: Any
    forest: Any
    around: Any

    def answers(self, view: _View) -> Numbers:
        """[n, 3 or 4 x classes]: margins, the forest's probabilities, the naive Bayes scores about their mean, and the
        margins by the words around."""
        margins = self.margin.decision_function(view.matrix)
        bayes = self.bayes.predict_joint_log_proba(abs(view.text))
        bayes -= bayes.mean(axis=1, keepdims=True)
        found = [margins, self.forest.predict_proba(_dense(self.directions, view.turns, view.text)), bayes]
        if self.around is not None:
            found.append(self.around.decision_function(view.around))
        return np.hstack(found)


@dataclass(frozen=True)
class ContextModel:
    """A trained model of conversations; `classes` in order of their names."""

    classes: tuple[Any, ...]
    reader: _Reader
    first: _First
    second: tuple[Any, ...]

    def probabilities(self, turns: Turns) -> Numbers:
        """[n, classes] of whole conversations."""
        answers = self.first.answers(self.reader.view(turns))
        rows = neighbourhood(answers, turns, len(self.classes))
        votes = [model.predict_proba(rows) for model in self.second]
        # The margins themselves vote too: of everything the first layer reads, and of the words around alone.
        width = len(self.classes)
        votes.append(softmax(SHARPNESS * answers[:, :width]))
        if answers.shape[1] > 3 * width:
            votes.append(softmax(SHARPNESS * answers[:, 3 * width :]))
        found: Numbers = np.mean(votes, axis=0)
        return found


def train_context(turns: Turns, labels: Sequence[Any], settings: ContextSettings | None = None) -> ContextModel:
    """A model of conversations. Raises ValueError for fewer than three classes or two conversations.

    The second layer sees only held-out answers of the first: conversations are dealt to `inner_folds` folds.
    """
    settings = settings or ContextSettings()
    classes = tuple(sorted(set(labels)))
    if len(classes) < 3:
        raise ValueError("A model of conversations needs at least three kinds of turns.")
    if len(set(turns.groups)) < 2:
        raise ValueError("A model of conversations needs at least two conversations.")
    codes = np.array([classes.index(label) for label in labels])
    reader = _fit_reader(turns, settings)
    view = reader.view(turns)
    everything = np.arange(len(codes))
    answers = np.zeros((len(codes), (3 if reader.around is None else 4) * len(classes)))
    for test in group_folds(turns.groups, settings.inner_folds):
        train = np.setdiff1d(everything, test)
        part = _fit_first(view.part(train), codes[train], settings)
        answers[test] = _in_place(part, part.answers(view.part(test)), len(classes))
    rows = neighbourhood(answers, turns, len(classes))
    return ContextModel(classes, reader, _fit_first(view, codes, settings), fit_second(rows, codes, settings))


def _fit_reader(turns: Turns, settings: ContextSettings) -> _Reader:
    from sklearn.feature_extraction.text import TfidfVectorizer

    features = fit_features(turns.utterances, None, settings.kept, 2, settings.weights, 0.1)
    words = TfidfVectorizer(token_pattern=_NAME, lowercase=False, min_df=min(4, len(turns.circumstances)))
    try:
        words.fit(turns.circumstances)
    except ValueError:  # nothing is named often enough: one word that never occurs keeps the shape
        words = TfidfVectorizer(token_pattern=_NAME, lowercase=False, vocabulary=["-"]).fit(["-"])
    spread = turns.linear.std(axis=0)
    around = fit_around(turns.utterances, turns.groups) if settings.around else None
    return _Reader(features, words, turns.linear.mean(axis=0), np.where(spread > 0, spread, 1.0), settings, around)


def _fit_first(view: _View, codes: NDArray[np.intp], settings: ContextSettings) -> _First:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    def margin_model(strength: float, matrix: Any) -> Any:
        return LinearSVC(C=strength, class_weight="balanced", tol=1e-3, random_state=0).fit(matrix, codes)

    text = view.text
    width = max(2, min(settings.directions, text.shape[1] - 1, text.shape[0] - 1))
    directions = TruncatedSVD(width, n_iter=3, random_state=0).fit(text)
    forest = ExtraTreesClassifier(
        settings.trees, min_samples_leaf=2, max_features=0.15, class_weight="balanced", random_state=0
    ).fit(_dense(directions, view.turns, text), codes)
    bayes = ComplementNB(alpha=0.3).fit(abs(text), codes)
    around = None if view.around is None else margin_model(settings.around, view.around)
    return _First(margin_model(settings.strength, view.matrix), bayes, directions, forest, around)


def _in_place(part: _First, answers: Numbers, classes: int) -> Numbers:
    """A part's answers in the columns of all classes (a rare class may be missing from a part)."""
    known = part.forest.classes_
    if len(known) == classes:
        return answers
    blocks = answers.shape[1] // len(known)
    found = np.zeros((len(answers), blocks * classes))
    for margins in range(0, blocks, 3):  # the first block and the fourth
        found[:, margins * classes : (margins + 1) * classes] = answers[:, : len(known)].min(initial=-1.0)
    for block in range(blocks):
        found[:, block * classes + known] = answers[:, block * len(known) : (block + 1) * len(known)]
    return found


def _dense(directions: Any, turns: Turns, text: Any) -> Numbers:
    return np.hstack([turns.figures, directions.transform(text)])
