"""Kinds of single utterances in a language whose endings carry them: several linear readings, judged by a forest.

Each reading tells the kinds by itself: syllables and forms; these with runs of letters (jamo, the parts of Korean
syllables); the same signs weighed by what they tell; naive Bayes. Where the analyser is installed Korean is read as
morphemes too. A forest reads their held-out answers (stacked generalisation, Wolpert 1992) with the utterance's length
and learns when which reading is right; a logistic model over the same answers votes beside it with equal weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scoring.learning.calibration import group_folds
from scoring.learning.curves import Numbers
from scoring.learning.linear_readings import LinearJudge, Reading, answers_of, train_judge
from scoring.learning.text_grams import script_of
from scoring.learning.text_morphemes import analyser_installed
from scoring.learning.text_signs import SignBlock, fit_block
from scoring.learning.utterances import Utterance

READINGS: Final = (
    Reading(("syllables", "forms"), "margins", 0.3),
    Reading(("syllables", "letters", "forms"), "margins", 0.2),
    Reading(("syllables", "forms"), "telling", 0.5),
    Reading(("syllables", "forms"), "bayes"),
)
MORPHEME_READINGS: Final = (
    Reading(("morphemes", "pairs", "edges", "frames"), "margins", 0.2),
    Reading(("syllables", "forms", "morphemes", "pairs"), "margins", 0.2),
    Reading(("syllables", "letters", "forms", "morphemes", "pairs", "frames"), "margins", 0.15),
    Reading(("syllables", "forms", "morphemes", "pairs"), "telling", 0.5),
    Reading(("morphemes", "pairs", "edges"), "bayes"),
)
_TREES: Final = 300
_FOLDS: Final = 4
_STRENGTH: Final = 0.1
_ROUNDS: Final = 300


@dataclass(frozen=True)
class StackedText:
    """A trained model; `classes` in order of their names."""

    classes: tuple[Any, ...]
    readings: tuple[Reading, ...]
    blocks: tuple[SignBlock, ...]
    judges: tuple[LinearJudge, ...]
    voters: tuple[Any, Any]

    def probabilities(self, utterances: Sequence[Utterance]) -> Numbers:
        """[n, classes], rows summing to 1."""
        answers = answers_of(self.judges, _matrices(self.readings, self.blocks, utterances))
        forest, logistic = self.voters
        found: Numbers = forest.predict_proba(_rows(answers, utterances)) + logistic.predict_proba(answers)
        return found / 2.0


def train_stacked(utterances: Sequence[Utterance], labels: Sequence[Any], morphemes: bool | None = None) -> StackedText:
    """A model of the kinds. Raises ValueError for fewer than three kinds or different texts.

    `morphemes` says whether to read them (only Korean has any); left out, they are read where the analyser is
    installed. Equal texts are held out together, so that no reading is praised for having seen them.
    """
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression

    classes = tuple(sorted(set(labels)))
    texts = [each.text for each in utterances]
    if len(classes) < 3 or len(set(texts)) < 3:
        raise ValueError("A model of kinds needs at least three kinds and three different texts.")
    codes = np.array([classes.index(label) for label in labels])
    readings = READINGS + MORPHEME_READINGS if _reads_morphemes(utterances, morphemes) else READINGS
    names = sorted({name for reading in readings for name in reading.blocks})
    blocks = tuple(fit_block(name, utterances) for name in names)
    matrices = _matrices(readings, blocks, utterances)
    answers = np.zeros((len(codes), len(readings) * len(classes)))
    everything = np.arange(len(codes))
    for test in group_folds(texts, _FOLDS):
        train = np.setdiff1d(everything, test)
        part = _train(readings, [matrix[train] for matrix in matrices], codes[train], len(classes))
        answers[test] = answers_of(part, [matrix[test] for matrix in matrices])
    forest = ExtraTreesClassifier(_TREES, min_samples_leaf=3, max_features=0.2, random_state=0)
    forest.fit(_rows(answers, utterances), codes)
    logistic = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS).fit(answers, codes)
    judges = _train(readings, matrices, codes, len(classes))
    return StackedText(classes, readings, blocks, judges, (forest, logistic))


def _reads_morphemes(utterances: Sequence[Utterance], wanted: bool | None) -> bool:
    korean = any(script_of(each.text, each.language) == "ko" for each in utterances)
    return korean and (analyser_installed() if wanted is None else wanted)


def _matrices(readings: Sequence[Reading], blocks: Sequence[SignBlock], utterances: Sequence[Utterance]) -> list[Any]:
    """Each reading's columns; readings of the same blocks share one matrix."""
    from scipy.sparse import hstack

    single = {block.name: block.matrix(utterances) for block in blocks}
    joined = {names: hstack([single[name] for name in names]).tocsr() for names in {each.blocks for each in readings}}
    return [joined[reading.blocks] for reading in readings]


def _train(readings: Sequence[Reading], matrices: Sequence[Any], codes: Any, kinds: int) -> tuple[LinearJudge, ...]:
    pairs = zip(readings, matrices, strict=True)
    return tuple(train_judge(reading, matrix, codes, kinds) for reading, matrix in pairs)


def _rows(answers: Numbers, utterances: Sequence[Utterance]) -> Numbers:
    shape = [[len(each.text), each.text.count(" "), len(each.text.rpartition(" ")[2])] for each in utterances]
    return np.hstack([answers, np.array(shape, float).reshape(len(utterances), 3)])
