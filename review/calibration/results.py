"""What a closed calibration found: everybody's answers side by side, how far they agree, who is strict or lenient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.calibration.agreed import read_agreed
from review.calibration.listing import read_session
from review.calibration.types import Agreed, CalibrationNotNow, NoSuchCalibration, SessionView
from review.evaluations.sheet import Answer, Answers, asked, criteria_of, machine_answer, read_answers
from review.learning.shown import standard_of
from review.models import CalibrationSeat, Call, Evaluation, StoredAssessment
from review.queries.blind import is_veiled
from review.queries.viewer import Viewer
from scoring.agreement import POINTS_ALIKE, Figures, Scale, Share, figures_of, figures_of_numbers, pooled, scale_of
from scoring.agreement_benchmark import Versus, versus
from scoring.agreement_strictness import Strictness, strictness_of
from scoring.assessment import NOT_APPLICABLE
from scoring.standards import Criterion, Standard, StandardNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One person's scorecard of one call: its answers by criterion and its score, 0..100."""

    evaluation_id: int
    person: int
    call_id: int
    final: float | None
    answers: Mapping[str, Answer]
    said: Mapping[str, str]  # the answers as they are compared: a criterion that was not asked does not apply


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion of the session: the figures, and the calls on which people differ."""

    criterion: Criterion
    scale: Scale
    figures: Figures
    differing: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything a closed session shows. `people` are those who handed anything in, by number -> name.

    `exact` and `within` pool all criteria; `total` compares total scores; `versus` everybody with the benchmark.
    Of the calls in `hidden` nothing is there by itself (no cell, no difference): the viewer held them or is to judge
    them blind. The figures are everybody's, whoever looks.
    """

    view: SessionView
    sheet: Standard
    people: Mapping[int, str]
    cells: tuple[Cell, ...]
    machine: Mapping[int, Mapping[str, str]]  # call -> criterion -> the machine's answer, where by this scorecard
    machine_scores: Mapping[int, float]
    seconds: Mapping[int, Mapping[str, float]]  # where in the call the machine found what it answered by
    criteria: tuple[CriterionResult, ...]
    exact: Share
    within: Share
    total: Figures
    strictness: tuple[Strictness, ...]
    agreed: Mapping[tuple[int, str], Agreed]
    versus: tuple[Versus, ...] = field(default=())
    hidden: frozenset[int] = frozenset()

    def cell(self, person: int, call_id: int) -> Cell | None:
        """One person's scorecard of one call."""
        return next((cell for cell in self.cells if (cell.person, cell.call_id) == (person, call_id)), None)


def read_results(session: Session, viewer: Viewer, calibration_id: int) -> Results:
    """The figures of a closed session. Raises NoSuchCalibration, CalibrationNotNow while it is open or called off."""
    view = read_session(session, viewer, calibration_id)
    if viewer.is_outsider:  # what the group of the house answered is not for outsiders
        raise NoSuchCalibration(calibration_id)
    if view.row.state != "closed":
        raise CalibrationNotNow("figures", view.row.state)
    sheet = standard_of(session, view.row.standard, view.row.version)
    if sheet is None:
        raise StandardNotFound(f"{view.row.standard} v{view.row.version}", ())
    cells, people = _cells(session, calibration_id, sheet)
    machine, machine_scores, seconds = _machine(session, [call.call_id for call in view.calls], sheet)
    scales = {name: scale_of(one) for name, one in criteria_of(sheet).items() if one.kind != "text"}
    tables = {name: _table(cells, name) for name in scales}
    criteria = tuple(
        CriterionResult(
            criterion=criterion,
            scale=scales[name],
            figures=figures_of(tables[name], scales[name]),
            differing=tuple(
                call.call_id for call in view.calls if len(set(tables[name].get(str(call.call_id), {}).values())) > 1
            ),
        )
        for name, criterion in criteria_of(sheet).items()
        if name in scales
    )
    exact, within = pooled([(tables[name], scales[name]) for name in scales])
    scores = _scores(cells)
    agreed = read_agreed(session, calibration_id)
    hidden = _hidden(session, viewer, [call.call_id for call in view.calls])
    return Results(
        view=view,
        sheet=sheet,
        people=people,
        cells=tuple(cell for cell in cells if cell.call_id not in hidden),
        machine={call_id: said for call_id, said in machine.items() if call_id not in hidden},
        machine_scores={call_id: final for call_id, final in machine_scores.items() if call_id not in hidden},
        seconds=seconds,
        criteria=tuple(
            replace(one, differing=tuple(call_id for call_id in one.differing if call_id not in hidden))
            for one in criteria
        ),
        exact=exact,
        within=within,
        total=figures_of_numbers(scores, alike=POINTS_ALIKE),
        strictness=strictness_of(scores),
        agreed={key: said for key, said in agreed.items() if key[0] not in hidden},
        versus=_versus(view, cells, people, scales, agreed),
        hidden=hidden,
    )


def _hidden(session: Session, viewer: Viewer, call_ids: list[int]) -> frozenset[int]:
    """The calls whose answers this viewer is not to read: their own, and those they are to judge blind."""
    own = Call.rep_id.in_(sorted(viewer.rep_ids)) if viewer.rep_ids else false()
    wanted = select(Call.id).where(Call.id.in_(call_ids), or_(own, is_veiled(viewer)))
    return frozenset(session.scalars(wanted))


