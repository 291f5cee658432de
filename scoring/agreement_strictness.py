"""Who judges strictly and who leniently, adjusted for the calls: score = mean + person + call, by least squares.

The two-way additive model takes out that one person heard harder calls than another (two-way analysis of variance
without interaction; Montgomery, Design and Analysis of Experiments, ch. 4). Calls are absorbed, people's effects add up
to 0: an effect is how many points a person gives more than this group's middle on the same call. The interval is
Student's with the model's residual variance, wider where a person judged few calls; with few calls it is far more
honest than a bootstrap of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

FEWEST_CALLS: Final = 3  # shared with others, for a word about a person

Leaning = Literal["strict", "lenient", "neither", "too_few"]


@dataclass(frozen=True, slots=True)
class Strictness:
    """A person's effect in points of the scale judged on, negative for strict; None where it cannot be compared.

    `calls` were judged by this person and somebody else.
    """

    person: str
    calls: int
    effect: float | None
    low: float | None
    high: float | None

    @property
    def leaning(self) -> Leaning:
        """The word: strict or lenient only where the whole interval lies on one side."""
        if self.calls < FEWEST_CALLS or self.low is None or self.high is None:
            return "too_few"
        if self.high < 0:
            return "strict"
        return "lenient" if self.low > 0 else "neither"


def strictness_of(scores: Mapping[str, Mapping[str, float]]) -> tuple[Strictness, ...]:
    """Everybody's effect, strictest first; `scores` are call -> person -> points. Only calls judged by two count.

    People who share no call with the others, directly or through somebody, cannot be compared: their effect is None.
    """
    shared = {call: row for call, row in sorted(scores.items()) if len(row) > 1}
    everybody = sorted({who for row in scores.values() for who in row})
    people = sorted({who for row in shared.values() for who in row})
    calls = {who: sum(who in row for row in shared.values()) for who in everybody}
    if len(people) < 2 or not _linked(shared, people):
        return tuple(Strictness(who, calls[who], None, None, None) for who in everybody)
    effects, spread, freedom = _solve(list(shared.values()), people)
    reach = _student(freedom)
    found = []
    for who in everybody:
        if who not in people:
            found.append(Strictness(who, 0, None, None, None))
            continue
        place = people.index(who)
        effect, error = float(effects[place]), float(spread[place])
        far = None if reach is None else reach * error
        found.append(
            Strictness(
                who,
                calls[who],
                effect,
                None if far is None else effect - far,
                None if far is None else effect + far,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.effect is None, one.effect or 0.0, one.person)))


def _solve(rows: Sequence[Mapping[str, float]], people: Sequence[str]) -> tuple[np.ndarray, np.ndarray, int]:
    """Effects and their standard errors (people,), and the degrees of freedom left."""
    size = len(people)
    place = {who: number for number, who in enumerate(people)}
    normal, right = np.zeros((size, size)), np.zeros(size)
    total = 0.0
    answers = 0
    for row in rows:
        at = np.array([place[who] for who in sorted(row)])
        points = np.array([row[who] for who in sorted(row)])
        # With the call's own level taken out of each of its scores, people's effects are all that is left.
        normal[np.ix_(at, at)] += np.eye(len(at)) - 1.0 / len(at)
        centred = points - math.fsum(points) / len(points)
        right[at] += centred
        total += float(centred @ centred)
        answers += len(at)
    inverse = np.linalg.pinv(normal, hermitian=True)
    effects = inverse @ right
    freedom = answers - len(rows) - (size - 1)
    left = max(0.0, total - float(effects @ right))
    variance = left / freedom if freedom > 0 else math.nan
    return effects, np.sqrt(np.maximum(np.diag(inverse), 0.0) * variance), freedom


def _linked(rows: Mapping[str, Mapping[str, float]], people: Sequence[str]) -> bool:
    """Whether shared calls tie everybody to everybody."""
    group = {people[0]}
    grown = True
    while grown:
        grown = False
        for row in rows.values():
            if group & row.keys() and not row.keys() <= group:
                group |= row.keys()
                grown = True
    return len(group) == len(people)


def _student(freedom: int) -> float | None:
    """The 97.5 % point of Student's t; None without degrees of freedom."""
    if freedom < 1:
        return None
    from scipy.special import stdtrit  # scipy.stats takes seconds to import

    return float(stdtrit(freedom, 0.975))
