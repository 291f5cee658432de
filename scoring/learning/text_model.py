"""A linear model over text features: what a turn is, how likely, and which words and figures say so."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.calibration import FOLDS, calibrate, calibrated, held_out
from scoring.learning.curves import Numbers, read_curve
from scoring.learning.noise import noisy_utterance
from scoring.learning.text_features import KEPT, TextFeatures, fit_features
from scoring.learning.utterances import Utterance

REASONS: Final = 12
_ITERATIONS: Final = 300


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How a text model is trained.

    `strength` is the inverse regularisation; `kind` one logistic regression over all classes ("multinomial") or one
    per class against the rest ("one_vs_rest", liblinear). `balanced` weighs rare classes up. `noise` are the shares of
    words made wrong in copies of the training turns (0.2: one copy with a fifth wrong), so that speech errors are
    nothing new. `calibration_folds` above 1 bends the probabilities by held-out ones. `kept`, `least`, `weights` and
    `cue_weight` are those of the features.
    """

    strength: float = 2.0
    kind: str = "multinomial"
    balanced: bool = True
    kept: int = KEPT
    least: int = 2
    weights: dict[str, float] = field(default_factory=dict)
    cue_weight: float = 0.1
    noise: tuple[float, ...] = ()
    calibration_folds: int = 0
    tolerance: float = 1e-3
    seed: int = 0


@dataclass(frozen=True)
class TextModel:
    """A trained model. `coefficients` [classes, columns] and `offsets` [classes] stand beside `classes`' order.

    Plain numpy and builtins inside, so that it can be stored without pickle. `curves` are calibration curves as JSON,
    one per class, or empty.
    """

    classes: tuple[Any, ...]
    features: TextFeatures
    coefficients: Numbers
    offsets: Numbers
    kind: str
    curves: tuple[dict[str, Any], ...] = ()

    def probabilities(self, utterances: Sequence[Utterance]) -> Numbers:
        """[n, classes], rows summing to 1, classes in the order of `classes`."""
        if not len(utterances):
            return np.zeros((0, len(self.classes)))
        raw = _chances(self.scores(utterances), self.kind)
        return calibrated(raw, [read_curve(curve) for curve in self.curves]) if self.curves else raw

    def scores(self, utterances: Sequence[Utterance]) -> Numbers:
        """The linear scores [n, classes] before they become probabilities."""
        scores: Numbers = self.features.matrix(utterances) @ self.coefficients.T + self.offsets
        return scores

    def explain(self, utterance: Utterance, label: Any, most: int = REASONS) -> list[tuple[str, float]]:
        """What in the turn speaks for (+) or against (-) the label, heaviest first, as (feature, share of the score).

        The shares are against the mean of the other classes; with what the class starts from they add up to its lead.
        Raises ValueError for a label the model does not know.
        """
        if label not in self.classes:
            raise ValueError(f"The model does not know {label!r}; it knows {', '.join(map(str, self.classes))}.")
        index = self.classes.index(label)
        others = np.delete(self.coefficients, index, axis=0).mean(axis=0)
        row = self.features.matrix([utterance])
        names = self.features.names(utterance)
        parts = row.data * (self.coefficients[index] - others)[row.indices]
        said = [(names[int(column)], float(part)) for column, part in zip(row.indices, parts, strict=True)]
        return sorted((item for item in said if item[1]), key=lambda item: (-abs(item[1]), item[0]))[:most]


def train(
    utterances: Sequence[Utterance],
    labels: Sequence[Any],
    groups: Sequence[Hashable] | None = None,
    settings: TextSettings | None = None,
) -> TextModel:
    """A model of the labels. `groups` (dialogue, call or rep of each turn) are needed for calibration only.

    Raises ValueError when there are fewer than two different labels, or the lengths differ.
    """
    settings = settings or TextSettings()
    if len(utterances) != len(labels) or (groups is not None and len(groups) != len(labels)):
        raise ValueError(f"{len(utterances)} turns, {len(labels)} labels: there must be one label for each turn.")
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise ValueError("A text model needs turns of at least two different labels.")
    model = _fit(utterances, labels, classes, settings)
    if settings.calibration_folds < 2:
        return model
    if groups is None:
        raise ValueError("Calibration needs to know which dialogue each turn belongs to.")
    raw = held_out_probabilities(utterances, labels, groups, settings)
    return replace(model, curves=tuple(curve.to_json() for curve in calibrate(raw, labels, classes)))


