"""The arithmetic of a scorecard: from the criteria's answers to raw, final, critical, coverage and interval.

Criterion fraction = (points - least) / (most - least); section = weighted mean of its answered criteria; total =
weighted mean of the sections that have an answer; bonus points are added after weighting. N/A leaves the denominator;
"cannot judge" and "unanswered" lower coverage, never the score. An auto-fail sets its section or the whole to 0 in
`final` only. With nothing judged the call is not scored: never 0, never 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scoring.assessment import NOT_APPLICABLE, NOT_SCORED, SCORED, CriterionResult, Score
from scoring.standards import Criterion, Standard

_Z: Final = 1.2816  # four calls in five lie inside: the 10 % and 90 % points of the normal distribution
_SURE: Final = 0.9  # an auto-fail found with at least this confidence leaves no hope in the interval


@dataclass(frozen=True, slots=True)
class _SectionScore:
    fraction: float
    weight: float
    down: float  # variance of the fraction downwards and upwards, from the criteria's probabilities
    up: float
    failed: bool
    sure: bool


def total(standard: Standard, results: Sequence[CriterionResult]) -> Score:
    """The score of a call whose criteria were answered as in `results` (any order)."""
    by_id = {result.id: result for result in results}
    coverage = _coverage(results)
    sections = [
        score
        for section in standard.sections
        if (score := _section(section.criteria, section.weight, by_id)) is not None
    ]
    weight = sum(section.weight for section in sections)
    if weight <= 0:
        return Score(None, None, None, coverage, None, NOT_SCORED)
    bonus, lost = _bonus(standard, by_id)
    raw = 100 * sum(section.fraction * section.weight for section in sections) / weight + bonus
    whole = _whole_failures(standard, by_id)
    kept = [section for section in sections if not section.failed]
    final = 100 * sum(section.fraction * section.weight for section in kept) / weight + bonus - lost
    if whole is not None:
        final = 0.0
    most = 100 + sum(criterion.most for criterion in _criteria(standard) if criterion.bonus)
    return Score(
        raw=raw,
        final=final,
        critical=_critical(standard, by_id),
        coverage=coverage,
        interval=_interval(sections, weight, final=final, raw=raw, whole=whole, most=most),
        state=SCORED,
    )


def fraction(criterion: Criterion, points: float) -> float:
    """Where `points` lie between the criterion's worst (0) and best (1) option."""
    return (points - criterion.least) / (criterion.most - criterion.least)


def _criteria(standard: Standard) -> list[Criterion]:
    return [criterion for section in standard.sections for criterion in section.criteria]


def _bonus(standard: Standard, by_id: Mapping[str, CriterionResult]) -> tuple[float, float]:
    """The bonus points earned, and those of them that a failed section takes away again."""
    earned = lost = 0.0
    for section in standard.sections:
        results = [(c, by_id[c.id]) for c in section.criteria if c.id in by_id]
        points = sum(result.points or 0.0 for criterion, result in results if criterion.bonus)
        earned += points
        if any(_auto_fail(criterion, result) == "section" for criterion, result in results):
            lost += points
    return earned, lost


def _coverage(results: Sequence[CriterionResult]) -> float | None:
    applicable = sum(result.weight for result in results if result.answer != NOT_APPLICABLE)
    answered = sum(result.weight for result in results if result.answered)
    return answered / applicable if applicable > 0 else None


def _section(
    criteria: Sequence[Criterion], weight: float, by_id: Mapping[str, CriterionResult]
) -> _SectionScore | None:
    weighed = down = up = weights = 0.0
    failed = sure = False
    for criterion in criteria:
        result = by_id.get(criterion.id)
        if result is None or result.points is None:
            continue
        if _auto_fail(criterion, result) == "section":
            failed = True
            sure = sure or (result.confidence is None or result.confidence >= _SURE)
        if criterion.bonus or criterion.weight <= 0:
            continue
        value = fraction(criterion, result.points)
        spread_down, spread_up = _spread(criterion, value, result.confidence)
        weights += criterion.weight
        weighed += value * criterion.weight
        down += spread_down * criterion.weight**2
        up += spread_up * criterion.weight**2
    if weights <= 0:
        return None
    return _SectionScore(weighed / weights, weight, down / weights**2, up / weights**2, failed, sure)


def _spread(criterion: Criterion, value: float, confidence: float | None) -> tuple[float, float]:
    """How far the truth may lie below and above the answer: the rest of its probability goes to the other options."""
    doubt = 1 - (1.0 if confidence is None else min(1.0, max(0.0, confidence)))
    others = [fraction(criterion, option.points) for option in criterion.options]
    others.remove(min(others, key=lambda other: abs(other - value)))
    share = doubt / len(others)
    down = sum(share * (value - other) ** 2 for other in others if other < value)
    up = sum(share * (other - value) ** 2 for other in others if other > value)
    return down, up


def _interval(
    sections: Sequence[_SectionScore], weight: float, *, final: float, raw: float, whole: float | None, most: float
) -> tuple[float, float]:
    alive = [section for section in sections if not section.failed]
    down = sum(section.down * section.weight**2 for section in alive) / weight**2
    up = sum(section.up * section.weight**2 for section in alive) / weight**2
    low = 0.0 if whole is not None else max(0.0, final - 100 * _Z * down**0.5)
    high = final + 100 * _Z * up**0.5
    if whole is not None:
        high = 0.0 if whole >= _SURE else raw
    else:
        high += 100 * sum(s.fraction * s.weight for s in sections if s.failed and not s.sure) / weight
    return low, min(most, high)


def _whole_failures(standard: Standard, by_id: Mapping[str, CriterionResult]) -> float | None:
    """The confidence of the surest failure of the whole call, or None without one."""
    found = [
        1.0 if result.confidence is None else result.confidence
        for criterion in _criteria(standard)
        if (result := by_id.get(criterion.id)) is not None and _auto_fail(criterion, result) == "whole"
    ]
    return max(found) if found else None


def _auto_fail(criterion: Criterion, result: CriterionResult) -> str | None:
    if not result.answered:
        return None
    return next((option.auto_fail for option in criterion.options if option.id == result.answer), None)


def _critical(standard: Standard, by_id: Mapping[str, CriterionResult]) -> float | None:
    pairs = [
        (criterion, result)
        for criterion in _criteria(standard)
        if criterion.critical and (result := by_id.get(criterion.id)) is not None and result.points is not None
    ]
    weights = sum(criterion.weight for criterion, _ in pairs)
    if weights <= 0:
        return None
    return 100 * sum(fraction(c, r.points or 0.0) * c.weight for c, r in pairs) / weights
