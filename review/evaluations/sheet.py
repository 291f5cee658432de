"""A person's answers on a scorecard, without rows or pages: which criteria are asked, what is missing, the score.

Pure: a standard and answers in, the same result whatever the order of the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from review.errors import ReviewError
from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, UNANSWERED, CriterionResult, Score
from scoring.scorecard import total
from scoring.standards import Criterion, Standard

LONGEST_TEXT: Final = 50_000  # characters of one typed answer, or of the comment on the whole
LONGEST_REASON: Final = 2000  # characters, as for a verdict


class AnswersRefused(ReviewError):
    """Answers that cannot be kept; nothing was stored. `criterion` is the one that is wrong, `field` its part."""

    code = "answers_refused"

    def __init__(self, criterion: str, field: str, message: str) -> None:
        super().__init__(message)
        self.criterion = criterion
        self.field = field


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered: an option's id, a number of a range, typed words, `na` or `cannot_judge`.

    `confirmed` says that the person took over the machine's answer instead of choosing one; `automatic` that nobody
    did: the criterion is in automatic mode, and the machine's answer counts until a person changes it.
    """

    answer: str
    reason: str = ""
    note: str = ""
    confirmed: bool = False
    automatic: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the row keeps it."""
        kept = {"answer": self.answer, "reason": self.reason, "note": self.note, "confirmed": self.confirmed}
        return {**kept, "automatic": True} if self.automatic else kept


Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a scorecard cannot be submitted yet: `what` is `answer` (mandatory), `reason`, or `nothing` at all."""

    criterion: str
    what: str