def said_of(sheet: Standard, answers: Answers) -> dict[str, str]:
    """The answers as they are compared: what a condition hid does not apply, what was left empty is a gap."""
    shown = asked(sheet, answers)
    found = {}
    for name, criterion in criteria_of(sheet).items():
        given = answers.get(name)
        if not shown[name]:
            found[name] = NOT_APPLICABLE
        elif given is not None and given.answer and criterion.kind != "text":
            found[name] = given.answer
    return found


def _cells(session: Session, calibration_id: int, sheet: Standard) -> tuple[tuple[Cell, ...], dict[int, str]]:
    rows = session.execute(
        select(Evaluation, CalibrationSeat.person, CalibrationSeat.name)
        .join(
            CalibrationSeat,
            (CalibrationSeat.calibration_id == Evaluation.calibration_id)
            & (CalibrationSeat.call_id == Evaluation.call_id)
            & (CalibrationSeat.assignment_id == Evaluation.assignment_id),
        )
        .where(Evaluation.calibration_id == calibration_id, Evaluation.state == "submitted")
        .order_by(CalibrationSeat.name, CalibrationSeat.person, Evaluation.call_id)
    ).all()
    cells, people = [], {}
    for row, person, name in rows:
        answers = read_answers(row.answers)
        people[person] = name
        cells.append(
            Cell(
                evaluation_id=row.id,
                person=person,
                call_id=row.call_id,
                final=row.final,
                answers=answers,
                said=said_of(sheet, answers),
            )
        )
    return tuple(cells), people


def _table(cells: tuple[Cell, ...], criterion: str) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for cell in cells:
        if criterion in cell.said:
            table.setdefault(str(cell.call_id), {})[str(cell.person)] = cell.said[criterion]
    return table


def _scores(cells: tuple[Cell, ...]) -> dict[str, dict[str, float]]:
    scores: dict[str, dict[str, float]] = {}
    for cell in cells:
        if cell.final is not None:
            scores.setdefault(str(cell.call_id), {})[str(cell.person)] = cell.final
    return scores


def _machine(
    session: Session, call_ids: list[int], sheet: Standard
) -> tuple[dict[int, dict[str, str]], dict[int, float], dict[int, dict[str, float]]]:
    rows = session.execute(
        select(Call.id, StoredAssessment.body, StoredAssessment.final)
        .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(Call.id.in_(call_ids), StoredAssessment.standard == sheet.name)
    ).all()
    answers: dict[int, dict[str, str]] = {}
    seconds: dict[int, dict[str, float]] = {}
    for call_id, body, _final in rows:
        for item in unpack_body(body).get("criteria") or []:
            answers.setdefault(call_id, {})[str(item["id"])] = machine_answer(item)
            starts = [one["start"] for one in item.get("evidence") or [] if one.get("start") is not None]
            if starts:
                seconds.setdefault(call_id, {})[str(item["id"])] = float(min(starts))
    return answers, {row[0]: row[2] for row in rows if row[2] is not None}, seconds


def _versus(
    view: SessionView,
    cells: tuple[Cell, ...],
    people: Mapping[int, str],
    scales: Mapping[str, Scale],
    agreed: Mapping[tuple[int, str], Agreed],
) -> tuple[Versus, ...]:
    """Everybody against the benchmark reviewer, or against what was agreed on (or was the same all along)."""
    sheets: dict[int, dict[str, Mapping[str, str]]] = {}
    for cell in cells:
        sheets.setdefault(cell.person, {})[str(cell.call_id)] = cell.said
    if view.row.against == "benchmark":
        key = _benchmark(view, people)
        if key not in sheets:
            return ()
        return tuple(versus(str(who), sheets[who], sheets[key], scales) for who in sorted(people) if who != key)
    if view.row.against != "consensus":
        return ()
    standard = consensus_of(cells, scales, agreed)
    if not standard:
        return ()
    return tuple(versus(str(who), sheets[who], standard, scales) for who in sorted(people))


def _benchmark(view: SessionView, people: Mapping[int, str]) -> int | None:
    """The benchmark reviewer's number, as their seats keep it; found by the name kept where the account is gone."""
    if view.row.benchmark_id is not None:
        return view.row.benchmark_id
    gone = {one.person for one in view.row.people if not one.here}
    named = [person for person, name in people.items() if person in gone and name == view.row.benchmark]
    return named[0] if len(named) == 1 else None


def consensus_of(
    cells: tuple[Cell, ...], scales: Mapping[str, Scale], agreed: Mapping[tuple[int, str], Agreed]
) -> dict[str, dict[str, str]]:
    """The group's answers by call: what was written down, else what two people or more all said."""
    found: dict[str, dict[str, str]] = {}
    for call_id in sorted({cell.call_id for cell in cells}):
        here = [cell for cell in cells if cell.call_id == call_id]
        for name in scales:
            said = [cell.said[name] for cell in here if name in cell.said]
            written = agreed.get((call_id, name))
            if written is not None:
                found.setdefault(str(call_id), {})[name] = written.answer
            elif len(said) > 1 and len(set(said)) == 1:
                found.setdefault(str(call_id), {})[name] = said[0]
    return found
