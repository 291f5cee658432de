"""What was learned as its pages draw it: agreement as points on a scale of 0 to 1, drift as lines over days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from review.learning.ask import AskRow
from review.learning.models import ModelRow
from review.learning.status import CriterionStatus
from review.learning.watch import DriftRow
from scoring.learning.drift import PSI_ALARM
from scoring.learning.gate import FEWEST, WORDING
from scoring.standards import in_language

WIDTH: Final = 160  # of the drawn scale and the lines, in units of the drawing
HEIGHT: Final = 28
_EDGE: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementMark:
    """One kappa or AUC on the scale: `x` its place, `low` and `high` its interval's; None: too little is known."""

    name: str  # rules, model, people, shown
    n: int
    kappa: float | None
    low: float | None
    high: float | None
    x: float | None
    x_low: float | None
    x_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionLine:
    """One criterion on the page of models. `share` of the labels needed, 0..1."""

    criterion: str
    language: str
    question: str
    labels: int
    by_lot: int
    positives: int
    needed: int
    share: float
    marks: tuple[AgreementMark, ...]
    people_low: float | None  # the band a machine must reach, drawn behind the marks
    people_high: float | None
    gate: str
    gate_facts: Mapping[str, float | int]
    in_charge: ModelRow | None
    shadow: ModelRow | None
    candidate: ModelRow | None
    history: tuple[ModelRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLine:
    """One figure of one criterion over the days: a polyline's points, the last value, and the alarm's height."""

    name: str  # psi, kappa, unknown, speech
    points: str
    last: float | None
    last_x: float
    last_y: float
    alarm_y: float | None
    alarming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftCriterion:
    """A criterion on the page of drift."""

    criterion: str
    language: str
    question: str
    judge: str
    day: str
    calls: int
    lines: tuple[DriftLine, ...]
    alarms: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return any(line.last is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class AskLine:
    """A call to look at next, with the criteria by why it was picked for them: (why, ((id, question), ...))."""

    row: AskRow
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def read_criteria(found: Sequence[CriterionStatus], language: str) -> tuple[CriterionLine, ...]:
    """The lines of the page of models."""
    return tuple(_line(status, language) for status in found)


def read_drift_lines(rows: Sequence[DriftRow], questions: Mapping[str, str]) -> tuple[DriftCriterion, ...]:
    """The lines of the page of drift; those that alarm first."""
    by_criterion: dict[tuple[str, str], list[DriftRow]] = {}
    for row in rows:
        by_criterion.setdefault((row.criterion, row.language), []).append(row)
    made = [
        DriftCriterion(
            criterion=criterion,
            language=language,
            question=questions.get(criterion, criterion),
            judge=days[-1].judge,
            day=days[-1].day,
            calls=days[-1].calls,
            lines=(
                _drawn("psi", [day.psi for day in days], 0.4, PSI_ALARM, "answers" in days[-1].alarms),
                _drawn("kappa", [day.kappa for day in days], 1.0, None, "kappa" in days[-1].alarms),
                _drawn("unknown", [day.unknown for day in days], 0.2, None, "unknown_words" in days[-1].alarms),
                _drawn("speech", [day.speech for day in days], 1.0, None, "speech" in days[-1].alarms),
            ),
            alarms=days[-1].alarms,
        )
        for (criterion, language), days in by_criterion.items()
    ]
    return tuple(sorted(made, key=lambda line: (not line.alarms, not line.known, line.criterion, line.language)))


def read_asked(rows: Sequence[AskRow], questions: Mapping[str, str]) -> tuple[AskLine, ...]:
    """The lines of the list of what to look at next."""
    return tuple(AskLine(row, _grouped(row, questions)) for row in rows)


def _grouped(row: AskRow, questions: Mapping[str, str]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    by_why: dict[str, list[tuple[str, str]]] = {}
    for target, why in row.targets:
        by_why.setdefault(why, []).append((target, questions.get(target, target)))
    return tuple((why, tuple(by_why[why])) for why in ("random", "disagreement", "margin") if why in by_why)


def _line(status: CriterionStatus, language: str) -> CriterionLine:
    newest = status.in_charge or status.shadow or status.newest
    test: Mapping[str, Any] = newest.test if newest else {}
    people = status.people
    marks = [
        mark("rules", test.get("rules") or {}),
        mark("model", test.get("model") or {}),
        mark("shown", status.shown.to_json()),
        mark("people", people.to_json()),
    ]
    return CriterionLine(
        criterion=status.criterion,
        language=status.language,
        question=in_language(status.question, language),
        labels=status.labels,
        by_lot=status.by_lot,
        positives=status.positives,
        needed=status.positives_needed,
        share=min(1.0, status.positives / status.positives_needed),
        marks=tuple(each for each in marks if each.name == "people" or each.kappa is not None),
        people_low=_place(people.low),
        people_high=_place(people.high),
        gate=status.gate.verdict,
        gate_facts={
            "people": status.gate.people.n,
            "machine": status.gate.machine.n,
            "needed": FEWEST,
            "wording": WORDING,
            "people_kappa": status.gate.people.kappa or 0.0,
            "machine_kappa": status.gate.machine.kappa or 0.0,
            "low": status.gate.people.low or 0.0,
            "high": status.gate.people.high or 0.0,
        },
        in_charge=status.in_charge,
        shadow=status.shadow,
        candidate=next((model for model in status.models if model.state == "candidate"), None),
        history=status.models,
    )


def mark(name: str, figures: Mapping[str, Any], measure: str = "kappa") -> AgreementMark:
    """One judge's figures as a place on the scale; `measure` names the one that is drawn, kappa or auc."""
    kappa, low, high = figures.get(measure), figures.get("low"), figures.get("high")
    return AgreementMark(
        name=name,
        n=int(figures.get("n") or 0),
        kappa=kappa,
        low=low,
        high=high,
        x=_place(kappa),
        x_low=_place(low),
        x_high=_place(high),
    )


def _place(kappa: float | None) -> float | None:
    """Where a kappa stands on the scale; below 0 is no better than chance and stands at its beginning."""
    return None if kappa is None else round(_EDGE + max(0.0, min(1.0, kappa)) * (WIDTH - 2 * _EDGE), 1)


def _drawn(name: str, values: Sequence[float | None], most: float, alarm: float | None, alarming: bool) -> DriftLine:
    """The values as a line, oldest left; `most` is the top of the scale unless a value lies above it."""
    known = [value for value in values if value is not None]
    top = max([most, *known])
    step = (WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    places = [
        (round(_EDGE + n * step, 1), round(HEIGHT - _EDGE - max(0.0, value) / top * (HEIGHT - 2 * _EDGE), 1))
        for n, value in enumerate(values)
        if value is not None
    ]
    last = places[-1] if places else (0.0, 0.0)
    return DriftLine(
        name=name,
        points=" ".join(f"{x},{y}" for x, y in places),
        last=known[-1] if known else None,
        last_x=last[0],
        last_y=last[1],
        alarm_y=None if alarm is None else round(HEIGHT - _EDGE - alarm / top * (HEIGHT - 2 * _EDGE), 1),
        alarming=alarming,
    )
