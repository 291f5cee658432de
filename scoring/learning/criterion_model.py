"""One criterion's learned judge: the rules' votes and a text model, weighed by one calibrated logistic regression.

The weights are plain numbers, so that an answer can be taken apart: which vote and which words spoke for it, how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.learning.curves import Curve, Numbers, logit, read_curve
from scoring.learning.examples import Look
from scoring.learning.utterances import Utterance

TEXT_FEATURES: Final = ("text:best", "text:second", "text:many")
ABSTAIN_UNDER: Final = 0.6  # an answer less likely than that is none: "cannot judge"
LONGEST_TEXT: Final = 6000  # characters of a whole call given to a text part at once
_SURE_TURN: Final = 0.5
_LOGIT_SCALE: Final = 4.0  # text features then lie in about -2..2, like the votes
_REASONS: Final = 6


class TextPart(Protocol):
    """A text model of two classes: 1 is "this turn (or call) is what the criterion asks for"."""

    def probabilities(self, utterances: Sequence[Utterance]) -> NDArray[np.float64]:
        """[n, 2]."""
        ...

    def explain(self, utterance: Utterance, label: int) -> Sequence[tuple[str, float]]:
        """What in the utterance speaks for the label, with weights, heaviest first."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that spoke for (+) or against (-) the answer: a vote or a piece of text, by its share in log-odds."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A model's answer with its calibrated probability, those of all answers, what spoke for it, and the best places.

    `places` index the look's utterances, the most telling first, each as telling as `telling` says (0..1).
    """

    answer: str
    probability: float
    probabilities: dict[str, float]
    reasons: tuple[Said, ...]
    words: tuple[Said, ...]
    places: tuple[int, ...]
    telling: tuple[float, ...]


@dataclass(frozen=True)
class CriterionModel:
    """The learned judge of one criterion in one language. `weights` are [answers, features], `offsets` [answers].

    `unit` is what the text part reads: each `turn`, or the whole `call` where people marked too few places.
    `seen` answers are those with evidence in the text ("it was said"), the rest are answers by absence.
    """

    criterion: str
    language: str
    answers: tuple[str, ...]
    features: tuple[str, ...]
    weights: Numbers
    offsets: Numbers
    curves: tuple[Curve, ...]
    unit: str
    seen: frozenset[str]
    text: TextPart | None
    words: frozenset[str]

    def judge(self, look: Look) -> Judged:
        """The answer for a look."""
        scores = text_scores(self.text, look, self.unit)
        row = feature_row(self.features, look.votes, scores)
        chances = self.chances(row.reshape(1, -1))[0]
        best = int(np.argmax(chances))
        places = [int(n) for n in np.argsort(-scores, kind="stable")] if self.unit == "turn" else []
        return Judged(
            answer=self.answers[best],
            probability=float(chances[best]),
            probabilities={answer: float(chance) for answer, chance in zip(self.answers, chances, strict=True)},
            reasons=self._reasons(row, best, chances),
            words=self._words(look, scores),
            places=tuple(places),
            telling=tuple(float(scores[n]) for n in places),
        )

    def chances(self, rows: Numbers) -> Numbers:
        """Calibrated probabilities [n, answers] of feature rows [n, features]."""
        raw = softmax(rows @ self.weights.T + self.offsets)
        return calibrated(raw, self.curves)

    def unknown_words(self, look: Look) -> float:
        """The share of the look's words that the training calls did not have."""
        said = [word for utterance in look.utterances for word in words_of(utterance.text)]
        return sum(word not in self.words for word in said) / len(said) if said else 0.0

    def to_json(self) -> dict[str, Any]:
        """Everything but the text part, as plain values."""
        return {
            "criterion": self.criterion,
            "language": self.language,
            "answers": list(self.answers),
            "features": list(self.features),
            "weights": self.weights.tolist(),
            "offsets": self.offsets.tolist(),
            "curves": [curve.to_json() for curve in self.curves],
            "unit": self.unit,
            "seen": sorted(self.seen),
            "words": " ".join(sorted(self.words)),
        }

    def _reasons(self, row: Numbers, best: int, chances: Numbers) -> tuple[Said, ...]:
        """Each feature's part in the log-odds of the answer against the next likeliest."""
        order = np.argsort(-chances, kind="stable")
        rival = int(order[1]) if len(order) > 1 else best
        parts = row * (self.weights[best] - self.weights[rival])
        said = [Said(name, round(float(part), 3)) for name, part in zip(self.features, parts, strict=True)]
        telling = [item for item in said if abs(item.weight) >= 0.05]
        return tuple(sorted(telling, key=lambda item: (-abs(item.weight), item.name))[:_REASONS])

    def _words(self, look: Look, scores: Numbers) -> tuple[Said, ...]:
        if self.text is None or not len(scores):
            return ()
        best = int(np.argmax(scores))
        utterance = look.utterances[best] if self.unit == "turn" else whole(look)
        return tuple(Said(name, round(weight, 3)) for name, weight in self.text.explain(utterance, 1)[:_REASONS])