def held_out_probabilities(
    utterances: Sequence[Utterance],
    labels: Sequence[Any],
    groups: Sequence[Hashable],
    settings: TextSettings | None = None,
) -> Numbers:
    """Uncalibrated probabilities [n, classes] of every turn by models that never saw its group; classes sorted."""
    settings = settings or TextSettings()
    classes = tuple(sorted(set(labels)))

    def predict(train_rows: NDArray[np.intp], test_rows: NDArray[np.intp]) -> Numbers:
        part = _fit([utterances[n] for n in train_rows], [labels[n] for n in train_rows], classes, settings)
        found = np.zeros((len(test_rows), len(classes)))
        chances = part.probabilities([utterances[n] for n in test_rows])
        found[:, [classes.index(name) for name in part.classes]] = chances
        return found

    return held_out(predict, groups, max(settings.calibration_folds, 2) if settings.calibration_folds else FOLDS)


def _fit(
    utterances: Sequence[Utterance], labels: Sequence[Any], classes: tuple[Any, ...], settings: TextSettings
) -> TextModel:
    """The model without calibration. Classes that these turns lack are left out."""
    present = tuple(name for name in classes if name in set(labels))
    said, answers = list(utterances), list(labels)
    for turn, rate in enumerate(settings.noise):
        said += [noisy_utterance(each, rate, settings.seed * 1000 + turn) for each in utterances]
        answers += list(labels)
    codes = np.array([present.index(label) for label in answers])
    features = fit_features(said, codes.tolist(), settings.kept, settings.least, settings.weights, settings.cue_weight)
    matrix = features.matrix(said)
    if len(present) == 1:
        return TextModel(present, features, np.zeros((1, features.size)), np.zeros(1), settings.kind)
    coefficients, offsets = _regression(matrix, codes, len(present), settings)
    return TextModel(present, features, coefficients, offsets, settings.kind)


def _regression(matrix: Any, codes: NDArray[np.intp], classes: int, settings: TextSettings) -> tuple[Numbers, Numbers]:
    """Coefficients [classes, columns] and offsets [classes]; of two, the first's are the second's turned round."""
    from sklearn.linear_model import LogisticRegression

    weight = "balanced" if settings.balanced else None
    if settings.kind == "one_vs_rest" or classes == 2:
        rows, starts = [], []
        for code in range(1 if classes == 2 else 0, classes):
            one = LogisticRegression(
                C=settings.strength, solver="liblinear", class_weight=weight, tol=settings.tolerance, random_state=0
            ).fit(matrix, codes == code)
            rows.append(one.coef_[0])
            starts.append(float(one.intercept_[0]))
        if classes == 2:
            return np.stack([-rows[0], rows[0]]) / 2.0, np.array([-starts[0], starts[0]]) / 2.0
        return np.stack(rows), np.array(starts)
    fitted = LogisticRegression(
        C=settings.strength, solver="lbfgs", class_weight=weight, max_iter=_ITERATIONS, tol=settings.tolerance
    ).fit(matrix, codes)
    return np.asarray(fitted.coef_, float), np.asarray(fitted.intercept_, float)


def _chances(scores: Numbers, kind: str) -> Numbers:
    """Probabilities from scores: softmax, or each class's own odds scaled to sum to 1."""
    if kind == "one_vs_rest" and scores.shape[1] > 2:
        odds = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
        scaled: Numbers = odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-12)
        return scaled
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = shifted / shifted.sum(axis=1, keepdims=True)
    return chances
