"""Training a criterion's model from examples: folds by rep or call, text part, weights, calibration, held-out kappa."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.criterion_model import (
    TEXT_FEATURES,
    CriterionModel,
    TextPart,
    calibrated,
    feature_row,
    softmax,
    text_scores,
    whole,
    words_of,
)
from scoring.learning.curves import Numbers, fit_curve
from scoring.learning.examples import Example
from scoring.learning.measures import ece, kappa
from scoring.learning.utterances import Utterance

POSITIVES: Final = 50  # labels on the rarer side, before a model may take over from the rules
FEWEST: Final = 20  # labels in all, before training is worth trying
FEWEST_MARKS: Final = 15  # marked turns, before the text part reads turns rather than whole calls
_FOLDS: Final = 5
_MOST_TURNS: Final = 8000  # that a text part is trained on
_SEEN_IN: Final = 3  # calls a vote must have been given in to get a weight
_STRENGTH: Final = 1.0  # inverse regularisation of the weights

TrainText = Callable[[Sequence[Utterance], Sequence[int], Sequence[str]], TextPart]
"""(utterances, 0/1 labels, groups) to a text part."""


class TooFewLabels(ValueError):
    """There is too little to learn from yet; carries how much there is."""

    def __init__(self, criterion: str, labels: int, why: str) -> None:
        super().__init__(f"{criterion}: {why} ({labels} labels)")
        self.criterion = criterion
        self.labels = labels


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and its figures over held-out folds: `n`, `positives`, `kappa`, `rules_kappa`, `ece`, `answers`."""

    model: CriterionModel
    figures: dict[str, Any]


def positives_of(answers: Sequence[str], best: str) -> int:
    """Labels on the rarer side of "full marks or not": a model has to see both."""
    full = sum(answer == best for answer in answers)
    return min(full, len(answers) - full)


def train_criterion(
    criterion: str, language: str, best: str, examples: Sequence[Example], train_text: TrainText | None
) -> Trained:
    """The model of a criterion; `best` is the option with full marks. Raises TooFewLabels.

    Every figure and every number the calibration sees comes from folds that hold out whole reps (or calls).
    """
    examples = sorted(examples, key=lambda example: example.call)
    answers = [example.answer for example in examples]
    classes = tuple(sorted(set(answers)))
    if len(examples) < FEWEST:
        raise TooFewLabels(criterion, len(examples), f"at least {FEWEST} labels are needed")
    if len(classes) < 2:
        raise TooFewLabels(criterion, len(examples), "people gave the same answer everywhere")
    unit = "turn" if _marks(examples) >= FEWEST_MARKS else "call"
    seen = frozenset(e.answer for e in examples if e.marked)
    folds = make_folds([example.group for example in examples], _FOLDS)
    scores = _held_out_scores(examples, folds, unit, seen, best, train_text)
    features = _features(examples, with_text=train_text is not None)
    rows = np.array([feature_row(features, e.look.votes, s) for e, s in zip(examples, scores, strict=True)], float)
    raw = np.zeros((len(examples), len(classes)))
    for fold in sorted(set(folds)):
        out = folds == fold
        weights, offsets = _fit(rows[~out], [a for a, o in zip(answers, out, strict=True) if not o], classes)
        raw[out] = softmax(rows[out] @ weights.T + offsets)
    truth = np.array([[answer == name for name in classes] for answer in answers])
    curves = tuple(fit_curve(raw[:, n], truth[:, n]) for n in range(len(classes)))
    weights, offsets = _fit(rows, answers, classes)
    model = CriterionModel(
        criterion=criterion,
        language=language,
        answers=classes,
        features=features,
        weights=weights,
        offsets=offsets,
        curves=curves,
        unit=unit,
        seen=seen,
        text=_train_text(examples, unit, seen, best, train_text),
        words=_vocabulary(examples),
    )
    held_out = calibrated(raw, curves)
    said = [classes[n] for n in np.argmax(held_out, axis=1)]
    return Trained(
        model,
        {
            "n": len(examples),
            "positives": positives_of(answers, best),
            "groups": len({example.group for example in examples}),
            "unit": unit,
            "kappa": round(kappa(answers, said), 3),
            "rules_kappa": round(kappa(answers, [example.rules_answer for example in examples]), 3),
            "ece": round(float(np.mean([ece(truth[:, n], held_out[:, n]) for n in range(len(classes))])), 3),
            "answers": {name: answers.count(name) for name in classes},
        },
    )