def read_answers(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers in a row's JSON."""
    return {
        str(criterion): Answer(
            answer=str(item.get("answer") or ""),
            reason=str(item.get("reason") or ""),
            note=str(item.get("note") or ""),
            confirmed=bool(item.get("confirmed")),
            automatic=bool(item.get("automatic")),
        )
        for criterion, item in stored.items()
        if isinstance(item, Mapping)
    }


def check_answers(standard: Standard, sent: object) -> dict[str, Answer]:
    """The answers as sent by a page or a program, checked against the standard. Raises AnswersRefused.

    A criterion with neither answer nor words is left out: it is not answered.
    """
    if not isinstance(sent, Mapping):
        raise AnswersRefused("", "answers", "Send the answers as an object, one entry for each criterion.")
    criteria = criteria_of(standard)
    read = {}
    for name, item in sent.items():
        criterion = criteria.get(str(name))
        if criterion is None or not isinstance(item, Mapping):
            raise AnswersRefused(str(name), "answers", f"There is no criterion '{name}' on this scorecard.")
        answer = _check_one(criterion, item)
        if answer.answer or answer.reason or answer.note:
            read[criterion.id] = answer
    return read


def keep_automatic(before: Answers, now: Answers) -> dict[str, Answer]:
    """The new answers, with those the machine gave by itself still marked so where nobody changed or explained them."""
    kept = {}
    for name, answer in now.items():
        was = before.get(name)
        untouched = was is not None and was.automatic and (answer.answer, answer.reason) == (was.answer, was.reason)
        kept[name] = replace(answer, automatic=True, confirmed=True) if untouched else answer
    return kept


def criteria_of(standard: Standard) -> dict[str, Criterion]:
    """Every criterion by its id, in the standard's order."""
    return {criterion.id: criterion for section in standard.sections for criterion in section.criteria}


def machine_answer(item: Mapping[str, Any]) -> str:
    """What the machine says in a criterion's stored result, or suggests where the decision is a person's; else ''."""
    suggestion = item.get("suggestion")
    said = str((suggestion if isinstance(suggestion, Mapping) else item).get("answer") or "")
    return "" if said == UNANSWERED else said


def asked(standard: Standard, answers: Answers) -> dict[str, bool]:
    """Which criteria are asked, given the answers so far: a condition that is not met, or not yet, hides its own."""
    values = {name: answer.answer for name, answer in answers.items() if answer.answer}
    found: dict[str, bool] = {}
    for criterion in criteria_of(standard).values():
        when = criterion.when
        found[criterion.id] = when is None or (found.get(when.criterion, False) and bool(when.met(values)))
    return found


def results_of(standard: Standard, answers: Answers) -> list[CriterionResult]:
    """The answers as the arithmetic of scorecards takes them: a person is certain, what is not asked does not apply."""
    shown = asked(standard, answers)
    results = []
    for section in standard.sections:
        for criterion in section.criteria:
            given = answers.get(criterion.id)
            chosen = criterion.chosen(given.answer) if given is not None and shown[criterion.id] else None
            if not shown[criterion.id]:
                answer = NOT_APPLICABLE
            elif chosen is not None:
                answer = chosen.id
            else:
                answer = given.answer if given and given.answer in (NOT_APPLICABLE, CANNOT_JUDGE) else UNANSWERED
            results.append(
                CriterionResult(
                    id=criterion.id,
                    section=section.id,
                    answer=answer,
                    points=None if chosen is None else chosen.points,
                    max=criterion.most,
                    weight=criterion.weight,
                    confidence=None if chosen is None else 1.0,
                )
            )
    return results


def score_of(standard: Standard, answers: Answers) -> Score:
    """The score of the person's answers alone."""
    return total(standard, results_of(standard, answers))


def missing(standard: Standard, answers: Answers, machine: Mapping[str, str]) -> tuple[Missing, ...]:
    """What stands between the answers and a submission, in the scorecard's order.

    `machine` are the answers the person saw: one that was changed needs a reason, for the rep reads it and models learn
    by it. A blind reviewer saw none.
    """
    shown = asked(standard, answers)
    wanting = []
    for criterion in criteria_of(standard).values():
        given = answers.get(criterion.id)
        if not shown[criterion.id]:
            continue
        if given is None or not given.answer:
            if criterion.mandatory:
                wanting.append(Missing(criterion.id, "answer"))
        elif needs_reason(criterion, given, machine.get(criterion.id)) and not given.reason:
            wanting.append(Missing(criterion.id, "reason"))
    if not wanting and not any(shown.get(name) and answer.answer for name, answer in answers.items()):
        return (Missing("", "nothing"),)
    return tuple(wanting)


def needs_reason(criterion: Criterion, given: Answer, machine: str | None) -> bool:
    """Whether the answer changes one that the machine gave and the person saw."""
    if not machine or machine == CANNOT_JUDGE or criterion.mode == "people" or criterion.kind == "text":
        return False
    by_condition = criterion.when is not None and machine == NOT_APPLICABLE  # the machine did not ask, so said nothing
    return not by_condition and given.answer != machine


def _check_one(criterion: Criterion, item: Mapping[str, Any]) -> Answer:
    words = {}
    for field, longest in (("reason", LONGEST_REASON), ("note", LONGEST_TEXT), ("answer", LONGEST_TEXT)):
        value = item.get(field)
        if value is not None and not isinstance(value, str | int | float):
            raise AnswersRefused(criterion.id, field, f"'{field}' of '{criterion.id}' must be text.")
        text = "" if value is None else str(value).replace("\x00", "")
        if len(text) > longest:
            raise AnswersRefused(
                criterion.id,
                field,
                f"This text has {len(text)} characters; it can have {longest}. It was not stored, and not cut either.",
            )
        words[field] = text
    answer = words["answer"] if criterion.kind == "text" else words["answer"].strip()
    if answer and not _is_answer(criterion, answer):
        raise AnswersRefused(criterion.id, "answer", f"'{answer}' is no answer of '{criterion.id}'.")
    chosen = criterion.chosen(answer) if answer and criterion.kind != "text" else None
    return Answer(
        answer=chosen.id if chosen is not None else answer,
        reason=words["reason"],
        note=words["note"],
        confirmed=bool(item.get("confirmed")),
    )


def _is_answer(criterion: Criterion, answer: str) -> bool:
    if answer == CANNOT_JUDGE or criterion.kind == "text":
        return True
    return criterion.na_allowed if answer == NOT_APPLICABLE else criterion.chosen(answer) is not None
