"""The arithmetic of a scorecard: from the criteria's answers to raw, final, critical, coverage and interval.

Criterion fraction = (points - least) / (most - least); section = weighted mean of its answered criteria; total =
weighted mean of the sections that have an answer; bonus points are added after weighting. N/A leaves the denominator;
"cannot judge", "unanswered", a missing answer and an answer that is no option lower coverage, never the score. An
auto-fail sets its section or the whole to 0 in `final` only; so does a section under its own threshold. A criterion
whose condition is not met is N/A whatever is written, and text has no points. With nothing judged the call is not
scored: never 0, never 100. Sums are exact (`math.fsum`), so that no order of sections, criteria or answers changes the
last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

from scoring.assessment import NOT_APPLICABLE, NOT_SCORED, SCORED, CriterionResult, Score
from scoring.standards import Criterion, Fail, Option, Section, Standard

_Z: Final = 1.2816  # four calls in five lie inside: the 10 % and 90 % points of the normal distribution
_NEAR: Final = 1e-9  # a section that reaches its threshold exactly does not fail for the last digit


@dataclass(frozen=True, slots=True)
class _Answer:
    """A criterion with the option chosen for it (None: not answered) and how sure that is, 0..1."""

    criterion: Criterion
    option: Option | None
    applies: bool
    confidence: float

    @property
    def fraction(self) -> float:
        """Where the chosen option lies between the worst (0) and the best (1)."""
        return fraction(self.criterion, self.option.points) if self.option is not None else 0.0

    def counts(self) -> bool:
        """Whether the answer has a share in its section's mean."""
        return self.option is not None and not self.criterion.bonus and self.criterion.weight > 0


@dataclass(frozen=True, slots=True)
class _SectionScore:
    fraction: float
    weight: float
    down: float  # variance of the fraction downwards and upwards, from the criteria's probabilities
    up: float
    failed: bool


def total(standard: Standard, results: Sequence[CriterionResult]) -> Score:
    """The score of a call whose criteria were answered as in `results` (any order).

    Points come from the standard's options by the answer's id, so that a result cannot claim more than its option
    gives. The interval reaches from what the criteria's doubt may take from `final` to what it may add to `raw`: it
    contains both, and shows after an auto-fail what the call would have without it.
    """
    answers = _answers(standard, {result.id: result for result in results})
    coverage = _coverage(answers.values())
    sections = [score for section in standard.sections if (score := _section(section, answers)) is not None]
    weight = fsum(section.weight for section in sections)
    if weight <= 0:
        return Score(None, None, None, coverage, None, NOT_SCORED)
    failed = {section.id for section in standard.sections if _fails(section, answers)}
    bonus, lost = _bonus(standard, answers, failed)
    raw = _mean(sections, weight) + bonus
    final = _mean([section for section in sections if not section.failed], weight) + bonus - lost
    if _whole_fails(standard, answers):
        final = 0.0
    low = final - 100 * _Z * _spread(sections, weight, "down")
    high = raw + 100 * _Z * _spread(sections, weight, "up")
    most = 100 + fsum(answer.criterion.most for answer in answers.values() if answer.criterion.bonus)
    return Score(
        raw=raw,
        final=final,
        critical=_critical(answers.values()),
        coverage=coverage,
        interval=(max(0.0, low), max(raw, min(most, high))),
        state=SCORED,
    )


def fraction(criterion: Criterion, points: float) -> float:
    """Where `points` lie between the criterion's worst (0) and best (1) option."""
    return (points - criterion.least) / (criterion.most - criterion.least)


def _answers(standard: Standard, by_id: Mapping[str, CriterionResult]) -> dict[str, _Answer]:
    """Every criterion's answer; what a condition leaves out does not apply, and what hangs in the air is open."""
    answers: dict[str, _Answer] = {}
    given: dict[str, str] = {}
    for section in standard.sections:
        for criterion in section.criteria:
            answer = _answer(criterion, by_id.get(criterion.id))
            met = True if criterion.when is None else criterion.when.met(given)
            if met is not True:
                answer = _Answer(criterion, None, applies=met is None, confidence=1.0)
            answers[criterion.id] = answer
            if answer.option is not None:
                given[criterion.id] = answer.option.id
            elif not answer.applies:
                given[criterion.id] = NOT_APPLICABLE
    return answers


def _answer(criterion: Criterion, result: CriterionResult | None) -> _Answer:
    if result is None:
        return _Answer(criterion, None, applies=True, confidence=1.0)
    chosen = criterion.chosen(result.answer)
    sure = 1.0 if result.confidence is None else min(1.0, max(0.0, result.confidence))
    return _Answer(criterion, chosen, applies=result.answer != NOT_APPLICABLE, confidence=sure)


