"""A calibration's results as its page shows them: the heat strip, figures on scales, where people differ and why."""

from __future__ import annotations

from dataclasses import dataclass

from review.calibration.results import Cell, CriterionResult, Results
from review.calibration.types import Agreed, SessionCall
from scoring.agreement import Figures
from scoring.agreement_benchmark import Versus
from scoring.standards import CriterionText, StandardText
from web.reading.calibration_chart import LeanChart, Mark, draw_strictness, mark_of, shade_of

ALPHA_FROM = -0.2  # left end of the scale of alpha: anything worse than chance stands at the edge


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A score of the strip; `shade` 0..9, None where there is no scorecard, or one the viewer is not to read."""

    score: float | None
    shade: int | None
    call_id: int
    evaluation_id: int | None
    visible: bool
    hidden: bool = False  # their own call, or one they are to judge blind


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One reviewer's scores, call by call; `machine` for the machine's own."""

    name: str
    machine: bool
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One criterion's figures with their marks."""

    id: str
    section: str
    question: str
    figures: Figures
    exact: Mark | None
    alpha: Mark | None
    differing: int


@dataclass(frozen=True, slots=True)
class SaidBy:
    """What one person (or the machine) answered; `kind` is answer, na, cannot_judge or ''."""

    name: str
    machine: bool
    kind: str
    label: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a group can agree on."""

    answer: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One criterion of one call on which people differ; `second` is where the machine found its evidence."""

    call: SessionCall
    criterion: str
    question: str
    guidance: str
    second: float | None
    said: tuple[SaidBy, ...]
    choices: tuple[Choice, ...]
    agreed: Agreed | None
    agreed_label: str
    agreed_kind: str


@dataclass(frozen=True, slots=True)
class VersusLine:
    """One person against the benchmark."""

    name: str
    versus: Versus
    exact: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    """Everything the page of a closed session draws."""

    heat: tuple[HeatRow, ...]
    lines: tuple[FigureLine, ...]
    leaning: LeanChart | None
    differences: tuple[Difference, ...]
    versus: tuple[VersusLine, ...]
    same: int  # criteria of calls on which everybody said the same
    open: int  # differences nobody agreed on yet


def read_page(found: Results, language: str) -> ResultsPage:
    """The page in a language; calls the viewer may not see keep their words to themselves."""
    texts = found.sheet.describe(language)
    differences = _differences(found, texts)
    names = {str(person): name for person, name in found.people.items()}
    return ResultsPage(
        heat=_heat(found),
        lines=tuple(
            FigureLine(
                id=criterion.id,
                section=section.title,
                question=criterion.question,
                figures=result.figures,
                exact=mark_of(result.figures.exact.value, result.figures.exact.low, result.figures.exact.high),
                alpha=mark_of(result.figures.alpha, result.figures.low, result.figures.high, least=ALPHA_FROM),
                differing=len(result.differing),
            )
            for section in texts.sections
            for criterion in section.criteria
            if (result := _result(found, criterion.id)) is not None
        ),
        leaning=draw_strictness(found.strictness, names),
        differences=differences,
        versus=tuple(
            VersusLine(names.get(one.person, one.person), one, mark_of(one.exact.value, one.exact.low, one.exact.high))
            for one in found.versus
            if found.agreed or found.view.row.against != "consensus" or not differences  # else 100 % says nothing
        ),
        same=sum(one.figures.calls - len(one.differing) for one in found.criteria),
        open=sum(one.agreed is None for one in differences),
    )


def _heat(found: Results) -> tuple[HeatRow, ...]:
    rows = []
    for person, name in found.people.items():
        cells = []
        for call in found.view.calls:
            cell = found.cell(person, call.call_id)
            score = None if cell is None else cell.final
            number = None if cell is None else cell.evaluation_id
            hidden = call.call_id in found.hidden
            cells.append(HeatCell(score, shade_of(score), call.call_id, number, call.visible, hidden))
        rows.append(HeatRow(name, False, tuple(cells)))
    scores = [found.machine_scores.get(call.call_id) for call in found.view.calls]
    if any(score is not None for score in scores):
        calls = zip(scores, found.view.calls, strict=True)
        rows.append(
            HeatRow("", True, tuple(HeatCell(s, shade_of(s), call.call_id, None, call.visible) for s, call in calls))
        )
    return tuple(rows)


def _differences(found: Results, texts: StandardText) -> tuple[Difference, ...]:
    lines = []
    for call in found.view.calls:
        here = [cell for cell in found.cells if cell.call_id == call.call_id]
        for section in texts.sections:
            for criterion in section.criteria:
                result = _result(found, criterion.id)
                if result is None or call.call_id not in result.differing or not call.visible:
                    continue
                agreed = found.agreed.get((call.call_id, criterion.id))
                kind, label = _words(criterion, agreed.answer if agreed else "")
                lines.append(
                    Difference(
                        call=call,
                        criterion=criterion.id,
                        question=criterion.question,
                        guidance=criterion.guidance,
                        second=found.seconds.get(call.call_id, {}).get(criterion.id),
                        said=_said(found, criterion, call.call_id, here),
                        choices=_choices(result, criterion, here),
                        agreed=agreed,
                        agreed_label=label,
                        agreed_kind=kind,
                    )
                )
    return tuple(lines)


def _said(found: Results, criterion: CriterionText, call_id: int, here: list[Cell]) -> tuple[SaidBy, ...]:
    lines = []
    for cell in here:
        given = cell.answers.get(criterion.id)
        kind, label = _words(criterion, cell.said.get(criterion.id, ""))
        reason, note = (given.reason, given.note) if given else ("", "")
        lines.append(SaidBy(found.people[cell.person], False, kind, label, reason, note))
    machine = found.machine.get(call_id, {}).get(criterion.id, "")
    if machine:
        lines.append(SaidBy("", True, *_words(criterion, machine), "", ""))
    return tuple(lines)


def _choices(result: CriterionResult, criterion: CriterionText, here: list[Cell]) -> tuple[Choice, ...]:
    """The options, at most nine so that a key chooses each; of a range what somebody said."""
    if result.criterion.options:
        answers = [option.id for option in result.criterion.options]
    else:
        answers = sorted({cell.said[criterion.id] for cell in here if criterion.id in cell.said} - {"na"}, key=str)
    if result.criterion.na_allowed:
        answers.append("na")
    return tuple(Choice(answer, *_words(criterion, answer)) for answer in answers[:9])


def _words(criterion: CriterionText, answer: str) -> tuple[str, str]:
    if answer in ("na", "cannot_judge", ""):
        return answer, ""
    return "answer", criterion.option_label(answer)


def _result(found: Results, criterion: str) -> CriterionResult | None:
    return next((one for one in found.criteria if one.criterion.id == criterion), None)
