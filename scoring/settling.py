"""From what the detectors find to what the machine answers: the scorecard says who answers, and when it is asked.

- A criterion for people stays unanswered. One where the machine only suggests stays unanswered too, with the suggestion
  and its evidence beside it: until a person has decided it lowers coverage, as everything unanswered does.
- "Not applicable" where the scorecard does not allow it is "cannot judge": a person has to say.
- A criterion whose condition is not met is not applicable; while the other one has no answer, nobody can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, UNANSWERED, CriterionResult, Suggestion
from scoring.standards import Criterion, Standard

PERSON_WHY: Final = "Only a reviewer can answer this."
MUST_APPLY_WHY: Final = "Nothing of this was found to apply, and the scorecard asks for an answer from a reviewer."
_SUGGESTED: Final = "Suggested; a reviewer decides. {why}"
_UNMET: Final = "Asked only after another answer to '{criterion}'."
_OPEN: Final = "Whether this is asked depends on '{criterion}', which has no answer."


def settle(standard: Standard, results: Sequence[CriterionResult]) -> tuple[CriterionResult, ...]:
    """The machine's answers in the standard's order; what the scorecard says nothing special of is left as it is."""
    criteria = [criterion for section in standard.sections for criterion in section.criteria]
    answers: dict[str, str] = {}
    settled = []
    for criterion, found in zip(criteria, results, strict=True):
        result = _by_condition(criterion, _by_mode(criterion, found), answers)
        answers[criterion.id] = result.answer
        settled.append(result)
    return tuple(settled)


def _by_mode(criterion: Criterion, result: CriterionResult) -> CriterionResult:
    if criterion.mode == "people":
        return _blank(result, UNANSWERED, PERSON_WHY)
    if result.answer == NOT_APPLICABLE and not criterion.na_allowed:
        return replace(result, answer=CANNOT_JUDGE, points=None, confidence=None, why=MUST_APPLY_WHY)
    if criterion.mode == "suggest" and (result.answered or result.answer == NOT_APPLICABLE):
        return _suggested(result, UNANSWERED, _SUGGESTED.format(why=result.why).rstrip())
    return result


def _by_condition(criterion: Criterion, result: CriterionResult, answers: dict[str, str]) -> CriterionResult:
    met = True if criterion.when is None else criterion.when.met(answers)
    if criterion.when is None or met is True:
        return result
    if met is False:
        return _blank(result, NOT_APPLICABLE, _UNMET.format(criterion=criterion.when.criterion))
    if not result.answered:
        return result
    return _suggested(result, CANNOT_JUDGE, _OPEN.format(criterion=criterion.when.criterion))


def _suggested(result: CriterionResult, answer: str, why: str) -> CriterionResult:
    suggestion = Suggestion(result.answer, result.confidence)
    return replace(result, answer=answer, points=None, confidence=None, why=why, suggestion=suggestion)


def _blank(result: CriterionResult, answer: str, why: str) -> CriterionResult:
    return replace(result, answer=answer, points=None, confidence=None, evidence=(), absence=None, why=why)