def read_model(data: Mapping[str, Any], text: TextPart | None) -> CriterionModel:
    """The model from its JSON form and its text part."""
    return CriterionModel(
        criterion=str(data["criterion"]),
        language=str(data["language"]),
        answers=tuple(data["answers"]),
        features=tuple(data["features"]),
        weights=np.array(data["weights"], float),
        offsets=np.array(data["offsets"], float),
        curves=tuple(read_curve(curve) for curve in data["curves"]),
        unit=str(data["unit"]),
        seen=frozenset(data["seen"]),
        text=text,
        words=frozenset(str(data["words"]).split()),
    )


def text_scores(text: TextPart | None, look: Look, unit: str) -> Numbers:
    """How likely each utterance (or the call as one) is what the criterion asks for; empty without a text part."""
    if text is None or not look.utterances:
        return np.zeros(0)
    read = look.utterances if unit == "turn" else [whole(look)]
    scores: Numbers = text.probabilities(read)[:, 1]
    return scores


def feature_row(features: Sequence[str], votes: Mapping[str, float], scores: Numbers) -> Numbers:
    """The features of one look in order: votes by name (0 where a rule is silent), and the text part's figures."""
    best = np.sort(scores)[::-1]
    lowest = -logit(np.array([1.0]))[0] / _LOGIT_SCALE
    text = {
        "text:best": logit(best[:1])[0] / _LOGIT_SCALE if len(best) else lowest,
        "text:second": logit(best[1:2])[0] / _LOGIT_SCALE if len(best) > 1 else lowest,
        "text:many": min(5, int((scores > _SURE_TURN).sum())) / 5,
    }
    return np.array([text[name] if name in text else votes.get(name, 0.0) for name in features], float)


def whole(look: Look) -> Utterance:
    """The look's turns as one utterance."""
    text = " ".join(utterance.text for utterance in look.utterances)[:LONGEST_TEXT]
    first = look.utterances[0]
    return Utterance(text, role=first.role, language=first.language)


def words_of(text: str) -> list[str]:
    """The words whose being known is counted: folded, letters only; the pairs of signs in scripts without spaces."""
    folded = "".join(sign if sign.isalpha() else " " for sign in text.casefold().replace("ё", "е"))
    found: list[str] = []
    for word in folded.split():
        wide = any("\u3040" <= sign <= "\u9fff" for sign in word)
        found.extend([word[n : n + 2] for n in range(max(1, len(word) - 1))] if wide else [word])
    return found


def softmax(scores: Numbers) -> Numbers:
    """Rows of scores as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = shifted / shifted.sum(axis=1, keepdims=True)
    return chances


def calibrated(raw: Numbers, curves: Sequence[Curve]) -> Numbers:
    """Each answer's raw probabilities through its curve, summing to 1 again."""
    bent = np.column_stack([curve(raw[:, n]) for n, curve in enumerate(curves)])
    chances: Numbers = bent / bent.sum(axis=1, keepdims=True)
    return chances
