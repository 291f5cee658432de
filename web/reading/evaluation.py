"""A scorecard as a person fills it in: what is asked, what the machine suggests beside it, and how it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Any

from review.disputes.listing import Standing as Disputes
from review.evaluations import Answer, EvaluationRow, EvaluationView, Missing, asked, missing, score_of
from review.evaluations.sheet import needs_reason
from scoring.assessment import CANNOT_JUDGE, Score
from scoring.scorecard import fraction
from scoring.standards import Criterion, Section, in_language
from web.reading.queue import Why
from web.reading.scorecard import CriterionRow, read_criterion


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, and the digit that chooses it ('' beyond the ninth)."""

    id: str
    label: str
    short: str
    key: str
    auto_fail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One criterion of the form. `machine` is what may be confirmed: '' where the machine is silent or kept away."""

    row: CriterionRow  # the machine's side: evidence, certainty, why; empty where it is kept away
    kind: str
    mode: str
    mandatory: bool
    na_allowed: bool
    choices: tuple[Choice, ...]
    least: float
    most: float
    step: float
    good: str
    bad: str
    machine: str
    given: Answer | None


@dataclass(frozen=True, slots=True)
class AskedSection:
    """One section of the form."""

    id: str
    title: str
    rows: tuple[AskedRow, ...]


@dataclass(frozen=True, slots=True)
class SectionPoints:
    """What the answers of a section have earned of what they could, in weight; None where nothing is answered."""

    earned: float | None
    possible: float | None
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a draft stands: everything that changes with an answer. Without `score` and `sections` in a blind review."""

    score: Score | None
    sections: Mapping[str, SectionPoints]
    asked: Mapping[str, bool]
    wanting: tuple[Missing, ...]
    changed: tuple[str, ...]  # criteria whose answer differs from the machine's, which the rep will ask about
    answered: int
    criteria: int


@dataclass(frozen=True, slots=True)
class Scene:
    """The evaluations of a call for its page: the viewer's own draft, all others, and whether the machine is veiled."""

    draft: EvaluationView | None
    rows: tuple[EvaluationRow, ...]
    veiled: bool
    begins_blind: bool = False  # the call waits for the viewer to be judged blind, and that has not begun yet
    waits: bool = False  # the call is in the viewer's queue
    why: Why | None = None  # why it is, or was
    disputes: Mapping[int, Disputes] = field(default_factory=dict)  # by evaluation, those that were shown

    @property
    def mine(self) -> EvaluationRow | None:
        """The viewer's own evaluation that stands: not a draft, not void."""
        return next((row for row in self.rows if row.mine and row.state not in ("draft", "void")), None)

    @property
    def may_begin(self) -> bool:
        """Whether the viewer has none yet, or was given the call once more."""
        return self.draft is None and (self.mine is None or self.waits)


def read_form(view: EvaluationView, language: str) -> tuple[AskedSection, ...]:
    """The sections of the form in the viewer's language, without what a blind reviewer must not see."""
    words = view.sheet.describe(language)
    return tuple(
        AskedSection(
            section.id,
            in_language(section.title, language),
            tuple(
                _asked_row(view, criterion, read_criterion(words.criterion(criterion.id), _shown(view, criterion)))
                for criterion in section.criteria
            ),
        )
        for section in view.sheet.sections
        if section.criteria
    )


def read_standing(view: EvaluationView) -> Standing:
    """How the draft stands with the answers it holds."""
    given, machine = view.answers, view.seen_answers
    open_to = asked(view.sheet, given)
    sections = {} if view.blind else {s.id: _points(s, given, open_to) for s in view.sheet.sections}
    criteria = [criterion for section in view.sheet.sections for criterion in section.criteria]
    changed = [c.id for c in criteria if c.id in given and needs_reason(c, given[c.id], machine.get(c.id))]
    asked_now = [c for c in criteria if open_to[c.id]]
    return Standing(
        score=None if view.blind and view.state == "draft" else score_of(view.sheet, given),
        sections=sections,
        asked=open_to,
        wanting=missing(view.sheet, given, machine),
        changed=tuple(name for name in changed if given[name].answer and open_to[name]),
        answered=sum(c.id in given and bool(given[c.id].answer) for c in asked_now),
        criteria=len(asked_now),
    )


def _asked_row(view: EvaluationView, criterion: Criterion, row: CriterionRow) -> AskedRow:
    spread = criterion.range
    silent = view.blind or criterion.mode == "people"
    return AskedRow(
        row=row,
        kind=criterion.kind,
        mode=criterion.mode,
        mandatory=criterion.mandatory,
        na_allowed=criterion.na_allowed,
        choices=tuple(
            Choice(o.id, o.label, o.short, key, _fail(criterion, o.id))
            for o, key in zip(row.options, _keys(row), strict=True)
        )
        if criterion.options
        else (),
        least=spread.least if spread else 0.0,
        most=spread.most if spread else 0.0,
        step=spread.step if spread else 1.0,
        good=row.good,
        bad=row.bad,
        machine="" if silent else view.seen_answers.get(criterion.id, ""),
        given=view.answers.get(criterion.id),
    )


def _keys(row: CriterionRow) -> list[str]:
    """The key of each answer: the number that stands on it where all are numbered, else its place, none beyond nine."""
    shorts = [option.short for option in row.options]
    if all(len(short) == 1 and short.isdigit() for short in shorts):
        return shorts
    return [str(place) if place <= 9 else "" for place, _short in enumerate(shorts, start=1)]


def _fail(criterion: Criterion, option: str) -> str | None:
    chosen = criterion.chosen(option)
    return chosen.auto_fail if chosen else None


def _shown(view: EvaluationView, criterion: Criterion) -> Mapping[str, Any]:
    """The machine's result of a criterion as its reviewer may see it; what it suggests stands as its answer."""
    if view.blind or criterion.mode == "people":
        return {}
    item = dict(view.machine.get(criterion.id, {}))
    suggestion = item.get("suggestion")
    if isinstance(suggestion, Mapping):
        item |= {"answer": suggestion.get("answer"), "confidence": suggestion.get("confidence")}
        item["points"] = getattr(criterion.chosen(str(item["answer"])), "points", None)
    return item


def _points(section: Section, given: Mapping[str, Answer], open_to: Mapping[str, bool]) -> SectionPoints:
    """The weight earned and possible of what is answered, as the machine's scorecard counts them."""
    earned, possible, failed = [], [], False
    for criterion in section.criteria:
        answer = given.get(criterion.id)
        chosen = criterion.chosen(answer.answer) if answer is not None and open_to[criterion.id] else None
        if chosen is None or answer is None or answer.answer == CANNOT_JUDGE:
            continue
        failed = failed or chosen.auto_fail is not None
        if not criterion.bonus and criterion.most > criterion.least:
            earned.append(criterion.weight * fraction(criterion, chosen.points))
            possible.append(criterion.weight)
    if not possible:
        return SectionPoints(None, None, failed)
    sums = fsum(earned), fsum(possible)
    low = section.fail is not None and 100 * sums[0] < section.fail.below * sums[1]
    return SectionPoints(*sums, failed or low)