def make_folds(groups: Sequence[str], count: int) -> NDArray[np.intp]:
    """A fold for each row so that no group is in two; the biggest groups first, each to the smallest fold."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    filled = [0] * max(2, min(count, len(sizes)))
    fold_of: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], name)):
        smallest = min(range(len(filled)), key=lambda n: (filled[n], n))
        fold_of[group] = smallest
        filled[smallest] += sizes[group]
    return np.array([fold_of[group] for group in groups], np.intp)


def _marks(examples: Sequence[Example]) -> int:
    return sum(len(example.marked) for example in examples if example.marked)


def _held_out_scores(
    examples: Sequence[Example],
    folds: NDArray[np.intp],
    unit: str,
    seen: frozenset[str],
    best: str,
    train_text: TrainText | None,
) -> list[Numbers]:
    """Each example's text scores by a text part that never saw its group."""
    scores: list[Numbers] = [np.zeros(0)] * len(examples)
    for fold in sorted(set(folds)):
        others = [example for example, own in zip(examples, folds, strict=True) if own != fold]
        text = _train_text(others, unit, seen, best, train_text)
        for n in np.flatnonzero(folds == fold):
            scores[int(n)] = text_scores(text, examples[int(n)].look, unit)
    return scores


def _train_text(
    examples: Sequence[Example], unit: str, seen: frozenset[str], best: str, train_text: TrainText | None
) -> TextPart | None:
    """The text part of these examples; None where it would see one class only."""
    if train_text is None:
        return None
    utterances: list[Utterance] = []
    labels: list[int] = []
    groups: list[str] = []
    for example in examples:
        if not example.look.utterances:
            continue
        if unit == "call":
            utterances.append(whole(example.look))
            labels.append(int(example.answer == best))
            groups.append(example.group)
            continue
        marked = example.marked
        if marked is None:
            if example.answer in seen:
                continue  # it was said somewhere, and nobody knows where
            marked = frozenset()
        for n, utterance in enumerate(example.look.utterances):
            utterances.append(utterance)
            labels.append(int(n in marked))
            groups.append(example.group)
    keep = _thinned(labels)
    labels = [labels[n] for n in keep]
    if len(set(labels)) < 2:
        return None
    return train_text([utterances[n] for n in keep], labels, [groups[n] for n in keep])


def _thinned(labels: Sequence[int]) -> list[int]:
    """All positives and evenly spaced negatives, at most _MOST_TURNS together."""
    if len(labels) <= _MOST_TURNS:
        return list(range(len(labels)))
    positive = [n for n, label in enumerate(labels) if label]
    negative = [n for n, label in enumerate(labels) if not label]
    room = max(len(positive), _MOST_TURNS - len(positive))
    step = max(1.0, len(negative) / room)
    kept = [negative[int(n * step)] for n in range(min(len(negative), room)) if int(n * step) < len(negative)]
    return sorted(positive + kept)


def _features(examples: Sequence[Example], *, with_text: bool) -> tuple[str, ...]:
    """The votes worth a weight: given in a few calls at least, and the commonest of those where labels are few.

    They are chosen without looking at the answers, so that choosing them on all examples leaks nothing.
    """
    seen: dict[str, int] = {}
    spread: dict[str, set[float]] = {}
    for example in examples:
        for name, value in example.look.votes.items():
            seen[name] = seen.get(name, 0) + 1
            spread.setdefault(name, set()).add(value)
    least = min(_SEEN_IN, len(examples) // 10 + 1)
    told = [n for n in seen if seen[n] >= least and (seen[n] < len(examples) or len(spread[n]) > 1)]
    answers = sorted(name for name in told if name.startswith("answer:"))
    others = sorted(
        (name for name in told if not name.startswith("answer:")),
        key=lambda name: (not name.startswith("rule:"), -min(seen[name], len(examples) - seen[name]), name),
    )
    room = max(20, len(examples) // 4)
    return (*answers, *sorted(others[:room]), *(TEXT_FEATURES if with_text else ()))


def _fit(rows: Numbers, answers: Sequence[str], classes: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Weights [answers, features] and offsets [answers]; an answer these rows lack gets an offset that rules it out."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((len(classes), rows.shape[1]))
    offsets = np.full(len(classes), -20.0)
    present = sorted(set(answers))
    places = [list(classes).index(name) for name in present]
    if len(present) == 1:
        offsets[places[0]] = 0.0
        return weights, offsets
    fitted = LogisticRegression(C=_STRENGTH, max_iter=2000).fit(rows, np.array(answers))
    if len(present) == 2:
        weights[places[1]], offsets[places] = fitted.coef_[0], [0.0, float(fitted.intercept_[0])]
    else:
        weights[places], offsets[places] = fitted.coef_, fitted.intercept_
    return weights, offsets


def _vocabulary(examples: Sequence[Example]) -> frozenset[str]:
    return frozenset(word for e in examples for utterance in e.look.utterances for word in words_of(utterance.text))
