"""A yes/no judge of whole calls: one logistic regression over blocks of named features, calibrated, all plain numbers.

A block is made comparable with the others before they are joined: weighed by rarity (idf) where its features are
words, brought to length 1 where its size says nothing, and multiplied by a fixed weight. The same calls in any order
give the same model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.calls import FACTS, HITS, RULES, WORDS, CallView
from scoring.learning.curves import STRAIGHT, Curve, Numbers, fit_curve, read_curve

FOLDS: Final = 10
ROUNDS: Final = 5  # of cross-validation for the calibration: with few calls one cut into folds is a matter of luck
_STEPS: Final = 1000


class OneSided(ValueError):
    """All calls have the same label: there is nothing to tell apart."""


@dataclass(frozen=True, slots=True)
class Block:
    """How a block's features are brought to scale; features in fewer than `least` calls are left out.

    `rare` ones weigh by idf; `telling` ones by how much oftener a yes has them than a no, the logarithm of the two
    shares' ratio (naive Bayes inside a regression, Wang and Manning 2012).
    """

    weight: float = 1.0
    rare: bool = False
    telling: bool = False
    unit: bool = True
    least: int = 2


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What is trained: the blocks by name, how freely weights may grow (`strength`, C of the regression), and whether
    both labels weigh the same however many there are of each."""

    blocks: Mapping[str, Block]
    strength: float = 1.0
    balanced: bool = True


TAILS: Final = CallSettings(
    {
        HITS: Block(),
        WORDS: Block(rare=True),
        RULES: Block(weight=0.25, unit=False, least=1),
        FACTS: Block(weight=0.5, unit=False),
    },
    strength=1.0,
)
"""The end of a call by words, hits, rules and facts."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A block as trained: `names` of its features in order and what each is multiplied by."""

    block: str
    names: tuple[str, ...]
    factors: tuple[float, ...]
    weight: float
    unit: bool
    index: Mapping[str, int] = field(compare=False, repr=False, default_factory=dict)

    def row(self, features: Mapping[str, float]) -> dict[int, float]:
        """The scaled values of a call's features by place, unknown ones left out."""
        found = {
            place: value * self.factors[place]
            for name, value in features.items()
            if (place := self.index.get(name)) is not None and value
        }
        length = math.sqrt(math.fsum(value * value for value in found.values())) if self.unit else 1.0
        return {place: self.weight * value / length for place, value in found.items()} if length else {}


@dataclass(frozen=True, slots=True)
class CallModel:
    """The trained judge. `weights` run over the blocks' features in order; `curve` makes probabilities of scores."""

    blocks: tuple[Scaled, ...]
    weights: tuple[float, ...]
    offset: float
    curve: Curve = STRAIGHT

    def score(self, view: CallView) -> float:
        """The log-odds before calibration."""
        return self.offset + math.fsum(value for _, _, value in self._parts(view))

    def probability(self, view: CallView) -> float:
        """How likely the answer is yes, 0..1."""
        raw = np.array([1 / (1 + math.exp(-self.score(view)))])
        return float(self.curve(raw)[0])

    def explain(self, view: CallView) -> tuple[tuple[str, str, float], ...]:
        """(block, feature, share of the log-odds) of everything in the call that spoke for or against; the weightiest
        first. The shares and the offset sum to the score."""
        return tuple(sorted(self._parts(view), key=lambda part: (-abs(part[2]), part[0], part[1])))

    def to_json(self) -> dict[str, Any]:
        """The model as plain values."""
        return {
            "blocks": [
                {
                    "block": block.block,
                    "names": list(block.names),
                    "factors": list(block.factors),
                    "weight": block.weight,
                    "unit": block.unit,
                }
                for block in self.blocks
            ],
            "weights": list(self.weights),
            "offset": self.offset,
            "curve": self.curve.to_json(),
        }

    def _parts(self, view: CallView) -> list[tuple[str, str, float]]:
        found: list[tuple[str, str, float]] = []
        first = 0
        for block in self.blocks:
            for place, value in block.row(view.blocks.get(block.block, {})).items():
                share = value * self.weights[first + place]
                if share:
                    found.append((block.block, block.names[place], share))
            first += len(block.names)
        return found


def read_call_model(data: Mapping[str, Any]) -> CallModel:
    """The model from its JSON form. Raises KeyError, TypeError or ValueError when it is none."""
    return CallModel(
        blocks=tuple(
            _scaled(
                str(item["block"]),
                tuple(map(str, item["names"])),
                tuple(map(float, item["factors"])),
                float(item["weight"]),
                unit=bool(item["unit"]),
            )
            for item in data["blocks"]
        ),
        weights=tuple(map(float, data["weights"])),
        offset=float(data["offset"]),
        curve=read_curve(data["curve"]),
    )


