"""Who needs what, and why: where a rep is behind the rest of the team, or the own past, by more than chance. Pure.

Every rep is compared on every criterion, so a few of many comparisons would stand out by chance alone: those are kept
whose false discovery rate is held at 10 % (Benjamini and Hochberg 1995). The probability of a difference comes from
Student's t turned into a normal deviate (Wallace 1959).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from review.performance.criteria import NamedCriterion
from review.performance.estimate import FEWEST, Difference, Mean, Sums, add, difference_of, mean_of, probability_of
from review.performance.period import Period
from review.performance.seeing import RepCard
from review.performance.sums import Bucket, add_up, of_sample

FALSE_DISCOVERIES: Final = 0.1
MATTERS: Final = 0.1
"""A gap smaller than this, of the way from the worst to the best answer, is nothing to coach on however sure it is."""

TEAM_LOW: Final = 0.5
"""A criterion is the whole team's when the mean of its calls is surely under this."""

Why = Literal["behind_team", "behind_past", "whole_team"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One rep (None: the whole team) and one criterion. `evidence` is what it is compared with, `now` how it stands."""

    rep: RepCard | None
    criterion: NamedCriterion
    why: Why
    now: Mean
    evidence: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The needs, the surest first, and how many comparisons were made to find them."""

    found: tuple[Need, ...]
    compared: int


def find_needs(
    reps: Collection[RepCard],
    buckets: Collection[Bucket],
    criteria: Iterable[NamedCriterion],
    period: Period,
    *,
    most: int = 12,
) -> Needs:
    """What the calls of the period say. Who left, or left the team, is not asked."""
    halves = add_up(
        of_sample(buckets, "all"), lambda one: (one.standard, one.criterion, one.rep_id, one.week >= period.middle)
    )
    tried: list[tuple[float, Need]] = []
    whole: list[Need] = []
    for criterion in criteria:
        of_reps = {
            rep.id: tuple(
                halves.get((criterion.standard, criterion.id, rep.id, late), Sums()) for late in (False, True)
            )
            for rep in reps
            if rep.active and rep.here
        }
        everybody = add(*(sums for pair in of_reps.values() for sums in pair))
        team = mean_of(everybody)
        low = team is not None and team.high is not None and team.high < TEAM_LOW
        if low and team is not None and len([pair for pair in of_reps.values() if add(*pair).calls >= FEWEST]) > 1:
            whole.append(Need(rep=None, criterion=criterion, why="whole_team", now=team, evidence=None))
        for rep in reps:
            if rep.id in of_reps:
                tried += _compare(rep, criterion, of_reps, low=low)
    kept = _discoveries(tried)
    one_each: dict[tuple[int, str], Need] = {}
    for need in kept:  # of two reasons for the same thing the surer one
        one_each.setdefault((0 if need.rep is None else need.rep.id, need.criterion.id), need)
    whole.sort(key=lambda need: (need.now.mean, need.criterion.id))
    return Needs(found=(*list(one_each.values())[: max(0, most - len(whole[:3]))], *whole[:3]), compared=len(tried))


def _compare(
    rep: RepCard, criterion: NamedCriterion, of_reps: dict[int, tuple[Sums, ...]], *, low: bool
) -> list[tuple[float, Need]]:
    """The rep against the others, and the later half against the earlier one, each with its probability by chance."""
    mine = of_reps[rep.id]
    now = mean_of(add(*mine))
    if now is None:
        return []
    others = add(*(sums for other, pair in of_reps.items() if other != rep.id for sums in pair))
    pairs: list[tuple[Why, Sums, Sums]] = [("behind_past", mine[0], mine[1])]
    if not low:  # where everybody is low, being a little lower is not this rep's own need
        pairs.insert(0, ("behind_team", others, add(*mine)))
    found = []
    for why, before, after in pairs:
        evidence = difference_of(before, after)
        if evidence.verdict != "too_early":
            chance = probability_of(before, after)
            found.append((chance, Need(rep=rep, criterion=criterion, why=why, now=now, evidence=evidence)))
    return found


def _discoveries(tried: list[tuple[float, Need]]) -> list[Need]:
    """Those behind, surest first, with so few false ones among them as FALSE_DISCOVERIES says."""
    ordered = sorted(tried, key=lambda pair: (pair[0], pair[1].criterion.id, pair[1].rep.id if pair[1].rep else 0))
    kept = 0
    for number, (chance, _need) in enumerate(ordered, 1):
        if chance <= FALSE_DISCOVERIES * number / len(ordered):
            kept = number
    needs = (need for _chance, need in ordered[:kept])
    return [need for need in needs if need.evidence is not None and (need.evidence.change or 0.0) <= -MATTERS]
