"""The answers that count on calls of some reps: a person's before the machine's, one per call and criterion.

Read from rows that are kept when an assessment is shown or a decision changes (review.performance.results): void
evaluations, those not shown yet and calibrations are not among them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import CriterionResult


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """One criterion's answer on one call. `fraction` is 0 (worst) .. 1 (best), None where it does not apply or nobody
    could judge. `source` is machine or person; `part` (random, risk, chosen) says how that person came to the call."""

    call_id: int
    rep_id: int
    criterion: str
    fraction: float | None
    source: str
    part: str | None
    happened_at: datetime


def answers_of(
    session: Session,
    *,
    rep_ids: Collection[int],
    since: datetime,
    until: datetime,
    criterion: str | None = None,
    standard: str | None = None,
) -> tuple[CriterionAnswer, ...]:
    """The answers on calls held in [since, until), oldest call first. One statement, from the index alone.

    Who may see these reps is the caller's to check.
    """
    if not rep_ids:
        return ()
    conditions = [
        CriterionResult.stands,
        CriterionResult.rep_id.in_(sorted(rep_ids)),
        CriterionResult.happened_at >= since,
        CriterionResult.happened_at < until,
    ]
    if criterion is not None:
        conditions.append(CriterionResult.criterion == criterion)
    if standard is not None:
        conditions.append(CriterionResult.standard == standard)
    rows = session.execute(
        select(
            CriterionResult.call_id,
            CriterionResult.rep_id,
            CriterionResult.criterion,
            CriterionResult.fraction,
            CriterionResult.source,
            CriterionResult.part,
            CriterionResult.happened_at,
        ).where(*conditions)
    )
    found = (CriterionAnswer(**dict(row._mapping)) for row in rows)
    return tuple(sorted(found, key=lambda answer: (answer.happened_at, answer.call_id, answer.criterion)))
