"""Machine and people as the page shows them: figures on a scale of kappa, what they were measured on, the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.agreement.types import AutomaticRow, CriterionAgreement
from scoring.learning.agreement import Agreement
from scoring.learning.gate import FEWEST, WORDING
from scoring.standards import in_language
from web.reading.calibration_chart import Mark, mark_of

KAPPA_FROM = -0.2  # left end of the scale
ANCHORED_BY = 10  # calls of each kind from which on the two are compared


@dataclass(frozen=True, slots=True)
class Figure:
    """One agreement with its mark; `name` is people, machine or seen, `basis` what it was measured on."""

    name: str
    basis: str
    found: Agreement
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """One criterion in one language."""

    criterion: str
    language: str
    question: str
    judge: str | None
    calls: int
    calibrated: int
    blind: int
    figures: tuple[Figure, ...]
    band: Mark | None  # people's interval
    gate: str
    gate_facts: dict[str, float | int]
    anchoring: bool  # who has read the machine's answer agrees with it clearly more
    people_only: bool
    automatic: AutomaticRow | None
    may_switch_on: bool
    last: AutomaticRow | None  # the newest stretch that ended


def read_lines(found: Sequence[CriterionAgreement], language: str) -> tuple[AgreementLine, ...]:
    """The lines in the order they were read."""
    return tuple(_line(one, language) for one in found)


def _line(one: CriterionAgreement, language: str) -> AgreementLine:
    measured = one.measured
    people, machine, seen = measured.people, measured.machine, measured.seen
    figures = [
        Figure("people", measured.people_basis, people, _mark(people)),
        Figure("machine", measured.machine_basis, machine, _mark(machine)),
    ]
    if seen.n and measured.machine_basis.startswith("blind"):
        figures.append(Figure("seen", "seen", seen, _mark(seen)))
    return AgreementLine(
        criterion=one.criterion,
        language=one.language,
        question=in_language(one.question, language) or one.criterion,
        judge=one.judge,
        calls=sum(one.by_source.values()),
        calibrated=one.by_source.get("calibration", 0),
        blind=one.blind,
        figures=tuple(figures),
        band=_mark(people) if people.low is not None else None,
        gate=measured.gate.verdict,
        gate_facts={
            "people": people.n,
            "machine": machine.n,
            "needed": FEWEST,
            "wording": WORDING,
            "people_kappa": people.kappa or 0.0,
            "machine_kappa": machine.kappa or 0.0,
            "low": people.low or 0.0,
            "high": people.high or 0.0,
        },
        anchoring=_draws(seen, machine, measured.machine_basis),
        people_only=one.mode == "people",
        automatic=one.automatic,
        may_switch_on=one.may_switch_on,
        last=next(iter(one.past), None),
    )


def _mark(found: Agreement) -> Mark | None:
    return mark_of(found.kappa, found.low, found.high, least=KAPPA_FROM)


def _draws(seen: Agreement, blind: Agreement, basis: str) -> bool:
    """Whether the two intervals lie apart, the one of those who had read the answer above."""
    if not basis.startswith("blind") or min(seen.n, blind.n) < ANCHORED_BY or seen.low is None or blind.high is None:
        return False
    return seen.low > blind.high
