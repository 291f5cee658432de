"""How far several people agree on the same calls, criterion by criterion and on the total score.

Who judged what is a table of calls by people; a person who did not answer leaves a gap, nothing is filled in.
`cannot_judge` is such a gap. `na` (does not apply) is an answer of its own for exact agreement; on a scale it has no
place, so alpha of an ordered criterion leaves it out and `applies` says how far people agree on that question.

Every interval draws whole calls again (percentile bootstrap, seeded): answers about one call are not independent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.agreement_alpha import Level, alpha_of_counts, bootstrap_alpha, weights_of_draws
from scoring.agreement_words import Meaning, meaning_of
from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE
from scoring.learning.agreement import Agreement, Pair, agree
from scoring.standards import Criterion

Answers = Mapping[str, Mapping[str, str]]
"""Call -> person -> answer."""

POINTS_ALIKE: Final = 5.0  # total scores of 0..100 that differ by no more count as the same judgement
RANGE_ALIKE: Final = 0.1  # of a range's width

_Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Scale:
    """What the answers of a criterion are measured on.

    `values` gives each answer its place, worst to best, and `points` its points where those differ from the place.
    Answers no more than `step` apart count as alike; on a nominal scale only the same answer does.
    """

    level: Level
    values: Mapping[str, float] = field(default_factory=dict)
    step: float = 0.0
    points: Mapping[str, float] = field(default_factory=dict)

    def fraction(self, said: str) -> float:
        """The share 0..1 of the criterion's points that an answer gives."""
        points = self.points or self.values
        low, high = min(points.values()), max(points.values())
        return (points[said] - low) / (high - low) if high > low else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """A share 0..1 of `n` pairs of answers with its 95 % interval; None where there is no pair."""

    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How far people agree on one question.

    `calls` were answered by at least two; `people` gave any answer; `gaps` counts `cannot_judge`. `alpha` is None where
    it is undefined: nobody compared, or everybody always said the same. `kappa` is there for exactly two people.
    """

    level: Level
    calls: int
    people: int
    gaps: int
    exact: Share
    within: Share
    applies: Share | None
    alpha: float | None
    low: float | None
    high: float | None
    kappa: Agreement | None
    meaning: Meaning


NO_SHARE: Final = Share(0, None, None, None)


def scale_of(criterion: Criterion) -> Scale:
    """The scale a criterion's options demand: a range is numbers; three options or more that rank are ordered.

    Two options, and options some of which give the same points, only have names.
    """
    if criterion.range is not None:
        width = criterion.most - criterion.least
        return Scale("interval", {text: float(text) for text in criterion.answers}, RANGE_ALIKE * width)
    points = [option.points for option in criterion.options]
    ranked = sorted(criterion.options, key=lambda option: option.points)
    places = {option.id: float(place) for place, option in enumerate(ranked)}
    worth = {option.id: option.points for option in ranked}
    if len(points) < 3 or len(set(points)) < len(points):
        return Scale("nominal", places, 0.0, worth)
    return Scale("ordinal", places, 1.0, worth)


def figures_of(answers: Answers, scale: Scale, *, seed: int = 0) -> Figures:
    """The agreement of everybody with everybody on one criterion. The order of calls and people does not matter."""
    given = {call: {who: said for who, said in sorted(row.items()) if said} for call, row in sorted(answers.items())}
    gaps = sum(said == CANNOT_JUDGE for row in given.values() for said in row.values())
    kept = {call: {who: said for who, said in row.items() if is_compared(said, scale)} for call, row in given.items()}
    people = sorted({who for row in kept.values() for who in row})
    shared = {call: row for call, row in kept.items() if len(row) > 1}
    exact = _pairs(shared, lambda one, other: one == other, seed)
    within = _pairs(shared, lambda one, other: alike(one, other, scale), seed)
    used = any(said == NOT_APPLICABLE for row in shared.values() for said in row.values())
    applies = None
    if used:
        applies = _pairs(shared, lambda one, other: (one == NOT_APPLICABLE) == (other == NOT_APPLICABLE), seed)
    on_scale = shared
    if scale.level != "nominal":
        on_scale = {call: {w: a for w, a in row.items() if a != NOT_APPLICABLE} for call, row in shared.items()}
    alpha, low, high, calls = _alpha(on_scale, scale, seed)
    return Figures(
        level=scale.level,
        calls=len(shared),
        people=len(people),
        gaps=gaps,
        exact=exact,
        within=within,
        applies=applies,
        alpha=alpha,
        low=low,
        high=high,
        kappa=_kappa(shared, people, scale, seed) if len(people) == 2 else None,
        meaning=meaning_of(alpha, low, high, calls=calls, same=exact.value == 1.0),
    )


def figures_of_numbers(values: Mapping[str, Mapping[str, float]], *, alike: float, seed: int = 0) -> Figures:
    """The same for numbers, such as total scores: alpha on the interval level, alike within `alike`."""
    texts = {call: {who: repr(float(value)) for who, value in row.items()} for call, row in values.items()}
    every = sorted({text for row in texts.values() for text in row.values()}, key=float)
    return figures_of(texts, Scale("interval", {text: float(text) for text in every}, alike), seed=seed)


def pooled(criteria: Sequence[tuple[Answers, Scale]], *, seed: int = 0) -> tuple[Share, Share]:
    """Exact agreement and agreement within tolerance over all criteria together, resampled by call."""
    exact: dict[str, list[bool]] = {}
    within: dict[str, list[bool]] = {}
    for answers, scale in criteria:
        for call, row in sorted(answers.items()):
            kept = [said for _, said in sorted(row.items()) if is_compared(said, scale)]
            for one, other in combinations(kept, 2):
                exact.setdefault(call, []).append(one == other)
                within.setdefault(call, []).append(alike(one, other, scale))
    return _share(exact, seed), _share(within, seed)


def is_compared(said: str, scale: Scale) -> bool:
    """Whether an answer can be compared: not a gap, nor an option that left the scorecard since."""
    return said == NOT_APPLICABLE or said in scale.values


def alike(one: str, other: str, scale: Scale) -> bool:
    """Whether two answers are the same judgement within the scale's tolerance."""
    if one == other:
        return True
    if NOT_APPLICABLE in (one, other) or scale.level == "nominal":
        return False
    return abs(scale.values[one] - scale.values[other]) <= scale.step + 1e-9


