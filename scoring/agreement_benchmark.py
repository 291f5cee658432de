"""How far one person is from the answers a group is measured against: a benchmark reviewer's, or the agreed ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.agreement import NO_SHARE, Scale, Share, alike, interval_of, is_compared
from scoring.agreement_alpha import weights_of_draws
from scoring.assessment import NOT_APPLICABLE

Sheet = Mapping[str, Mapping[str, str]]
"""Call -> criterion -> answer."""


@dataclass(frozen=True, slots=True)
class Versus:
    """One person against the benchmark over `calls` calls and `answers` answers.

    `lean` is the mean difference of an answer in percent of the criterion's points (own - benchmark: negative gives
    fewer), over answers that both give points; with its 95 % interval, calls drawn again.
    """

    person: str
    calls: int
    answers: int
    exact: Share
    within: Share
    lean: float | None
    low: float | None
    high: float | None


def versus(person: str, own: Sheet, benchmark: Sheet, scales: Mapping[str, Scale], *, seed: int = 0) -> Versus:
    """The comparison on every criterion that both answered; gaps on either side are left out."""
    exact: dict[str, list[float]] = {}
    within: dict[str, list[float]] = {}
    lean: dict[str, list[float]] = {}
    for call in sorted(own.keys() & benchmark.keys()):
        for criterion in sorted(own[call].keys() & benchmark[call].keys() & scales.keys()):
            scale, mine, theirs = scales[criterion], own[call][criterion], benchmark[call][criterion]
            if not (is_compared(mine, scale) and is_compared(theirs, scale)):
                continue
            exact.setdefault(call, []).append(mine == theirs)
            within.setdefault(call, []).append(alike(mine, theirs, scale))
            if NOT_APPLICABLE not in (mine, theirs):
                lean.setdefault(call, []).append(100.0 * (scale.fraction(mine) - scale.fraction(theirs)))
    mean = _mean(lean, seed)
    return Versus(
        person=person,
        calls=len(exact),
        answers=sum(map(len, exact.values())),
        exact=_as_share(exact, seed),
        within=_as_share(within, seed),
        lean=mean[0],
        low=mean[1],
        high=mean[2],
    )


def _as_share(rows: Mapping[str, list[float]], seed: int) -> Share:
    value, low, high = _mean(rows, seed)
    return NO_SHARE if value is None else Share(sum(map(len, rows.values())), value, low, high)


def _mean(rows: Mapping[str, list[float]], seed: int) -> tuple[float | None, float | None, float | None]:
    if not rows:
        return None, None, None
    sums = np.array([math.fsum(rows[call]) for call in sorted(rows)])
    sizes = np.array([float(len(rows[call])) for call in sorted(rows)])
    drawn = weights_of_draws(len(sums), seed)
    low, high = interval_of((drawn @ sums) / (drawn @ sizes))
    return math.fsum(sums) / math.fsum(sizes), low, high
