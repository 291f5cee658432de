"""Two versions of a scorecard side by side: a person's beside the machine's, or beside another person's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.evaluations import EvaluationView, read_answers
from review.evaluations.sheet import machine_answer
from scoring.standards import CriterionText


@dataclass(frozen=True, slots=True)
class Said:
    """One side's answer to a criterion, in words; `kind` is answer, na, cannot_judge, or '' where there is none."""

    kind: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLine:
    """One criterion with what both sides say of it."""

    id: str
    section: str
    question: str
    one: Said
    other: Said
    differs: bool
    confirmed: bool  # the person took the machine's answer over


def read_sides(
    one: EvaluationView, other: EvaluationView | None, language: str, *, mine: Any = None
) -> tuple[SideLine, ...]:
    """Every criterion with both answers: `one` beside `mine` (answers as a page sent them), `other`, or the machine."""
    given = one.answers
    right: Mapping[str, tuple[str, str]]
    if mine is not None:
        right = {name: (a.answer, a.reason) for name, a in read_answers(mine if isinstance(mine, dict) else {}).items()}
    elif other is not None:
        right = {name: (answer.answer, answer.reason) for name, answer in other.answers.items()}
    else:
        right = {name: (machine_answer(item), "") for name, item in one.machine.items()}
    lines = []
    for section in one.sheet.describe(language).sections:
        for criterion in section.criteria:
            left_answer = given.get(criterion.id)
            left = say(criterion, left_answer.answer if left_answer else "", left_answer.reason if left_answer else "")
            said = say(criterion, *right.get(criterion.id, ("", "")))
            lines.append(
                SideLine(
                    id=criterion.id,
                    section=section.title,
                    question=criterion.question,
                    one=left,
                    other=said,
                    differs=(left.kind, left.label) != (said.kind, said.label)
                    or (mine is not None and left.reason != said.reason),
                    confirmed=bool(left_answer and left_answer.confirmed),
                )
            )
    return tuple(lines)


def say(criterion: CriterionText, answer: str, reason: str) -> Said:
    """An answer in the words of its criterion."""
    if criterion.kind != "text" and answer in ("na", "cannot_judge", ""):
        return Said(answer, "", reason)
    return Said("answer" if answer else "", criterion.option_label(answer), reason)