def _pairs(shared: Answers, same: _Same, seed: int) -> Share:
    hits = {
        call: [same(one, other) for one, other in combinations([row[who] for who in sorted(row)], 2)]
        for call, row in shared.items()
    }
    return _share(hits, seed)


def _share(hits: Mapping[str, Sequence[bool]], seed: int) -> Share:
    """The share of hits among all pairs, with the interval of drawing calls again."""
    kept = [hits[call] for call in sorted(hits) if hits[call]]
    if not kept:
        return NO_SHARE
    good = np.array([sum(row) for row in kept], float)
    size = np.array([len(row) for row in kept], float)
    drawn = weights_of_draws(len(kept), seed)
    low, high = interval_of((drawn @ good) / (drawn @ size))
    return Share(int(size.sum()), math.fsum(good) / math.fsum(size), low, high)


def _alpha(on_scale: Answers, scale: Scale, seed: int) -> tuple[float | None, float | None, float | None, int]:
    rows = [[row[who] for who in sorted(row)] for _, row in sorted(on_scale.items()) if len(row) > 1]
    seen = {said for row in rows for said in row}
    domain = sorted(seen, key=lambda said: (scale.values.get(said, math.inf), said))
    if len(domain) < 2:
        return None, None, None, len(rows)
    place = {said: number for number, said in enumerate(domain)}
    counts = np.zeros((len(rows), len(domain)))
    for number, row in enumerate(rows):
        for said in row:
            counts[number, place[said]] += 1
    values = np.array([scale.values.get(said, 0.0) for said in domain])
    low, high = interval_of(bootstrap_alpha(counts, values, scale.level, seed))
    return alpha_of_counts(counts, values, scale.level), low, high, len(rows)


def _kappa(shared: Answers, people: Sequence[str], scale: Scale, seed: int) -> Agreement:
    first, second = people
    pairs = [Pair(call, row[first], row[second]) for call, row in sorted(shared.items())]
    return agree(pairs, sorted(scale.values, key=lambda said: scale.values[said]), seed)


def interval_of(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The middle 95 % of what the draws gave; draws in which the figure is undefined are left out."""
    kept = values[~np.isnan(values)]
    if not len(kept):
        return None, None
    low, high = np.quantile(kept, [0.025, 0.975])
    return float(low), float(high)
