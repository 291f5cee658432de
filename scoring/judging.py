"""From a standard's criteria to answers: each criterion's detector is asked, and its level becomes an option."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, UNANSWERED, CriterionResult, Objection
from scoring.case import Case
from scoring.detectors import dialogue, next_step, objection_answers, phrases
from scoring.detectors.catalogue import DETECTORS
from scoring.detectors.finding import Finding
from scoring.rejection import RejectionHead
from scoring.settling import PERSON_WHY, settle
from scoring.standards import Criterion, Standard

_Detect = Callable[[Case, Criterion], Finding]
_DetectObjections = Callable[[Case, Criterion, Sequence[Objection]], Finding]

_DETECT: Final[Mapping[str, _Detect]] = {
    "says": phrases.says,
    "greeting": phrases.greeting,
    "company": phrases.company,
    "price_given": phrases.price_given,
    "no_phrase": phrases.no_phrase,
    "needs_questions": dialogue.needs_questions,
    "open_questions": dialogue.open_questions,
    "talk_share": dialogue.talk_share,
    "lets_finish": dialogue.lets_finish,
    "next_step": next_step.next_step,
}
_DETECT_OBJECTIONS: Final[Mapping[str, _DetectObjections]] = {
    "objections_handled": objection_answers.objections_handled,
    "objections_understood": objection_answers.objections_understood,
    "objections_calm": objection_answers.objections_calm,
}


class LearnedJudge(Protocol):
    """Models learned from reviewers' verdicts, as scoring.learning.judge gives them."""

    def versions(self, language: str, criteria: Sequence[Criterion]) -> Mapping[str, str]:
        """The versions of the models that take part in judging these criteria, by their ids."""
        ...

    def answer(self, case: Case, criterion: Criterion, result: CriterionResult) -> CriterionResult:
        """The learned answer in place of the rules', or the rules' own where no model judges."""
        ...


class RejectionHeads(Protocol):
    """Learned judges of closed leads, one for a language at most."""

    def head_for(self, language: str) -> RejectionHead | None:
        """The judge of calls in this language; None: the rules judge."""
        ...


def judge(
    case: Case, standard: Standard, objections: Sequence[Objection], models: LearnedJudge | None = None
) -> tuple[CriterionResult, ...]:
    """The answer to every criterion, in the standard's order; by the learned model where `models` has one.

    What the scorecard leaves to people, and what depends on another answer, is settled last.
    """
    pairs = [(criterion, section.id) for section in standard.sections for criterion in section.criteria]
    answers = [_answer(case, criterion, section, objections) for criterion, section in pairs]
    if models is not None:
        answers = [models.answer(case, item, found) for (item, _), found in zip(pairs, answers, strict=True)]
    return settle(standard, answers)


def ask(case: Case, detector: str, objections: Sequence[Objection]) -> tuple[Finding, tuple[str, ...]]:
    """What a detector finds with its own settings, and its levels from worst to best. Raises KeyError for no such."""
    criterion = Criterion(detector, {}, {}, detector, {}, (), 0.0)
    detect = _DETECT.get(detector)
    finding = _DETECT_OBJECTIONS[detector](case, criterion, objections) if detect is None else detect(case, criterion)
    return finding, DETECTORS[detector].levels


def judge_nothing(standard: Standard, why: str) -> tuple[CriterionResult, ...]:
    """Every criterion as "cannot judge" for one reason."""
    return tuple(
        _result(criterion, section.id, Finding(CANNOT_JUDGE, why))
        if criterion.detector != "person" and criterion.mode != "people"
        else _unanswered(criterion, section.id)
        for section in standard.sections
        for criterion in section.criteria
    )


def _answer(case: Case, criterion: Criterion, section: str, objections: Sequence[Objection]) -> CriterionResult:
    if criterion.detector == "person" or criterion.mode == "people":
        return _unanswered(criterion, section)
    detect = _DETECT.get(criterion.detector)
    if detect is not None:
        return _result(criterion, section, detect(case, criterion))
    return _result(criterion, section, _DETECT_OBJECTIONS[criterion.detector](case, criterion, objections))


def _unanswered(criterion: Criterion, section: str) -> CriterionResult:
    return _result(criterion, section, Finding(UNANSWERED, PERSON_WHY))


def _result(criterion: Criterion, section: str, finding: Finding) -> CriterionResult:
    points = None
    answer = finding.level
    if answer not in (NOT_APPLICABLE, CANNOT_JUDGE, UNANSWERED):
        option = criterion.option_for(finding.level)
        answer, points = option.id, option.points
    return CriterionResult(
        id=criterion.id,
        section=section,
        answer=answer,
        points=points,
        max=criterion.most,
        weight=criterion.weight,
        confidence=finding.confidence,
        evidence=finding.evidence,
        absence=finding.absence,
        why=finding.why,
    )
