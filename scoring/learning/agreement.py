"""How far people agree with each other and the machine with people, with intervals that resample whole calls."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scoring.learning.labels import Label, latest_by_reviewer
from scoring.learning.measures import bootstrap_interval, kappa


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
    calls: list[Hashable] = [pair.call for pair in pairs]

    def statistic(rows: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
        a, b = [first[row] for row in rows], [second[row] for row in rows]
        return weighted_kappa(a, b, order) if len(order) > 2 else kappa(a, b)

    value = statistic(range(len(pairs)))
    low, high = bootstrap_interval(statistic, calls, seed=seed)
    return Agreement(
        n=len(set(calls)),
        kappa=_number(value),
        low=_number(low),
        high=_number(high),
        share=sum(a == b for a, b in zip(first, second, strict=True)) / len(pairs),
    )


def weighted_kappa(first: Sequence[str], second: Sequence[str], order: Sequence[str]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968) over the steps of `order`.

    An answer outside `order` is as far from every other answer as the two ends are from each other. 0 when chance
    alone explains all agreement, `nan` without answers.
    """
    if not first:
        return float("nan")
    places = {answer: place for place, answer in enumerate(order)}
    names = [*order, *sorted({*first, *second} - set(order))]
    index = {name: n for n, name in enumerate(names)}
    furthest = max(1, len(order) - 1) ** 2
    cost = np.array(
        [
            [0 if a == b else (places[a] - places[b]) ** 2 if a in places and b in places else furthest for b in names]
            for a in names
        ],
        float,
    )
    table = np.zeros((len(names), len(names)))
    for a, b in zip(first, second, strict=True):
        table[index[a], index[b]] += 1
    table /= len(first)
    expected = float((np.outer(table.sum(1), table.sum(0)) * cost).sum())
    return 0.0 if expected <= 0 else 1.0 - float((table * cost).sum()) / expected


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