def train_call_model(
    views: Sequence[CallView],
    labels: Sequence[bool],
    settings: CallSettings = TAILS,
    groups: Sequence[str] | None = None,
    *,
    calibrate: bool = True,
) -> CallModel:
    """The model of labelled calls. `groups` (the rep, or the call itself) are never split by the calibration's folds.

    Raises OneSided when all labels are alike.
    """
    truth = np.asarray(labels, bool)
    model = _fit(views, truth, settings)
    if not calibrate:
        return model
    held = held_out_scores(views, labels, settings, groups).mean(axis=0)
    raw = 1 / (1 + np.exp(-held))
    return CallModel(model.blocks, model.weights, model.offset, fit_curve(raw, truth))


def held_out_scores(
    views: Sequence[CallView],
    labels: Sequence[bool],
    settings: CallSettings = TAILS,
    groups: Sequence[str] | None = None,
    *,
    folds: int = FOLDS,
    rounds: int = ROUNDS,
) -> Numbers:
    """Each call's log-odds from models that saw neither it nor its group: [rounds, calls], each round cut anew."""
    truth = np.asarray(labels, bool)
    scores = np.zeros((rounds, len(views)))
    for seed in range(rounds):
        for out in stratified_folds(truth, groups, folds, seed):
            inside = np.flatnonzero(~out)
            if len(set(truth[inside].tolist())) < 2:
                raise OneSided("a fold leaves calls of one label only: more labelled calls are needed")
            model = _fit([views[int(n)] for n in inside], truth[inside], settings)
            for n in np.flatnonzero(out):
                scores[seed, n] = model.score(views[int(n)])
    return scores


def stratified_folds(
    truth: NDArray[np.bool_], groups: Sequence[str] | None, count: int, seed: int
) -> list[NDArray[np.bool_]]:
    """Masks of held-out rows: whole groups, each label spread evenly over the folds."""
    members: dict[str, list[int]] = {}
    for row in range(len(truth)):
        members.setdefault(groups[row] if groups is not None else str(row), []).append(row)
    names = list(members)
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = np.zeros(len(truth), int)
    count = max(2, min(count, len(names)))
    # Groups are dealt out like cards, those with a yes first, so that each fold gets its share of both.
    dealt = sorted(order, key=lambda n: -int(truth[members[names[n]]].any()))
    for turn, n in enumerate(dealt):
        fold_of[members[names[n]]] = turn % count
    return [fold_of == fold for fold in range(count) if (fold_of == fold).any()]


def _fit(views: Sequence[CallView], truth: NDArray[np.bool_], settings: CallSettings) -> CallModel:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    if len(set(truth.tolist())) < 2:
        raise OneSided("all calls have the same label")
    blocks = tuple(_scale(name, settings.blocks[name], views, truth) for name in sorted(settings.blocks))
    places: list[tuple[int, int, float]] = []
    first = 0
    for block in blocks:
        for row, view in enumerate(views):
            places += [(row, first + at, v) for at, v in block.row(view.blocks.get(block.block, {})).items()]
        first += len(block.names)
    rows, columns, values = zip(*places, strict=True) if places else ((), (), ())
    matrix = csr_matrix((values, (rows, columns)), shape=(len(views), max(1, first)))
    regression = LogisticRegression(
        C=settings.strength,
        class_weight="balanced" if settings.balanced else None,
        solver="liblinear",
        max_iter=_STEPS,
        random_state=0,
    ).fit(matrix, truth)
    weights = tuple(float(weight) for weight in regression.coef_[0])
    return CallModel(blocks, weights, float(regression.intercept_[0]))


def _scale(name: str, block: Block, views: Sequence[CallView], truth: NDArray[np.bool_]) -> Scaled:
    seen: dict[str, int] = {}
    seen_in_yes: dict[str, int] = {}
    for view, yes in zip(views, truth.tolist(), strict=True):
        for feature, value in view.blocks.get(name, {}).items():
            if value:
                seen[feature] = seen.get(feature, 0) + 1
                seen_in_yes[feature] = seen_in_yes.get(feature, 0) + yes
    names = tuple(sorted(feature for feature, count in seen.items() if count >= block.least))
    # The usual smoothed idf: ln((1 + calls) / (1 + calls with it)) + 1.
    factors = tuple(math.log((1 + len(views)) / (1 + seen[n])) + 1 if block.rare else 1.0 for n in names)
    if block.telling:
        # Each feature counted once more than it was seen on either side, so that no share is 0.
        yes, no = 1 + int(truth.sum()), 1 + int((~truth).sum())
        ratios = (math.log((1 + seen_in_yes[n]) / yes) - math.log((1 + seen[n] - seen_in_yes[n]) / no) for n in names)
        factors = tuple(factor * ratio for factor, ratio in zip(factors, ratios, strict=True))
    return _scaled(name, names, factors, block.weight, unit=block.unit)


def _scaled(name: str, names: tuple[str, ...], factors: tuple[float, ...], weight: float, *, unit: bool) -> Scaled:
    return Scaled(name, names, factors, weight, unit, {feature: place for place, feature in enumerate(names)})
