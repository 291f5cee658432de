"""What people decided about a call's answers, for its page: the verdict that stands, the machine's beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from review.learning.shown import VerdictRow, current, read_verdicts, standard_of, with_verdicts
from review.queries.call import CallDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """The verdict that stands on a criterion; `machine` is what the machine says now, `others` how many came before."""

    answer: str
    machine: str
    confirmed: bool
    name: str | None
    at: datetime
    reason: str
    others: int


@dataclass(frozen=True, slots=True)
class ByPeople:
    """A call with people's answers in place of the machine's, and who decided what by criterion."""

    call: CallDetail
    verdicts: Mapping[str, VerdictView]
    machine: Mapping[str, str]  # the machine's own answers by criterion
    assessment_id: int | None
    closing: VerdictView | None = None  # on "possibly closed wrongly"
    objections: Mapping[str, VerdictView] = field(default_factory=dict)  # by `turn-N`, N the client's turn


def lay_verdicts(session: Any, call: CallDetail) -> ByPeople:
    """The call as its page shows it; of a veiled one nothing is laid over. Two statements."""
    if call.veiled:
        return ByPeople(call, {}, {}, None)
    shown_id = next((version.id for version in call.assessments if version.current), None)
    if call.assessment is None:
        return ByPeople(call, {}, {}, shown_id)
    machine = {str(item["id"]): str(item["answer"]) for item in call.assessment.get("criteria") or []}
    rows = read_verdicts(session, call.id)
    standard = standard_of(session, str(call.assessment["standard"]), int(call.assessment["version"]))
    judged = with_verdicts(call.assessment, rows, standard)
    stands = {
        target: _view(verdict, rows, machine)
        for (kind, target), verdict in current(rows).items()
        if kind == "criterion" and verdict.standard == call.assessment["standard"]
    }
    sure = {str(item["id"]): item["confidence"] for item in call.assessment.get("criteria") or []}
    for item in judged.get("criteria") or []:
        verdict = stands.get(item["id"])
        if verdict is not None:  # what is drawn as the machine's certainty stays the machine's
            item["confidence"] = sure[item["id"]] if verdict.confirmed else None
    closed = current(rows).get(("rejection", "rejection"))
    closing = None if closed is None else _view(closed, rows, {closed.target: closed.machine})
    said = {
        f"turn-{(item.get('client') or {}).get('turn')}": item.get("outcome")
        for item in call.assessment.get("objections") or []
    }
    objections = {
        target: _view(verdict, rows, said)
        for (kind, target), verdict in current(rows).items()
        if kind == "objection" and target in said
    }
    return ByPeople(replace(call, assessment=judged), stands, machine, shown_id, closing, objections)


def _view(verdict: VerdictRow, rows: tuple[VerdictRow, ...], machine: Mapping[str, Any]) -> VerdictView:
    said = str(machine.get(verdict.target, ""))
    return VerdictView(
        answer=verdict.answer,
        machine=said,
        confirmed=verdict.answer == said,
        name=verdict.name or verdict.reviewer,
        at=verdict.at,
        reason=verdict.reason,
        others=sum(row.target == verdict.target and row.kind == verdict.kind for row in rows) - 1,
    )
