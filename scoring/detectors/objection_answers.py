"""Detectors over the call's objection episodes: handled, understood first, met calmly."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from scoring.assessment import Evidence, Objection
from scoring.case import Case
from scoring.detectors.finding import Finding, cannot_judge, not_applicable
from scoring.standards import Criterion

_LEVELS = ("missed", "started", "partial", "handled")
_PRECISION = 0.8
_QUOTES = 4


def objections_handled(case: Case, criterion: Criterion, objections: Sequence[Objection]) -> Finding:
    """The mean outcome of the episodes on the scale 0..3, rounded down at the half."""
    if not objections:
        return _none(case)
    mean = sum(objection.scale for objection in objections) / len(objections)
    level = _LEVELS[min(3, int(mean + 0.5 - 1e-9))]
    outcomes = ", ".join(f"{'/'.join(o.types)} {o.outcome}" for o in objections)
    return Finding(level, f"Objections: {outcomes}.", _confidence(objections), _quotes(objections))


def objections_understood(case: Case, criterion: Criterion, objections: Sequence[Objection]) -> Finding:
    """Whether each objection is acknowledged or clarified before it is answered."""
    if not objections:
        return _none(case)
    missed = [objection for objection in objections if not _understood_first(objection)]
    level = "absent" if missed else "present"
    quotes = _quotes(missed) if missed else tuple(_understanding(objection) for objection in objections)[:_QUOTES]
    why = (
        f"{len(missed)} of {len(objections)} objection(s) answered without acknowledging or asking first."
        if missed
        else "Each objection was acknowledged or clarified first."
    )
    return Finding(level, why, _confidence(objections), quotes)


def objections_calm(case: Case, criterion: Criterion, objections: Sequence[Objection]) -> Finding:
    """No arguing, cutting off, instant discount or pressure in any episode."""
    if not objections:
        return _none(case)
    faults = [fault for objection in objections for fault in objection.faults]
    if not faults:
        return Finding("calm", "No fault found in answering.", _confidence(objections), _quotes(objections))
    names = ", ".join(sorted({fault.name for fault in faults}))
    return Finding("faulty", f"Found: {names}.", _confidence(objections), tuple(f.evidence for f in faults[:_QUOTES]))


def _none(case: Case) -> Finding:
    doubt = case.doubt("client", case.window("anywhere"), absence=True)
    if doubt is None:
        groups = tuple(group for group in case.groups if group.startswith("objection."))
        if unsure := case.unsure(groups):
            return cannot_judge("The client's words are unsure where they may object.", (case.evidence(unsure[0]),))
        return not_applicable("The client raises no objection.")
    return cannot_judge(doubt)


def _understood_first(objection: Objection) -> bool:
    names = [move.name for move in objection.moves]
    first = next((n for n, name in enumerate(names) if name in ("acknowledge", "clarify")), None)
    answer = next((n for n, name in enumerate(names) if name in ("answer", "alternative")), len(names))
    return first is not None and first <= answer


def _understanding(objection: Objection) -> Evidence:
    return next(move.evidence for move in objection.moves if move.name in ("acknowledge", "clarify"))


def _confidence(objections: Sequence[Objection]) -> float:
    return _PRECISION * fsum(objection.probability for objection in objections) / len(objections)


def _quotes(objections: Sequence[Objection]) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for objection in objections:
        found.append(objection.client)
        if objection.response is not None:
            found.append(objection.response)
    return tuple(found[:_QUOTES])
