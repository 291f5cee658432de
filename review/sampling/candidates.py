"""The calls a draw may fall on: who held them, what speaks for a look, and which are somebody's already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from review.learning.shown import not_withdrawn
from review.models import (
    Assignment,
    Call,
    Evaluation,
    LabelRequest,
    LearnedModel,
    ObjectionEpisode,
    ShadowAnswer,
    StoredAssessment,
    Verdict,
)
from review.queries.counted import counts
from review.sampling.conditions import Conditions
from review.sampling.draw import Candidate
from review.sampling.risk import Episode, Facts, reasons, risk_of

MISSED = ("mishandled", "ignored")


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of a window, and of each call the reasons to look at it."""

    candidates: tuple[Candidate, ...]
    reasons: dict[int, tuple[dict[str, Any], ...]]


def read_candidates(
    session: Session,
    conditions: Conditions,
    start: datetime,
    end: datetime,
    risks: Sequence[str],
    *,
    without: Collection[int] = (),
) -> Found:
    """The scored calls of [start, end) that meet the conditions. `without`: calls of earlier draws of the same rule.

    Four statements, whatever the number of calls.
    """
    where = [*conditions.sql(), Call.happened_at >= start, Call.happened_at < end]
    rows = session.execute(
        select(
            Call.id,
            Call.rep_id,
            Call.score_final,
            Call.coverage,
            Call.cannot_judge,
            Call.wrongly_rejected,
            StoredAssessment.raw,
            StoredAssessment.final,
            _taken().label("taken"),
        )
        .outerjoin(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(*where)
        .order_by(Call.id)
    ).all()
    missed = _missed(session, where) if "objection_missed" in risks else {}
    differing = _differing(session, where) if "disagreement" in risks else {}
    asked = _asked(session, where) if "wanted" in risks else {}
    left_out = frozenset(without)
    candidates: list[Candidate] = []
    why: dict[int, tuple[dict[str, Any], ...]] = {}
    for row in rows:
        if row.id in left_out:
            continue
        facts = Facts(
            final=row.final,
            raw=row.raw,
            coverage=row.coverage,
            cannot_judge=row.cannot_judge,
            wrongly_rejected=row.wrongly_rejected,
            missed=missed.get(row.id, ()),
            differing=differing.get(row.id, 0),
            wanted=asked.get(row.id, ()),
        )
        why[row.id] = reasons(facts, risks)
        candidates.append(Candidate(row.id, row.rep_id, risk_of(why[row.id]), bool(row.taken)))
    return Found(tuple(candidates), why)


def _taken() -> ColumnElement[bool]:
    """Drawn before, or assigned and not given back, or scored by a person: nobody is to do it a second time.

    A call that people only calibrated on was scored by nobody: the lot may fall on it.
    """
    practised = and_(Assignment.part == "calibration", Assignment.draw_id.is_(None))
    kept = and_(Assignment.state.in_(("open", "done")), ~practised)
    drawn_or_kept = or_(Assignment.part.in_(("random", "risk")), kept)
    scored = and_(Evaluation.state.not_in(("draft", "void")), counts())
    return or_(
        exists().where(Assignment.call_id == Call.id, drawn_or_kept),
        exists().where(Evaluation.call_id == Call.id, scored),
    )


def _missed(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[int, list[Episode]]:
    found: dict[int, list[Episode]] = defaultdict(list)
    rows = session.execute(
        select(
            ObjectionEpisode.call_id,
            ObjectionEpisode.type,
            ObjectionEpisode.outcome,
            ObjectionEpisode.severity,
            ObjectionEpisode.start,
        )
        .join(Call, Call.id == ObjectionEpisode.call_id)
        .where(*where, ObjectionEpisode.outcome.in_(MISSED))
        .order_by(ObjectionEpisode.call_id, ObjectionEpisode.number)
    )
    for call_id, kind, outcome, severity, start in rows:
        found[call_id].append(Episode(kind, outcome, severity, start))
    return found


def _differing(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[int, int]:
    """On how many criteria a model and the judge it runs beside differ."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = session.execute(
        select(ShadowAnswer.call_id, LearnedModel.criterion)
        .join(LearnedModel, LearnedModel.id == ShadowAnswer.model_id)
        .join(Call, Call.id == ShadowAnswer.call_id)
        .where(*where, ShadowAnswer.answer != ShadowAnswer.shown, LearnedModel.state.in_(("shadow", "promoted")))
    )
    for call_id, criterion in rows:
        found[call_id].add(criterion)
    return {call_id: len(criteria) for call_id, criteria in found.items()}


def _asked(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[int, list[str]]:
    """The criteria that models want a person's answer on because it teaches; those drawn by lot have no such claim."""
    answered = exists().where(
        Verdict.call_id == LabelRequest.call_id,
        Verdict.target == LabelRequest.target,
        Verdict.kind == "criterion",
        not_withdrawn(),
    )
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(LabelRequest.call_id, LabelRequest.target)
        .join(Call, Call.id == LabelRequest.call_id)
        .where(*where, LabelRequest.why != "random", ~answered)
        .order_by(LabelRequest.call_id, LabelRequest.target)
    )
    for call_id, target in rows:
        found[call_id].append(target)
    return found
