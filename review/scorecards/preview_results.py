"""What a preview shows: scores before and after in bands, the calls that move most, the criteria that change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.learning.shown import standard_of
from review.models import Call, ScorecardPreviewCall, StoredAssessment
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from scoring.standards import Standard

BAND: Final = 10  # points of score in one band
BANDS: Final = 11  # 0-10 ... 90-100, and above 100 by a bonus
CALLS_SHOWN: Final = 50
LEAST_MOVE: Final = 0.05  # points; scores are shown to a tenth


@dataclass(frozen=True, slots=True)
class Band:
    """Calls whose score lies from `low` to under `low` + BAND (100 belongs to the last but one), before and after."""

    low: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedCall:
    """A call with its scores (None: not scored) and how many answers changed; `why` where it could not be judged."""

    call_id: int
    happened_at: datetime
    rep_name: str | None
    client_phone: str | None
    before: float | None
    after: float | None
    answers: int
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionMoves:
    """A criterion whose answer changes in `calls` calls, with the commonest change (None: not asked on that side)."""

    criterion: str
    calls: int
    before: str | None
    after: str | None
    most: int  # calls of the commonest change


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResults:
    """Everything about the calls judged so far."""

    judged: int
    failed: int
    up: int
    down: int
    same: int
    one_sided: int  # scored on one side only
    mean_before: float | None  # over the calls scored on both sides
    mean_after: float | None
    bands: tuple[Band, ...]
    calls: tuple[MovedCall, ...]  # the greatest moves first, CALLS_SHOWN at most, those the viewer may see
    criteria: tuple[CriterionMoves, ...]  # the most changed first


def read_results(session: Session, viewer: Viewer, preview_id: int) -> PreviewResults:
    """How the calls judged so far came out; figures over all of them, single calls only those the viewer may see."""
    rows = session.scalars(
        select(ScorecardPreviewCall)
        .where(ScorecardPreviewCall.preview_id == preview_id, ScorecardPreviewCall.done.is_(True))
        .order_by(ScorecardPreviewCall.call_id)
    ).all()
    judged = [row for row in rows if row.why is None]
    pairs = [
        (row.before_final, row.after_final)
        for row in judged
        if row.before_final is not None and row.after_final is not None
    ]
    moves = [after - before for before, after in pairs]
    up, down = sum(move > LEAST_MOVE for move in moves), sum(move < -LEAST_MOVE for move in moves)
    return PreviewResults(
        judged=len(judged),
        failed=len(rows) - len(judged),
        up=up,
        down=down,
        same=len(moves) - up - down,
        one_sided=sum((row.before_final is None) != (row.after_final is None) for row in judged),
        mean_before=fsum(before for before, _ in pairs) / len(pairs) if pairs else None,
        mean_after=fsum(after for _, after in pairs) / len(pairs) if pairs else None,
        bands=_bands(pairs),
        calls=_calls(session, viewer, rows),
        criteria=_criteria(judged),
    )


def read_other_sheets(session: Session, preview_id: int) -> tuple[Standard, ...]:
    """The scorecards its calls are judged by now, each in its version, for the words of criteria the draft has not."""
    judged = session.execute(
        select(StoredAssessment.standard, StoredAssessment.version)
        .join(Call, Call.assessment_id == StoredAssessment.id)
        .join(ScorecardPreviewCall, ScorecardPreviewCall.call_id == Call.id)
        .where(ScorecardPreviewCall.preview_id == preview_id)
        .distinct()
        .order_by(StoredAssessment.standard, StoredAssessment.version.desc())
    )
    found = (standard_of(session, name, version) for name, version in judged)
    return tuple(sheet for sheet in found if sheet is not None)


def _bands(pairs: Sequence[tuple[float, float]]) -> tuple[Band, ...]:
    if not pairs:
        return ()
    before, after = (Counter(_band(pair[side]) for pair in pairs) for side in (0, 1))
    last = max(BANDS - 2, *before, *after)
    return tuple(Band(n * BAND, before[n], after[n]) for n in range(last + 1))


def _band(score: float) -> int:
    if 100 <= score < 100 + LEAST_MOVE:
        return BANDS - 2
    return max(0, min(BANDS - 1, int(score // BAND)))


def _calls(session: Session, viewer: Viewer, rows: Sequence[ScorecardPreviewCall]) -> tuple[MovedCall, ...]:
    ranked = sorted(rows, key=lambda row: (row.why is None, -_size(row), -row.call_id))
    wanted = [row.call_id for row in ranked if row.why is not None or row.changes or _size(row) > LEAST_MOVE]
    found = {
        call.id: call
        for call in session.execute(
            select(Call.id, Call.happened_at, Call.rep_name, Call.client_phone).where(
                Call.id.in_(wanted), visible_calls(viewer), not_veiled(viewer)
            )
        )
    }
    shown = [
        MovedCall(
            call_id=row.call_id,
            happened_at=found[row.call_id].happened_at,
            rep_name=found[row.call_id].rep_name,
            client_phone=found[row.call_id].client_phone,
            before=row.before_final,
            after=row.after_final,
            answers=len(row.changes),
            why=row.why,
        )
        for row in ranked
        if row.call_id in found
    ]
    return tuple(shown[:CALLS_SHOWN])


def _size(row: ScorecardPreviewCall) -> float:
    if row.before_final is None or row.after_final is None:
        return 0.0 if row.before_final is row.after_final else 100.0
    return abs(row.after_final - row.before_final)


def _criteria(rows: Sequence[ScorecardPreviewCall]) -> tuple[CriterionMoves, ...]:
    kinds: dict[str, Counter[tuple[str | None, str | None]]] = {}
    for row in rows:
        for criterion, before, after in row.changes:
            kinds.setdefault(criterion, Counter())[before, after] += 1
    found = []
    for criterion, counts in kinds.items():
        (before, after), most = max(counts.items(), key=lambda item: (item[1], str(item[0])))
        found.append(CriterionMoves(criterion=criterion, calls=counts.total(), before=before, after=after, most=most))
    return tuple(sorted(found, key=lambda item: (-item.calls, item.criterion)))
