"""The assessment as it is shown: a person's verdict outranks the machine's answer, and the score is added up anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from review.models import Call, Evaluation, StandardVersion, User, Verdict, utc_now
from review.queries.counted import counts as counted
from review.services.call_flags import count_flags
from review.services.episodes import judge_episodes
from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, CriterionResult
from scoring.assessment_reading import read_assessment
from scoring.scorecard import total
from scoring.standards import Criterion, Standard, StandardNotFound, load_standard, read_standard

NO_OPTION = (NOT_APPLICABLE, CANNOT_JUDGE)
WITHDRAWN: Final = "(withdrawn)"
"""The answer of a verdict that takes back what its evaluation said of the target before; no option can be called so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One verdict as pages and programs see it; `name` is None when the person is gone or it was imported."""

    id: int
    kind: str
    target: str
    machine: str | None
    answer: str
    confirmed: bool
    reason: str
    span: dict[str, Any] | None
    user_id: int | None
    name: str | None
    reviewer: str
    drawn_by: str
    standard: str
    version: int
    at: datetime


def read_verdicts(session: Session, call_id: int) -> tuple[VerdictRow, ...]:
    """All verdicts on a call that count, oldest first. One statement."""
    rows = session.execute(
        select(Verdict, User.name)
        .outerjoin(User, User.id == Verdict.user_id)
        .where(Verdict.call_id == call_id, counts(utc_now()))
        .order_by(Verdict.id)
    )
    return tuple(
        VerdictRow(
            id=verdict.id,
            kind=verdict.kind,
            target=verdict.target,
            machine=verdict.machine,
            answer=verdict.answer,
            confirmed=verdict.confirmed,
            reason=verdict.reason,
            span=verdict.span,
            user_id=verdict.user_id,
            name=name,
            reviewer=verdict.reviewer,
            drawn_by=verdict.drawn_by,
            standard=verdict.standard,
            version=verdict.version,
            at=verdict.created_at,
        )
        for verdict, name in rows
    )


def counts(now: datetime) -> ColumnElement[bool]:
    """The condition a verdict must meet to count: it came by itself, or with an evaluation that is shown by now.

    Those of an evaluation that waits to be shown, was opened again or is void do not: what the rep may read counts.
    Nor do those that their evaluation took back.
    """
    shown = select(Evaluation.id).where(
        counted(),
        or_(
            Evaluation.state.in_(("shown", "acknowledged", "disputed", "final")),
            and_(Evaluation.state == "submitted", Evaluation.show_at <= now),
        ),
    )
    return or_(Verdict.evaluation_id.is_(None), and_(Verdict.evaluation_id.in_(shown), not_withdrawn()))


def not_withdrawn() -> ColumnElement[bool]:
    """The condition a verdict must meet to be an answer that still stands in its evaluation, shown or not."""
    later = aliased(Verdict)
    taken_back = exists().where(
        later.evaluation_id == Verdict.evaluation_id,
        later.kind == Verdict.kind,
        later.target == Verdict.target,
        later.answer == WITHDRAWN,
        later.id > Verdict.id,
    )
    return and_(Verdict.answer != WITHDRAWN, ~taken_back)


def current(verdicts: tuple[VerdictRow, ...]) -> dict[tuple[str, str], VerdictRow]:
    """The verdict that stands for each (kind, target): the newest."""
    return {(verdict.kind, verdict.target): verdict for verdict in verdicts}


def standard_of(session: Session, name: str, version: int) -> Standard | None:
    """That version of a standard as it was first used here; the shipped one where none was kept; else None."""
    text = session.scalar(
        select(StandardVersion.text).where(StandardVersion.name == name, StandardVersion.version == version)
    )
    if text:
        return _parsed(text, f"{name}.yaml")
    try:
        shipped = load_standard(name)
    except StandardNotFound:
        return None
    return shipped if shipped.version == version else None


def with_verdicts(
    assessment: Mapping[str, Any], verdicts: tuple[VerdictRow, ...], standard: Standard | None
) -> dict[str, Any]:
    """The machine's assessment (contract's JSON) with people's answers in place of its own, and the score of that.

    The very same JSON where no verdict differs from the machine. A verdict of another standard, or whose answer is no
    option of this version any more, does not count.
    """
    data = dict(assessment)
    if standard is None or not verdicts:
        return data
    stands = {
        target: verdict
        for (kind, target), verdict in current(verdicts).items()
        if kind == "criterion" and verdict.standard == standard.name
    }
    made = read_assessment(data)
    criteria = {criterion.id: criterion for section in standard.sections for criterion in section.criteria}
    results = [_judged(result, criteria.get(result.id), stands.get(result.id)) for result in made.criteria]
    if all(new is old for new, old in zip(results, made.criteria, strict=True)):
        return data
    data["criteria"] = [result.to_json() for result in results]
    data["score"] = total(standard, results).to_json()
    return data


def refresh_call(session: Session, call_id: int, assessment: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the shown score of `assessment` onto the call's row, where lists read it; the assessment as shown."""
    standard = standard_of(session, str(assessment["standard"]), int(assessment["version"]))
    shown = with_verdicts(assessment, read_verdicts(session, call_id), standard)
    score = shown["score"]
    session.execute(
        update(Call)
        .where(Call.id == call_id)
        .values(
            score_final=score["final"], score_state=score["state"], coverage=score["coverage"], **count_flags(shown)
        )
        .execution_options(synchronize_session=False)
    )
    judge_episodes(session, call_id)
    return shown


def answers_of(criterion: Criterion) -> tuple[str, ...]:
    """What a person may answer: the options or the numbers of the range, not applicable, cannot judge."""
    return (*criterion.answers, *NO_OPTION)


def _judged(result: CriterionResult, criterion: Criterion | None, verdict: VerdictRow | None) -> CriterionResult:
    """The machine's result, or a person's; what a person says is certain."""
    if criterion is None or verdict is None or verdict.answer not in answers_of(criterion):
        return result
    if verdict.answer == result.answer and result.confidence in (None, 1.0):
        return result
    points = None if verdict.answer in NO_OPTION else criterion.option(verdict.answer).points
    return replace(result, answer=verdict.answer, points=points, confidence=1.0 if points is not None else None)


@lru_cache(maxsize=64)
def _parsed(text: str, file: str) -> Standard:
    return read_standard(text, file)