def _mean(sections: Sequence[_SectionScore], weight: float) -> float:
    return 100 * fsum(section.fraction * section.weight for section in sections) / weight


def _bonus(standard: Standard, answers: Mapping[str, _Answer], failed: set[str]) -> tuple[float, float]:
    """The bonus points earned, and those of them that a failed section takes away again."""
    earned: list[float] = []
    lost: list[float] = []
    for section in standard.sections:
        mine = [answers[criterion.id] for criterion in section.criteria]
        points = [answer.option.points for answer in mine if answer.option is not None and answer.criterion.bonus]
        earned += points
        if section.id in failed:
            lost += points
    return fsum(earned), fsum(lost)


def _fails(section: Section, answers: Mapping[str, _Answer]) -> bool:
    """Whether an answer fails the section, or its own threshold does."""
    mine = [answers[criterion.id] for criterion in section.criteria]
    if any(answer.option is not None and answer.option.auto_fail == "section" for answer in mine):
        return True
    return section.fail is not None and section.fail.fails == "section" and _below(section.fail, mine)


def _whole_fails(standard: Standard, answers: Mapping[str, _Answer]) -> bool:
    if any(answer.option is not None and answer.option.auto_fail == "whole" for answer in answers.values()):
        return True
    return any(
        section.fail is not None
        and section.fail.fails == "whole"
        and _below(section.fail, [answers[criterion.id] for criterion in section.criteria])
        for section in standard.sections
    )


def _below(fail: Fail, answers: Sequence[_Answer]) -> bool:
    """Whether the answered criteria reach less than the threshold's percent; never with none answered."""
    counted = [answer for answer in answers if answer.counts()]
    weight = fsum(answer.criterion.weight for answer in counted)
    return weight > 0 and 100 * _share(counted, weight) < fail.below - _NEAR


def _share(counted: Sequence[_Answer], weight: float) -> float:
    return fsum(answer.fraction * answer.criterion.weight for answer in counted) / weight


def _coverage(answers: Iterable[_Answer]) -> float | None:
    applicable = [answer for answer in answers if answer.applies]
    weight = fsum(answer.criterion.weight for answer in applicable)
    answered = fsum(answer.criterion.weight for answer in applicable if answer.option is not None)
    return answered / weight if weight > 0 else None


def _section(section: Section, answers: Mapping[str, _Answer]) -> _SectionScore | None:
    mine = [answers[criterion.id] for criterion in section.criteria]
    counted = [answer for answer in mine if answer.counts()]
    weight = fsum(answer.criterion.weight for answer in counted)
    if weight <= 0:
        return None
    spreads = [(answer.criterion.weight / weight, *_doubt(answer)) for answer in counted]
    return _SectionScore(
        fraction=_share(counted, weight),
        weight=section.weight,
        down=fsum(down * share**2 for share, down, _ in spreads),
        up=fsum(up * share**2 for share, _, up in spreads),
        failed=_fails(section, answers),
    )


def _doubt(answer: _Answer) -> tuple[float, float]:
    """How far the truth may lie below and above the answer: the rest of its probability goes to the other options."""
    value = answer.fraction
    if answer.criterion.range is None:
        others = [
            fraction(answer.criterion, option.points)
            for option in answer.criterion.options
            if option is not answer.option
        ]
    else:
        others = [0.0, 1.0]  # the ends of the range stand for all its other numbers
    share = (1 - answer.confidence) / len(others)
    down = fsum(share * (value - other) ** 2 for other in others if other < value)
    up = fsum(share * (other - value) ** 2 for other in others if other > value)
    return down, up


def _spread(sections: Sequence[_SectionScore], weight: float, side: str) -> float:
    """Standard deviation of the total downwards (of what stands after auto-fails) or upwards (of everything)."""
    if side == "down":
        variance = fsum(s.down * (s.weight / weight) ** 2 for s in sections if not s.failed)
    else:
        variance = fsum(s.up * (s.weight / weight) ** 2 for s in sections)
    return float(variance**0.5)


def _critical(answers: Iterable[_Answer]) -> float | None:
    pairs = [answer for answer in answers if answer.criterion.critical and answer.counts()]
    weight = fsum(answer.criterion.weight for answer in pairs)
    return 100 * fsum(answer.fraction * answer.criterion.weight for answer in pairs) / weight if weight > 0 else None
