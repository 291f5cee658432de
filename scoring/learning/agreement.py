"""How far people agree with each other and the machine with people, with intervals that resample whole calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scoring.learning.labels import Label, latest_by_reviewer
from scoring.learning.measures import COVERAGE, RESAMPLES


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question about one call."""

    call: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over `n` calls: kappa with its 95 % interval and the plain share; None where nothing can be said."""

    n: int
    kappa: float | None
    low: float | None
    high: float | None
    share: float | None

    def to_json(self) -> dict[str, float | int | None]:
        """Rounded for a card or a page."""
        values = {"kappa": self.kappa, "low": self.low, "high": self.high, "share": self.share}
        return {"n": self.n, **{key: None if value is None else round(value, 3) for key, value in values.items()}}


NOTHING = Agreement(0, None, None, None, None)


def pairs_of_people(labels: Sequence[Label]) -> list[Pair]:
    """Every two reviewers' last words on one target of one call; the first by name is first."""
    by_target: dict[tuple[str, str, str], list[Label]] = {}
    for label in latest_by_reviewer(labels):
        by_target.setdefault((label.call, label.kind, label.target), []).append(label)
    found = []
    for key in sorted(by_target):
        for first, second in combinations(by_target[key], 2):
            found.append(Pair(key[0], first.answer, second.answer))
    return found


def agree(pairs: Sequence[Pair], order: Sequence[str] = (), seed: int = 0) -> Agreement:
    """Kappa of the pairs. `order`, worst to best, makes it quadratically weighted where it has more than two steps.

    Answers outside `order` (`na`, `cannot_judge`) then count as wholly different. `n` counts calls, not pairs: the
    interval draws calls.
    """
    if not pairs:
        return NOTHING
    first, second = [pair.first for pair in pairs], [pair.second for pair in pairs]
    names, cost = _costs([*first, *second], order if len(order) > 2 else ())
    codes = np.array([names[answer] for answer in first]) * len(names) + np.array([names[a] for a in second])
    low, high = _interval(codes, [pair.call for pair in pairs], cost, seed)
    return Agreement(
        n=len({pair.call for pair in pairs}),
        kappa=_number(_kappa_of(np.bincount(codes, minlength=len(names) ** 2), cost)),
        low=_number(low),
        high=_number(high),
        share=sum(a == b for a, b in zip(first, second, strict=True)) / len(pairs),
    )


def weighted_kappa(first: Sequence[str], second: Sequence[str], order: Sequence[str]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968) over the steps of `order`, worst to best.

    An answer outside `order` is as far from every other answer as the two ends are from each other. 0 when chance
    alone explains all agreement, `nan` without answers.
    """
    if not first:
        return float("nan")
    names, cost = _costs([*first, *second], order)
    codes = [names[a] * len(names) + names[b] for a, b in zip(first, second, strict=True)]
    return _kappa_of(np.bincount(codes, minlength=len(names) ** 2), cost)


def _costs(answers: Sequence[str], order: Sequence[str]) -> tuple[dict[str, int], NDArray[np.float64]]:
    """A number for each answer, and what it costs to give one in place of another: 0 for the same."""
    places = {answer: place for place, answer in enumerate(order)}
    names = [*order, *sorted(set(answers) - set(order))]
    furthest = max(1, len(order) - 1) ** 2
    cost = [
        [0 if a == b else (places[a] - places[b]) ** 2 if a in places and b in places else furthest for b in names]
        for a in names
    ]
    return {name: n for n, name in enumerate(names)}, np.array(cost, float)


def _kappa_of(counts: NDArray[np.intp], cost: NDArray[np.float64]) -> float:
    """1 - observed cost / cost expected by chance, from the pairs' counts."""
    table = counts.reshape(cost.shape) / counts.sum()
    expected = float((np.outer(table.sum(1), table.sum(0)) * cost).sum())
    return 0.0 if expected <= 0 else 1.0 - float((table * cost).sum()) / expected


def _interval(
    codes: NDArray[np.intp], calls: Sequence[str], cost: NDArray[np.float64], seed: int
) -> tuple[float, float]:
    """The 95 % percentile interval of kappa when whole calls are drawn again, all draws at once."""
    place = {call: number for number, call in enumerate(dict.fromkeys(calls))}
    tables = np.zeros((len(place), cost.size))
    np.add.at(tables, (np.array([place[call] for call in calls]), codes), 1.0)
    lot = np.random.default_rng(seed).multinomial(len(place), np.full(len(place), 1.0 / len(place)), RESAMPLES)
    drawn = lot.astype(float) @ tables
    shares = (drawn / drawn.sum(1, keepdims=True)).reshape(-1, *cost.shape)
    expected = (shares.sum(2)[:, :, None] * shares.sum(1)[:, None, :] * cost).sum((1, 2))
    observed = (shares * cost).sum((1, 2))
    apart = expected > 0
    kappas = np.where(apart, 1.0 - observed / np.where(apart, expected, 1.0), 0.0)
    low, high = np.quantile(kappas, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return float(low), float(high)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 12) + 0.0  # never -0.0
