"""The calls behind a figure: one rep's answers on one criterion, each with the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Call, Client, CriterionResult, StoredAssessment
from review.performance.period import Period
from review.performance.sums import speaks_for_all
from review.performance.whose import Whose, whose
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

PAGE: Final = 30
ORDERS: Final = ("newest", "worst", "best")

Words = tuple[str | None, float | None, float | None]  # quote, start, end
NOTHING: Final[Words] = (None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One call's answer. `quote` are words of the call as everybody reads them (masked), `start` to `end` seconds."""

    call_id: int
    happened_at: datetime
    client_name: str | None
    answer: str
    fraction: float | None
    source: str
    part: str | None
    evaluation_id: int | None
    quote: str | None
    start: float | None
    end: float | None
    length: float | None  # of the recording, in seconds; None where none is kept
    plays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindPage:
    """One page; `next` is the offset of the one that follows."""

    rows: tuple[Behind, ...]
    next: int | None


def calls_behind(
    session: Session,
    viewer: Viewer,
    rep: int | Whose,
    period: Period,
    *,
    standard: str,
    criterion: str,
    sample: str = "all",
    order: str = "newest",
    offset: int = 0,
) -> BehindPage:
    """The calls of a cell that the viewer may see, and need not judge blind. Two statements."""
    result = CriterionResult
    of = whose([rep]) if isinstance(rep, int) else rep
    conditions = [
        and_(result.stands),
        of.holds(result.rep_id, result.happened_at),
        result.happened_at >= period.since,
        result.happened_at < period.until,
        result.criterion == criterion,
        result.standard == standard,
        result.fraction.is_not(None),
        visible_calls(viewer),
        not_veiled(viewer),
    ]
    conditions.append(speaks_for_all() if sample == "all" else and_(result.source == "person", result.part == sample))
    newest = (result.happened_at.desc(), result.call_id.desc())
    orders: dict[str, tuple[Any, ...]] = {
        "newest": newest,
        "worst": (result.fraction, *newest),
        "best": (result.fraction.desc(), *newest),
    }
    found = session.execute(
        select(
            result.call_id,
            result.happened_at,
            result.answer,
            result.fraction,
            result.source,
            result.part,
            result.evaluation_id,
            Call.duration,
            Call.assessment_id,
            Client.name.label("client_name"),
        )
        .join(Call, Call.id == result.call_id)
        .outerjoin(Client, Client.id == Call.client_id)
        .where(*conditions)
        .order_by(*orders[order])
        .offset(offset)
        .limit(PAGE + 1)
    ).all()
    shown = found[:PAGE]
    said = _evidence(session, [row.assessment_id for row in shown if row.assessment_id is not None], criterion)
    rows = tuple(
        Behind(
            call_id=row.call_id,
            happened_at=row.happened_at,
            client_name=row.client_name,
            answer=row.answer,
            fraction=row.fraction,
            source=row.source,
            part=row.part,
            evaluation_id=row.evaluation_id,
            quote=said.get(row.assessment_id, NOTHING)[0],
            start=said.get(row.assessment_id, NOTHING)[1],
            end=said.get(row.assessment_id, NOTHING)[2],
            length=row.duration,
            plays=row.duration is not None,
        )
        for row in shown
    )
    return BehindPage(rows=rows, next=offset + PAGE if len(found) > PAGE else None)


def _evidence(session: Session, assessments: list[int], criterion: str) -> dict[int | None, Words]:
    """The first words the machine's answer rests on, by assessment."""
    if not assessments:
        return {}
    found: dict[int | None, Words] = {}
    for assessment_id, body in session.execute(
        select(StoredAssessment.id, StoredAssessment.body).where(StoredAssessment.id.in_(sorted(assessments)))
    ):
        for item in unpack_body(body).get("criteria") or []:
            evidence = item.get("evidence") or []
            if item.get("id") == criterion and evidence:
                found[assessment_id] = (
                    evidence[0].get("quote") or None,
                    evidence[0].get("start"),
                    evidence[0].get("end"),
                )
    return found
